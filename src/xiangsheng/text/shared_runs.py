"""The longest runs of characters that texts share with other texts, however often.

Ranks of all substrings of 1, 2, 4, … characters (Karp, Miller and Rosenberg 1972) put all suffixes
in order; the longest match of a suffix is with one of its two neighbours from the other side. The
same ranks then say how long it is. n log n for n characters, also where text repeats itself;
600,000 characters take half a second and 80 MB.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiangsheng.text.codes import codes

Places = NDArray[np.int64]
Ranks = NDArray[np.int32]
_FIRST_SEPARATOR = 0x110000  # behind every text stands a number of its own, which matches nothing


@dataclass(frozen=True, slots=True)
class Run:
    """`length` characters from `start` of text number `text` are those of a source from there.

    It is one of the places where the sources have them, not always the first.
    """

    text: int
    start: int
    source: int
    source_start: int
    length: int


def shared_runs(texts: Sequence[str], sources: Sequence[str], at_least: int) -> tuple[Run, ...]:
    """The runs of each text, of `at_least` characters, that some source holds, in their order.

    Each is as long as it can be: with one more character at either end no source holds it.
    Runs of one text may overlap; none lies within another.
    """
    everything, starts = _joined([*texts, *sources])
    first_source = int(starts[len(texts)])
    levels = _ranks(everything, first_source)
    lengths, matches = _longest(levels, first_source)
    before = np.concatenate(([0], lengths))[:first_source]
    before[starts[: len(texts)]] = 0
    # A match that is one shorter than the one a character earlier is the rest of that one.
    (places,) = np.nonzero((lengths >= max(1, at_least)) & (before <= lengths))
    owners = np.searchsorted(starts, places, side="right") - 1
    found = matches[places]
    holders = np.searchsorted(starts, found, side="right") - 1
    return tuple(
        Run(text, place - int(starts[text]), holder - len(texts), match - int(starts[holder]), size)
        for text, place, holder, match, size in zip(
            owners.tolist(),
            places.tolist(),
            holders.tolist(),
            found.tolist(),
            lengths[places].tolist(),
            strict=True,
        )
    )


def _joined(texts: Sequence[str]) -> tuple[Places, Places]:
    """All texts in one array, each with its separator, and where each begins; one more: the end."""
    parts: list[Places] = []
    for number, text in enumerate(texts):
        parts += [codes(text), np.array([_FIRST_SEPARATOR + number])]
    lengths = [len(text) + 1 for text in texts]
    starts = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    return np.concatenate([np.empty(0, np.int64), *parts]), starts


def _ranks(text: Places, first_source: int) -> list[Ranks]:
    """Level p ranks the 2**p characters from each place on; equal ranks, equal characters.

    The last level is the first on which no text has a rank that a source has too.
    """
    rank = np.unique(text, return_inverse=True)[1].astype(np.int64)
    levels = [rank.astype(np.int32)]
    size = 1
    while _meet(rank, first_source):
        key = rank * (len(text) + 1)
        key[:-size] += rank[size:] + 1
        rank = np.unique(key, return_inverse=True)[1].astype(np.int64)
        levels.append(rank.astype(np.int32))
        size *= 2
    return levels


def _meet(rank: Places, first_source: int) -> bool:
    theirs = np.zeros(len(rank) + 1, dtype=bool)
    theirs[rank[first_source:]] = True
    return bool(theirs[rank[:first_source]].any())


def _longest(levels: list[Ranks], first_source: int) -> tuple[Places, Places]:
    """For each place of the texts, how long its longest match is and where a source has it."""
    order = np.argsort(levels[-1], kind="stable")
    slots = np.arange(len(order))
    theirs = order >= first_source
    above = np.maximum.accumulate(np.where(theirs, slots, -1))
    below = np.minimum.accumulate(np.where(theirs, slots, len(order))[::-1])[::-1]
    own = order[~theirs]
    lengths = np.zeros(first_source, dtype=np.int64)
    matches = np.zeros(first_source, dtype=np.int64)
    for neighbour in (above[~theirs], below[~theirs]):
        there = (neighbour >= 0) & (neighbour < len(order))
        mine, match = own[there], order[neighbour[there]]
        length = _common(levels, mine, match)
        longer = length > lengths[mine]
        lengths[mine[longer]] = length[longer]
        matches[mine[longer]] = match[longer]
    return lengths, matches


def _common(levels: list[Ranks], left: Places, right: Places) -> Places:
    """How many characters each pair of places has in common: fewer than the last level's."""
    length = np.zeros(len(left), dtype=np.int64)
    for power in reversed(range(len(levels) - 1)):
        rank = levels[power]
        length[rank[left + length] == rank[right + length]] += 1 << power
    return length
