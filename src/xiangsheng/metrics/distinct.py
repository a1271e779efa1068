"""Distinct-1 and Distinct-2 (Li et al. 2016): distinct n-grams of all candidates / all of them."""

from __future__ import annotations

from collections import Counter

from xiangsheng.text.ngrams import lengthen

TYPE_CHECKING = False  # not imported: `typing` takes as long as a tenth of the scoring
if TYPE_CHECKING:  # scoring a file starts neither numpy nor dataclasses
    from collections.abc import Iterable, Sequence

    from xiangsheng.stats.arrays import Floats

ORDERS = (1, 2)
NAMES = ("distinct_1", "distinct_2")
Seen = tuple[set[str], int]


def seen(texts: Iterable[str]) -> tuple[Seen, ...]:
    """For each order, the distinct n-grams of some texts and how many there are in all."""
    types: tuple[set[str], ...] = tuple(set() for _ in ORDERS)
    totals = [0] * len(ORDERS)
    for text in texts:
        grams: Sequence[str] = text
        for index in range(len(ORDERS)):
            if index:
                grams = lengthen(grams, text)
            types[index].update(grams)
            totals[index] += len(grams)
    return tuple(zip(types, totals, strict=True))


def ratio(types: int, total: int) -> float:
    """Percent; 0 where there is nothing."""
    return 100 * types / total if total else 0.0


def leave_one_out(units: Sequence[Seen]) -> Floats:
    """Distinct, in percent, of all units but the first, all but the second, …

    A type goes with a unit only if no other unit has it.
    """
    import numpy as np

    holders = Counter(gram for types, _ in units for gram in types)
    total = sum(count for _, count in units)
    types = np.array([sum(holders[gram] == 1 for gram in own) for own, _ in units], dtype=float)
    totals = np.array([count for _, count in units], dtype=float)
    values: Floats = 100 * (len(holders) - types) / np.maximum(total - totals, 1)
    return values
