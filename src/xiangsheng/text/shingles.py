"""The n-grams of many texts as numbers, and how many any two texts have in common.

A number is a 64-bit hash of the n-gram's characters, the same in whatever company: of ten million
different n-grams some two share theirs once in 300,000 corpora. Who needs certainty compares the
texts that are found.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xiangsheng.text.codes import codes

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]
_AT_ONCE = 4_000_000
"""How many (left, right) hits are held before they are reduced to pairs."""


@dataclass(frozen=True, slots=True)
class Held:
    """Numbers and who holds them, side by side; no holder has a number twice."""

    numbers: Numbers
    holders: Places

    @classmethod
    def of(cls, numbers: Numbers, holders: Places) -> "Held":
        """Sorted by holder and then by number, each once."""
        order = np.lexsort((numbers, holders))
        numbers, holders = numbers[order], holders[order]
        new = np.ones(len(order), dtype=bool)
        new[1:] = (numbers[1:] != numbers[:-1]) | (holders[1:] != holders[:-1])
        return cls(numbers[new], holders[new])


def shingles(texts: Sequence[str], size: int) -> Held:
    """All `size`-grams of each text, held by its index; a shorter text holds none."""
    everything = codes("".join(texts)).astype(np.uint64)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    counts = np.maximum(lengths - size + 1, 0)
    ends = np.cumsum(lengths)
    holders = np.repeat(np.arange(len(texts)), counts)
    firsts = np.repeat(ends - lengths, counts) + _within(counts)
    numbers = np.zeros(len(firsts), dtype=np.uint64)
    for offset in range(size):
        numbers = mixed(numbers + everything[firsts + offset])
    return Held.of(numbers, holders)


def mixed(numbers: Numbers) -> Numbers:
    """Each number as one that looks random: a step of SplitMix64 (Steele, Lea and Flood 2014)."""
    found = numbers + np.uint64(0x9E3779B97F4A7C15)
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def overlaps(left: Held, right: Held) -> tuple[tuple[int, int, int], ...]:
    """(left holder, right holder, how many numbers both hold) for each pair that has any, in order.

    Takes time for each hit, so a number that all hold costs as many hits as there are pairs.
    """
    order = np.argsort(right.numbers, kind="stable")
    numbers, holders = right.numbers[order], right.holders[order]
    first = np.searchsorted(numbers, left.numbers, side="left")
    hits = np.searchsorted(numbers, left.numbers, side="right") - first
    width = int(right.holders.max(initial=0)) + 1
    pairs, counts = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    ends = np.cumsum(hits)
    start = 0
    while start < len(hits):
        before = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + _AT_ONCE, side="right")))
        some = hits[start:stop]
        mine = np.repeat(left.holders[start:stop], some)
        theirs = holders[np.repeat(first[start:stop], some) + _within(some)]
        pairs, places = np.unique(
            np.concatenate((pairs, mine * width + theirs)), return_inverse=True
        )
        weights = np.concatenate((counts, np.ones(len(mine), dtype=np.int64)))
        counts = np.bincount(places, weights, len(pairs)).astype(np.int64)
        start = stop
    return tuple(
        (*divmod(pair, width), count)
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
    )


def _within(counts: Places) -> Places:
    """0 … count − 1 for each count, one after the other."""
    total = int(counts.sum())
    return np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
