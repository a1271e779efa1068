"""Cleaning: what is no dialogue is taken out, and each thing taken out is told.

Every rule leaves alone what might be meant: a line lost unseen is worse than a direction kept.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from xiangsheng.core.script import Line, Script
from xiangsheng.core.words import Words
from xiangsheng.corpus.directions import direction_spans
from xiangsheng.corpus.footers import EDGE, footer_start, is_footer
from xiangsheng.corpus.labels import SPACE

LONG_ENOUGH = 8
"""Characters from which a line said twice in a row is no cry and no refrain."""
_ORDINARY_NAME = re.compile(r"|甲|乙|逗哏?|捧哏?|男|女|[A-Za-z]|[0-9]+")
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
_LEFT_OVER = SPACE + "。.，,；;：:、!！"


class Rule(StrEnum):
    """What can be taken out, in the order in which it is."""

    SITE = "site"
    DIRECTIONS = "directions"
    BRACKETS = "brackets"
    EMPTY = "empty"
    REPEATS = "repeats"
    NAMES = "names"
    DUPLICATES = "duplicates"


CAREFUL = frozenset(Rule) - {Rule.BRACKETS}
"""The rules that run unless others are asked for."""

REASONS = {
    Rule.SITE: Words("网站加的页眉页脚", "a site's header or footer"),
    Rule.DIRECTIONS: Words("括号里的舞台提示", "a stage direction in brackets"),
    Rule.BRACKETS: Words("行首或行尾的括号", "brackets at an end of a line"),
    Rule.EMPTY: Words("没有台词", "nothing is said"),
    Rule.REPEATS: Words(
        "同一个人紧接着重复的一句", "the line before once more, by the same speaker"
    ),
    Rule.NAMES: Words(
        "用作标签的名字：按发言先后改为 0、1，名字另存",
        "a name as a label: labels are 0 and 1 in order of speaking, the name is kept beside them",
    ),
    Rule.DUPLICATES: Words("与剧本 {other} 台词相同", "the same lines as script {other}"),
}
TOO_LITTLE = Words("清理后不足两人对话", "what is left is no dialogue of two")


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing taken out, in its words. `line` counts the script's lines from 1; 0 is the script.

    `where` is `file:line` instead for what was taken out before there was a script.
    """

    rule: Rule
    script: str
    line: int
    text: str
    reason: Words
    where: str = ""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`numbered` are the ids of scripts that are written with the labels 0 and 1."""

    scripts: tuple[Script, ...]
    removals: tuple[Removal, ...]
    numbered: frozenset[str] = frozenset()


def cleaned(scripts: Iterable[Script], rules: Collection[Rule] = CAREFUL) -> Cleaned:
    """The scripts without what the rules take out, in their order, and all that was taken out.

    A script of which no dialogue of two is left is taken out too.
    """
    kept: list[Script] = []
    first: dict[tuple[Line, ...], str] = {}
    removals: list[Removal] = []
    numbered: set[str] = set()
    for script in scripts:
        lines, found = _clean_lines(script, rules)
        removals += found
        if len({line.speaker for line in lines}) < 2:
            what = script.title or script.id
            removals.append(Removal(Rule.EMPTY, script.id, 0, what, TOO_LITTLE))
            continue
        clean = _in_order(replace(script, lines=lines))
        if Rule.DUPLICATES in rules and clean.lines in first:
            reason = REASONS[Rule.DUPLICATES].fill(other=first[clean.lines])
            what = script.title or script.id
            removals.append(Removal(Rule.DUPLICATES, script.id, 0, what, reason))
            continue
        kept.append(clean)
        first.setdefault(clean.lines, clean.id)
        if Rule.NAMES in rules and (names := list(_names(script))):
            removals += names
            numbered.add(script.id)
    return Cleaned(tuple(kept), tuple(removals), frozenset(numbered))


def _clean_lines(script: Script, rules: Collection[Rule]) -> tuple[tuple[Line, ...], list[Removal]]:
    lines: list[Line] = []
    removals: list[Removal] = []
    for number, line in enumerate(script.lines, 1):
        edge = number <= EDGE or number > len(script.lines) - EDGE
        text, parts = _clean_text(line.text, rules, edge=edge)
        for rule, part in parts:
            removals.append(Removal(rule, script.id, number, part, REASONS[rule]))
        if parts and not text:
            continue
        fresh = replace(line, text=text)
        again = bool(lines) and fresh == lines[-1] and len(text) >= LONG_ENOUGH
        if again and Rule.REPEATS in rules:
            removals.append(Removal(Rule.REPEATS, script.id, number, text, REASONS[Rule.REPEATS]))
            continue
        lines.append(fresh)
    return tuple(lines), removals


def _clean_text(
    text: str, rules: Collection[Rule], *, edge: bool
) -> tuple[str, list[tuple[Rule, str]]]:
    """What is left of a line, and what was taken; where only stops would be left, all of it was."""
    if Rule.EMPTY in rules and all(unicodedata.category(one) in _UNSEEN for one in text):
        return "", [(Rule.EMPTY, text)]
    taken: list[tuple[Rule, str]] = []
    if Rule.SITE in rules:
        start = 0 if is_footer(text, edge=edge) else footer_start(text)
        taken += [(Rule.SITE, text[start:])] if start < len(text) else []
        text = text[:start]
    every = Rule.BRACKETS in rules
    if every or Rule.DIRECTIONS in rules:
        spans = direction_spans(text, every=every)
        rest = _without(text, spans)
        if spans and not rest.strip(_LEFT_OVER):
            spans, rest = [(0, len(text))], ""
        rule = Rule.BRACKETS if every else Rule.DIRECTIONS
        taken += [(rule, text[start:end]) for start, end in spans]
        text = rest
    return text, taken


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    return text


def _in_order(script: Script) -> Script:
    """The same with `0` for whoever speaks first now."""
    if script.lines[0].speaker == "0":
        return script
    other = {"0": "1", "1": "0"}
    return replace(
        script,
        lines=tuple(replace(line, speaker=other[line.speaker]) for line in script.lines),
        speakers=tuple(
            replace(speaker, label=other[speaker.label]) for speaker in reversed(script.speakers)
        ),
    )


def _names(script: Script) -> Iterator[Removal]:
    """Both labels of a script, where one of them is a person's name."""
    if all(_ORDINARY_NAME.fullmatch(speaker.name) for speaker in script.speakers):
        return
    for speaker in script.speakers:
        first = next(n for n, line in enumerate(script.lines, 1) if line.speaker == speaker.label)
        if speaker.name:
            yield Removal(Rule.NAMES, script.id, first, speaker.name, REASONS[Rule.NAMES])
