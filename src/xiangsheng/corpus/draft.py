"""Draft to Script: what every reader does with the utterances it found."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import NoReturn

from xiangsheng.core.errors import DataError
from xiangsheng.core.notice import Notice
from xiangsheng.core.script import Line, Provenance, Role, Script, Speaker

LONG_LINE = 2000
"""Characters above which a line earns a notice: 贯口 stays below, a lost line end does not."""

_NO_TEXT = re.compile("[\0\ud800-\udfff]")

DOUGEN_NAMES = frozenset({"逗", "逗哏"})
PENGEN_NAMES = frozenset({"捧", "捧哏"})


@dataclass(frozen=True, slots=True)
class Utterance:
    """One line of a file: its number from 1, the label as written, the text without it."""

    number: int
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A script as its file has it. `names` and `roles` are keyed by the file's labels."""

    id: str
    where: str
    utterances: tuple[Utterance, ...]
    title: str = ""
    genre: str = ""
    summary: str = ""
    provenance: Provenance = field(default_factory=Provenance)
    names: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)


def build(draft: Draft, *, join_same_speaker: bool = False) -> tuple[Script, tuple[Notice, ...]]:
    """The script, the first to speak labelled `0` and the second `1`, and what is worth knowing.

    `join_same_speaker` puts lines that one speaker says in a row together, nothing between them.
    Raises DataError for a third speaker, for only one, and for a line break, a NUL or
    half a character where none can be.
    """
    _refuse_unwritable(draft)
    spoken = tuple(u for u in draft.utterances if u.text)
    notices = [_empty(draft, u) for u in draft.utterances if not u.text]
    notices += [_long(draft, u) for u in spoken if len(u.text) > LONG_LINE]
    labels = _two_labels(draft, spoken)
    lines = tuple(Line(labels[u.label], u.text) for u in spoken)
    script = Script(
        id=draft.id,
        title=draft.title,
        lines=joined(lines) if join_same_speaker else lines,
        genre=draft.genre,
        summary=draft.summary,
        speakers=tuple(_speaker(draft, own, label) for own, label in labels.items()),
        provenance=draft.provenance,
    )
    return script, tuple(notices)


def joined(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The same words with every run of one speaker's lines made one line."""
    return tuple(
        Line(speaker, "".join(line.text for line in run))
        for speaker, run in groupby(lines, key=lambda line: line.speaker)
    )


def role_of(name: str) -> Role:
    """The role a name states (逗, 逗哏, 捧, 捧哏); 甲 and 乙 state none."""
    if name in DOUGEN_NAMES:
        return Role.DOUGEN
    return Role.PENGEN if name in PENGEN_NAMES else Role.OTHER


def _speaker(draft: Draft, own: str, label: str) -> Speaker:
    name = draft.names.get(own, "" if own in {"0", "1"} else own)
    return Speaker(label, name, draft.roles.get(own, role_of(name)))


def _two_labels(draft: Draft, spoken: tuple[Utterance, ...]) -> dict[str, str]:
    """The file's labels in order of speaking, to `0` and `1`."""
    labels: dict[str, str] = {}
    for utterance in spoken:
        if utterance.label in labels:
            continue
        if len(labels) == 2:
            _refuse_third(draft, utterance, tuple(labels))
        labels[utterance.label] = str(len(labels))
    if len(labels) < 2:
        heard = f"only {next(iter(labels))} speaks" if labels else "nobody speaks"
        number = spoken[0].number if spoken else 1
        raise DataError(
            f"{heard}; a script needs two speakers and at least one line of each",
            where=f"{draft.where}:{number}",
            hint="give the lines two labels, such as 甲： and 乙：, or leave the file out",
            code="one_speaker",
        )
    return labels


def _refuse_third(draft: Draft, utterance: Utterance, two: tuple[str, ...]) -> NoReturn:
    first, second = (draft.names.get(label, label) for label in two)
    third = draft.names.get(utterance.label, utterance.label)
    raise DataError(
        f"a third speaker, {third}, beside {first} and {second}: {utterance.text[:40]}",
        where=f"{draft.where}:{utterance.number}",
        hint=f"if {third} is one of the two, say so with --role-map {third}={first}; "
        "else leave the script out: it is not for two",
        code="third_speaker",
    )


def _refuse_unwritable(draft: Draft) -> None:
    """No title, name or line of a script holds a line break: renderings are line by line. None
    holds a NUL or half a character either: no text file could hold it.
    """
    fields = {
        "id": draft.id,
        "title": draft.title,
        "genre": draft.genre,
        "summary": draft.summary,
        "source": draft.provenance.source,
        "licence": draft.provenance.licence,
    } | {f"name of {label}": name for label, name in draft.names.items()}
    for name, value in fields.items():
        refuse_characters(value, f"the {name}", draft.where)
    for utterance in draft.utterances:
        where = f"{draft.where}:{utterance.number}"
        refuse_characters(utterance.label, "a label", where)
        refuse_characters(utterance.text, "a line of the script", where)


def refuse_characters(value: str, what: str, where: str) -> None:
    """DataError for a line break, a NUL or half a character in one text of a script."""
    if "\n" in value or "\r" in value:
        raise DataError(
            f"{what} holds a line break: {value[:40]!r}",
            where=where,
            hint="write it on one line, or a line as several",
            code="line_break",
        )
    if _NO_TEXT.search(value):
        raise DataError(
            f"{what} holds a NUL or half a character: {value[:40]!a}",
            where=where,
            hint="delete it: it is no text",
            code="no_text",
        )


def _empty(draft: Draft, utterance: Utterance) -> Notice:
    return Notice(
        "empty_line",
        f"{utterance.label} says nothing; the line is left out",
        f"{draft.where}:{utterance.number}",
    )


def _long(draft: Draft, utterance: Utterance) -> Notice:
    return Notice(
        "long_line",
        f"a line of {len(utterance.text):,} characters; is a line end missing?",
        f"{draft.where}:{utterance.number}",
    )
