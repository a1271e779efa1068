"""Which of many texts are nearly the same as an earlier one: all of them, without comparing all pairs.

Two sets with a Jaccard index of 0.8 share four fifths of the greater one, so each has at most a fifth
that is nowhere else, and their rarest fifths have something in common (the prefix filter of
Chaudhuri, Ganti and Kaushik 2006). Hashes only say what is worth comparing; n-grams decide.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from math import ceil
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xiangsheng.text.codes import codes
from xiangsheng.text.near_duplicates import jaccard
from xiangsheng.text.shingles import Held, Numbers, Places, mixed

Parts: TypeAlias = tuple[str, str]
"""A question and its answer, say; what is in one of them is not the same in the other."""

Buckets: TypeAlias = NDArray[np.uint32]

_BREAK = ord("\n")
_BITS = 24
_AT_ONCE = 500_000
"""Characters, of which each takes some fifty bytes for a moment, and eight while all are counted."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_NONE = np.empty(0, np.int64)
_SLACK = 1e-9  # for products that are whole numbers, and not quite


class Repeat(NamedTuple):
    """Text number `later` is nearly number `earlier`; `share` is their Jaccard index."""

    later: int
    earlier: int
    share: float


def near_repeats(
    texts: Sequence[Parts], size: int = 5, least: float = 0.8, at_least: int = 20
) -> Iterator[Repeat]:
    """Every text that is nearly one that comes before it and is no repeat itself.

    Nearly the same are texts whose `size`-grams have a Jaccard index of `least`, and so have those
    of their second parts. N-grams do not cross line breaks; a shorter line is one itself. Texts
    with fewer than `at_least` characters besides breaks are no repeats. When repeats are taken
    out, none is left.
    """
    held = _worth_comparing(texts, size, least, at_least)
    kept: dict[int, list[int]] = {}  # n-gram → texts that are no repeats
    counts = np.bincount(held.holders, minlength=len(texts)).tolist()
    for text, rare in _rarest(held, least):
        for other in _candidates(rare, kept, counts, text, least):
            share = _alike(texts[text], texts[other], size, least)
            if share >= least:
                yield Repeat(text, other, share)
                break
        else:
            for number in rare:
                kept.setdefault(number, []).append(text)


def _candidates(
    rare: Sequence[int],
    kept: dict[int, list[int]],
    counts: Sequence[int],
    text: int,
    least: float,
) -> Iterator[int]:
    """Texts that share rare n-grams, and are neither too short nor too long; most shared first."""
    shared = Counter(other for number in rare for other in kept.get(number, ()))
    low, high = counts[text] * least - _SLACK, counts[text] / least + _SLACK
    return (other for other, _ in shared.most_common() if low <= counts[other] <= high)


def _alike(one: Parts, other: Parts, size: int, least: float) -> float:
    """The Jaccard index of all n-grams; 0 where that of the second parts' is too small."""
    first, second = ([_grams(part, size) for part in parts] for parts in (one, other))
    if jaccard(first[1], second[1]) < least and first[1] != second[1]:
        return 0.0
    common = sum(len(mine & theirs) for mine, theirs in zip(first, second, strict=True))
    return common / (sum(map(len, (*first, *second))) - common)


def _grams(text: str, size: int) -> set[str]:
    return {
        line[start : start + size]
        for line in text.split("\n")
        if line
        for start in range(max(1, len(line) - size + 1))
    }


def _worth_comparing(texts: Sequence[Parts], size: int, least: float, at_least: int) -> Held:
    """What is held by texts that may be alike: not too much of it is nobody else's."""
    buckets, total, letters = _buckets(texts, size)
    some = letters >= at_least
    while True:
        there = np.repeat(some, total)
        buckets, total = buckets[there], np.where(some, total, 0)
        holders = np.repeat(np.arange(len(texts), dtype=np.int32), total)
        own = np.bincount(holders[~_shared(buckets)], minlength=len(texts))
        before = int(some.sum())
        some &= (own <= (1 - least) * total + _SLACK) & (total > 0)
        if some.sum() >= 0.9 * before:
            break
    places = np.flatnonzero(some)
    windows = _windows([texts[place] for place in places.tolist()], size)
    return Held.of(windows.numbers, np.repeat(places, windows.counts))


def _buckets(texts: Sequence[Parts], size: int) -> tuple[Buckets, Places, Places]:
    """Of every n-gram some bits of its number; of every text how many it has, and its letters."""
    buckets, counts, letters = [np.empty(0, np.uint32)], [_NONE], [_NONE]
    for some in _portions(texts):
        windows = _windows(some, size)
        buckets.append((windows.numbers >> np.uint64(64 - _BITS)).astype(np.uint32))
        counts.append(windows.counts)
        letters.append(windows.letters)
    return np.concatenate(buckets), np.concatenate(counts), np.concatenate(letters)


def _portions(texts: Sequence[Parts]) -> Iterator[Sequence[Parts]]:
    ends = accumulate(len(one) + len(other) for one, other in texts)
    for _, some in groupby(zip(ends, texts, strict=True), key=lambda text: text[0] // _AT_ONCE):
        yield [text for _, text in some]


class _Windows(NamedTuple):
    """Numbers of n-grams, text after text; for each text how many they are, and its letters."""

    numbers: Numbers
    counts: Places
    letters: Places


def _windows(texts: Sequence[Parts], size: int) -> _Windows:
    everything = codes("\n".join(part for parts in texts for part in parts) + "\n")
    ends = np.flatnonzero(everything == _BREAK)
    begins = np.append(0, ends[:-1] + 1)
    sizes = np.array([len(part) + 1 for parts in texts for part in parts], dtype=np.int64)
    part = np.searchsorted(np.cumsum(sizes), begins, side="right")
    lengths = ends - begins
    counts = np.where(lengths > 0, np.maximum(lengths - size + 1, 1), 0)
    first = np.repeat(begins - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    letters = mixed(everything.astype(np.uint64))
    letters[ends] = 0
    behind = np.repeat(ends, counts)
    numbers = np.repeat(part.astype(np.uint64) % np.uint64(2), counts)
    for offset in range(size):
        numbers *= _FACTOR
        numbers += letters[np.minimum(first + offset, behind)]
    each = [
        np.bincount(part // 2, of, len(texts)).astype(np.int64)[: len(texts)]
        for of in (counts, lengths)
    ]
    return _Windows(mixed(numbers), *each)


def _shared(buckets: Buckets) -> NDArray[np.bool_]:
    """Which n-grams come twice, or share a bucket with another."""
    order = np.sort(buckets)
    twice = np.zeros(1 << _BITS, dtype=bool)
    twice[order[1:][order[1:] == order[:-1]]] = True
    return twice[buckets]


def _rarest(held: Held, least: float) -> Iterator[tuple[int, list[int]]]:
    """For each text so many of its rarest n-grams that two alike have one in common."""
    _, inverse, times = np.unique(held.numbers, return_inverse=True, return_counts=True)
    rarity = times[inverse]
    order = np.lexsort((held.numbers, rarity, held.holders))
    holders, numbers, rarity = held.holders[order], held.numbers[order], rarity[order]
    bounds = np.flatnonzero(np.diff(holders, prepend=-1, append=-1)).tolist()
    for start, end in pairwise(bounds):
        size = end - start
        some = slice(start, start + size - ceil(least * size - _SLACK) + 1)
        yield int(holders[start]), numbers[some][rarity[some] > 1].tolist()
