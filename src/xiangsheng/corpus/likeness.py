"""What two scripts have in common, beyond what any two scripts do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from xiangsheng.corpus.folding import FoldedScript, Passage
from xiangsheng.text.near_duplicates import alike, jaccard
from xiangsheng.text.ngrams import ngrams
from xiangsheng.text.shared_runs import Run, shared_runs
from xiangsheng.text.shingles import Held, shingles

GRAM = 5
"""Characters of the n-grams that are compared; they do not cross lines, so lines may change places."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on something in common is more than chance; lengths in characters as compared.

    Measured on the 318 and the 50 real scripts of C³, as docs/reference/leaks.md says: strangers
    share lines of 9, runs of 19 and 7 % of the n-grams of the shorter script, and no more.
    """

    line: int = 10
    run: int = 20
    jaccard: float = 0.8
    version: float = 0.25
    window: int = 10
    """Lines that are compared as one, in whatever order they come."""


class Kind(StrEnum):
    """The strongest first."""

    VERSION = "version"  # a good part of the shorter script's n-grams are in the other
    PASSAGE = "passage"  # windows of lines with nearly the same n-grams
    RUN = "run"  # characters in a row, across line ends
    LINE = "line"  # a line, word for word
    NEAR_LINE = "near-line"  # a line with nearly the same n-grams


@dataclass(frozen=True, slots=True)
class Likeness:
    """`size` is in characters as compared; `share` is the part of n-grams in common, 0 to 1: for a
    version of the shorter script's, else the Jaccard index.

    A version is shown by its longest run.
    """

    kind: Kind
    left: Passage
    right: Passage
    size: int
    share: float


def likenesses(left: FoldedScript, right: FoldedScript, bounds: Bounds) -> tuple[Likeness, ...]:
    """All of them, the strongest kind first; a line within a passage or a run is not told again."""
    runs = tuple(_runs(left, right, bounds.run))
    passages = tuple(_passages(left, right, bounds))
    lines = (
        line
        for line in _lines(left, right, bounds)
        if not any(_within(line, other) for other in (*passages, *runs))
    )
    found = (*_version(left, right, bounds), *passages, *runs, *lines)
    return tuple(sorted(found, key=lambda one: (list(Kind).index(one.kind), -one.size)))


def _runs(left: FoldedScript, right: FoldedScript, at_least: int) -> Iterator[Likeness]:
    for run in shared_runs([left.text], [right.text], at_least):
        yield _run(left, right, run)


def _run(left: FoldedScript, right: FoldedScript, run: Run) -> Likeness:
    mine = left.passage(run.start, run.length)
    theirs = right.passage(run.source_start, run.length)
    return Likeness(Kind.RUN, mine, theirs, run.length, 1.0)


def longest_run(left: FoldedScript, right: FoldedScript) -> Likeness | None:
    """The first of them, however short; None for two scripts without one character in common."""
    runs = shared_runs([left.text], [right.text], 1)
    return _run(left, right, max(runs, key=lambda run: run.length)) if runs else None


def _version(left: FoldedScript, right: FoldedScript, bounds: Bounds) -> Iterator[Likeness]:
    mine, theirs = _grams(left.lines), _grams(right.lines)
    common = len(mine & theirs)
    share = common / max(1, min(len(mine), len(theirs)))
    if common >= bounds.run and share >= bounds.version:
        shown = longest_run(left, right)
        assert shown is not None
        yield Likeness(Kind.VERSION, shown.left, shown.right, shown.size, share)


def _passages(left: FoldedScript, right: FoldedScript, bounds: Bounds) -> Iterator[Likeness]:
    """Windows that overlap on both sides are one passage, as alike as its best pair of windows."""
    merged: list[tuple[range, range, float]] = []
    for i, j, share in _alike_windows(left, right, bounds):
        mine = range(i, min(i + bounds.window, len(left.lines)))
        theirs = range(j, min(j + bounds.window, len(right.lines)))
        for number, (a, b, best) in enumerate(merged):
            if _meet(a, mine) and _meet(b, theirs):
                merged[number] = (_joined(a, mine), _joined(b, theirs), max(best, share))
                break
        else:
            merged.append((mine, theirs, share))
    for a, b, share in merged:
        mine, theirs = _trimmed(left, a, right, b), _trimmed(right, b, left, a)
        size = sum(len(line) for line in left.lines[mine.start : mine.stop])
        yield Likeness(
            Kind.PASSAGE,
            left.whole_lines(mine.start, mine.stop - 1),
            right.whole_lines(theirs.start, theirs.stop - 1),
            size,
            share,
        )


def _trimmed(one: FoldedScript, lines: range, other: FoldedScript, others: range) -> range:
    """Without lines at both ends that the other passage does not have, or less than half of."""
    known = set(other.lines[others.start : others.stop])
    grams = _grams(known)

    def has(place: int) -> bool:
        mine = _grams([one.lines[place]])
        return one.lines[place] in known or 2 * len(mine & grams) > len(mine)

    kept = [place for place in lines if has(place)]
    return range(kept[0], kept[-1] + 1)


def _alike_windows(
    left: FoldedScript, right: FoldedScript, bounds: Bounds
) -> Iterator[tuple[int, int, float]]:
    """Hashes say which windows, the n-grams themselves how alike they are."""
    sides = (left.lines, right.lines)
    held, others = (windows(shingles(lines, GRAM), len(lines), bounds) for lines in sides)
    for i, j, _ in alike(held, others, bounds.jaccard):
        mine, theirs = (
            _grams(lines[place : place + bounds.window])
            for lines, place in zip(sides, (i, j), strict=True)
        )
        if (share := jaccard(mine, theirs)) >= bounds.jaccard:
            yield i, j, share


def windows(held: Held, lines: int, bounds: Bounds) -> Held:
    """What the lines of one script hold, held by every window of lines that has one of them.

    Windows with fewer n-grams than a run has characters hold nothing: they are all stock replies.
    """
    count = max(1, lines - bounds.window + 1)
    places = [held.holders - offset for offset in range(min(bounds.window, lines))]
    inside = [(place >= 0) & (place < count) for place in places]
    found = Held.of(
        np.concatenate([held.numbers[kept] for kept in inside]),
        np.concatenate([place[kept] for place, kept in zip(places, inside, strict=True)]),
    )
    full = np.bincount(found.holders, minlength=count)[found.holders] >= bounds.run
    return Held(found.numbers[full], found.holders[full])


def _lines(left: FoldedScript, right: FoldedScript, bounds: Bounds) -> Iterator[Likeness]:
    """For each line of the left script that is long enough, the one of the right most like it."""
    mine, theirs = (
        shingles([line if len(line) >= bounds.line else "" for line in one.lines], GRAM)
        for one in (left, right)
    )
    best: dict[int, tuple[bool, float, int]] = {}
    for i, j, _ in alike(mine, theirs, bounds.jaccard):
        share = jaccard(_grams([left.lines[i]]), _grams([right.lines[j]]))
        # Other words may have the same n-grams: such a line is nearly the same, and no more.
        like = (left.lines[i] == right.lines[j], share, -j)
        if share >= bounds.jaccard:
            best[i] = max(best.get(i, like), like)
    for i, (same, share, place) in best.items():
        yield Likeness(
            Kind.LINE if same else Kind.NEAR_LINE,
            left.whole_lines(i, i),
            right.whole_lines(-place, -place),
            len(left.lines[i]),
            share,
        )


def _grams(lines: Iterable[str]) -> set[str]:
    return {gram for line in lines for gram in ngrams(line, GRAM)}


def _within(one: Likeness, other: Likeness) -> bool:
    return all(
        outer.first <= inner.first and inner.last <= outer.last
        for inner, outer in ((one.left, other.left), (one.right, other.right))
    )


def _meet(one: range, other: range) -> bool:
    return one.start < other.stop and other.start < one.stop


def _joined(one: range, other: range) -> range:
    return range(min(one.start, other.start), max(one.stop, other.stop))
