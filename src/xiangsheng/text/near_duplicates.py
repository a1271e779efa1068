"""Which sets of n-grams are nearly equal: MinHash and banding to find pairs, counting to be sure.

A signature is the least of the set's numbers under each of 128 hash functions; two sets agree on
one of them with the probability of their Jaccard index (Broder 1997). Signatures are cut into 32
bands of four, and pairs that agree on a whole band are candidates: of pairs with an index of 0.8
one in 20 million is missed, of pairs with 0.3 a quarter are looked at in vain.
"""

from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from xiangsheng.text.shingles import Held, Numbers, Places, mixed, overlaps

Signatures = NDArray[np.uint32]
ROWS, BANDS = 4, 32
NOTHING = np.uint32(0xFFFFFFFF)
"""In the signature of a set that is empty; the union with it changes nothing."""


def signatures(held: Held, holders: int) -> Signatures:
    """One row of 128 for each of so many holders. That of a union is the least of its parts'."""
    found = np.full((holders, ROWS * BANDS), NOTHING)
    if not len(held.numbers):
        return found
    starts = np.flatnonzero(np.diff(held.holders, prepend=-1))
    owners = held.holders[starts]
    functions = mixed(np.arange(2 * ROWS * BANDS, dtype=np.uint64)).reshape(-1, 2)
    for column, (factor, term) in enumerate(functions):
        high = (held.numbers * (factor | np.uint64(1)) + term) >> np.uint64(32)
        found[owners, column] = np.minimum.reduceat(high.astype(np.uint32), starts)
    return found


def bands(found: Signatures, holders: Places) -> Held:
    """What `overlaps` compares to find candidates; several rows may have one holder.

    Rows of empty sets are nobody's.
    """
    full = (found != NOTHING).any(axis=1)
    parts = found[full].reshape(-1, BANDS, ROWS)
    numbers: Numbers = np.tile(np.arange(BANDS, dtype=np.uint64), (len(parts), 1))
    for row in range(ROWS):
        numbers = mixed(numbers + parts[:, :, row].astype(np.uint64))
    return Held.of(numbers.ravel(), np.repeat(holders[full], BANDS))


def alike(left: Held, right: Held, least: float) -> tuple[tuple[int, int, float], ...]:
    """(left holder, right holder, Jaccard index) of every pair that has an index of `least`."""
    sizes, others = np.bincount(left.holders), np.bincount(right.holders)
    found = (
        (mine, theirs, count / int(sizes[mine] + others[theirs] - count))
        for mine, theirs, count in overlaps(left, right)
    )
    return tuple(entry for entry in found if entry[2] >= least)


def jaccard(left: AbstractSet[str], right: AbstractSet[str]) -> float:
    """By definition; 0 for two empty sets."""
    return len(left & right) / len(left | right) if left or right else 0.0
