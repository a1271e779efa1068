"""Which scripts of two sides are worth comparing: few of all pairs, and every pair that is related."""

from collections.abc import Sequence

import numpy as np

from xiangsheng.corpus.folding import FoldedScript
from xiangsheng.corpus.likeness import GRAM, Bounds
from xiangsheng.text.near_duplicates import NOTHING, Signatures, bands, signatures
from xiangsheng.text.shingles import Held, Places, overlaps, shingles


def relatives(
    left: Sequence[FoldedScript], right: Sequence[FoldedScript], bounds: Bounds
) -> tuple[tuple[int, int], ...]:
    """(left index, right index) of every pair that shares some characters in a row, or may have
    lines or windows of lines that are nearly the same.

    Whether a pair is found depends on its two scripts alone, not on the company they are in. A
    version whose longest run is shorter than `bounds.line` is not looked for.
    """
    found: set[tuple[int, int]] = set()
    ours = _clues(left, bounds)
    for mine, theirs in zip(ours, ours if left is right else _clues(right, bounds), strict=True):
        found.update((i, j) for i, j, _ in overlaps(mine, theirs))
    return tuple(sorted(found))


def _clues(scripts: Sequence[FoldedScript], bounds: Bounds) -> tuple[Held, Held, Held]:
    """What two related scripts have one number of in common: of runs, of lines or of windows."""
    runs = shingles([script.text for script in scripts], min(bounds.line, bounds.run))
    lines = [line for script in scripts for line in script.lines]
    owners = np.repeat(np.arange(len(scripts)), [len(script.lines) for script in scripts])
    found = signatures(shingles(lines, GRAM), len(lines))
    long = np.array([len(line) >= bounds.line for line in lines], dtype=bool)
    return (
        runs,
        bands(found[long], owners[long]),
        bands(_of_windows(found, owners, bounds.window), owners),
    )


def _of_windows(found: Signatures, owners: Places, window: int) -> Signatures:
    """For each line the signature of the window that it opens; near a script's end, of the lines
    that are left, which is a window where the script has no more.
    """
    least = found.copy()
    for offset in range(1, min(window, len(found))):
        same = owners[offset:] == owners[:-offset]
        following = np.where(same[:, None], found[offset:], NOTHING)
        np.minimum(least[:-offset], following, out=least[:-offset])
    return least
