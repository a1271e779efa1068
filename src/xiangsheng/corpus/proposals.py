"""The windows of a script that could be asked about, best first."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from xiangsheng.core.script import Line, Script
from xiangsheng.corpus.training_lines import TrainingLines
from xiangsheng.corpus.window_rules import faults, same_speaker_steps, short_replies
from xiangsheng.corpus.windows import Window, cut

_ITEMS = re.compile(r"[、，,；;。！!？?…\s]+")
_LIST_OF = 6
_SHORT_ITEM = 5
_RAPID_LINE = 6


@dataclass(frozen=True, slots=True)
class Proposal:
    """A window and why it stands where it stands; each part is from 0 to 1, more is better.

    `opening`: how near it begins to the script's beginning, where nothing before it is missing;
    `balance`: the characters of whoever says less, by those of the other; `replies`: the share of
    lines that are more than one word; `variety`: the share of distinct ones among its pairs of
    neighbouring characters. `in_a_list`: it begins in the middle of a rapid list.
    """

    window: Window
    opening: float
    balance: float
    replies: float
    variety: float
    in_a_list: bool = False

    @property
    def score(self) -> float:
        """The mean of the four; one less where it begins in the middle of a rapid list."""
        parts = (self.opening, self.balance, self.replies, self.variety)
        return sum(parts) / len(parts) - self.in_a_list


def proposals(script: Script, lines: int, training: TrainingLines) -> tuple[Proposal, ...]:
    """All windows of so many lines that break no rule, by falling score, the earlier one first.

    Speakers take turns in all of them. Where a script has no such window, those in which it
    happens least often that one speaker goes on are given instead.
    """
    found: dict[int, list[Proposal]] = {}
    for window, part in _fitting(script, lines, training):
        same = same_speaker_steps(part.lines)
        found.setdefault(same, []).append(judged(script, window, part))
    best = found[min(found)] if found else []
    return tuple(sorted(best, key=lambda one: (-one.score, one.window.first)))


def has_window(script: Script, lines: int, training: TrainingLines) -> bool:
    """Whether there is anything to propose."""
    return any(True for _ in _fitting(script, lines, training))


def _fitting(
    script: Script, lines: int, training: TrainingLines
) -> Iterator[tuple[Window, Script]]:
    """Windows that break no rule, whether or not one speaker goes on in them, and cut out."""
    for first in range(1, len(script.lines) - lines + 2):
        window = Window(first, first + lines - 1)
        part = cut(script, window)
        if all(fault.code == "same_speaker" for fault in faults(part, training)):
            yield window, part


def judged(script: Script, window: Window, part: Script) -> Proposal:
    """What a window of `script`, cut out as `part`, is worth."""
    said = [sum(len(line.text) for line in part.lines if line.speaker == who) for who in "01"]
    lengths = [len(line.text) for line in part.lines]
    starts = len(script.lines) - len(window)
    return Proposal(
        window,
        opening=1 - (window.first - 1) / starts if starts else 1.0,
        balance=min(said) / max(said),
        replies=1 - short_replies(lengths) / len(lengths),
        variety=_variety(part.lines),
        in_a_list=begins_in_a_list(script.lines, window.first - 1),
    )


def _variety(lines: Sequence[Line]) -> float:
    pairs = [pair for line in lines for pair in pairwise(line.text)]
    return len(set(pairs)) / len(pairs) if pairs else 0.0


def begins_in_a_list(lines: Sequence[Line], start: int) -> bool:
    """Whether the line at `start`, from 0, goes on with a rapid list of the line before it.

    A list is a line of six or more items of about five characters (贯口), or an exchange of
    lines of at most six characters, two on each side.
    """
    around = lines[max(start - 2, 0) : start + 2]
    exchange = len(around) == 4 and all(len(line.text) <= _RAPID_LINE for line in around)
    return exchange or (
        start > 0 and all(_lists(line.text) for line in lines[start - 1 : start + 1])
    )


def _lists(text: str) -> bool:
    items = [len(item) for item in _ITEMS.split(text) if item]
    return len(items) >= _LIST_OF and median(items) <= _SHORT_ITEM


def shuffled(ids: Iterable[str], seed: int) -> tuple[str, ...]:
    """An order that depends on the seed and the ids alone: a script more moves no other."""
    return tuple(sorted(ids, key=lambda id_: hashlib.sha256(f"{seed}/{id_}".encode()).digest()))
