"""How much is in memory at once, and how much of it a row may come to need."""

import math
from dataclasses import dataclass
from itertools import pairwise

from xiangsheng.backends.local.decode.shelf import FRESH, SPARE, sizes
from xiangsheng.backends.local.ladder import Shape

KEYS = 2 << 30
"""Bytes of keys and values in memory at most."""
MOST_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """`rows` are continued at once; `cells` is the token budget: keys and values of so many tokens
    are in memory at most between two steps.
    """

    rows: int = MOST_ROWS
    cells: int = 200_000

    @classmethod
    def of(cls, shape: Shape, available: int | None = None) -> "Limits":
        """As many cells as fit into `KEYS` bytes, or half of what is free where that is less."""
        room = min(KEYS, (available or 2 * KEYS) // 2)
        budget = room // (8 * shape.layers * shape.width)
        rows = max(1, min(MOST_ROWS, budget // (4 * FRESH)))
        # Whatever fits into the context is served, if need be alone.
        return cls(rows, max(budget, 4 * shape.context + first_shelf(rows)))


def first_shelf(rows: int) -> int:
    """Cells that so many rows have in any case."""
    return math.ceil(SPARE * rows * FRESH)


def later_shelves(tokens: int, context: int) -> int:
    """The most cells that a row with so many own tokens takes on its way from shelf to shelf."""
    passed = sum(size for before, size in pairwise(sizes(context)) if before < tokens)
    return math.ceil(SPARE * passed)
