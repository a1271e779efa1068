"""What metrics that are functions of the same sums have in common."""

from collections.abc import Sequence
from typing import Protocol

from xiangsheng.core.score import Pair
from xiangsheng.stats.arrays import Floats


class Family(Protocol):
    """Metrics that one pass over the pairs serves.

    A pair becomes a row of numbers; rows simply add, and every metric of the family follows from
    the sums. The first number of a row is 1 if the pair counts and 0 if it is left out.
    """

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def width(self) -> int:
        """Numbers in a row."""

    @property
    def method(self) -> str:
        """How intervals are made: `bootstrap` or `jackknife`."""

    @property
    def missing(self) -> str:
        """`zero`: a missing text counts as the empty one. `drop`: its pair is left out."""

    def row(self, pair: Pair, /) -> tuple[float, ...]: ...

    def conclude(self, sums: Sequence[float], /) -> tuple[float, ...]:
        """One percentage a name, or a perplexity; 0 where there is nothing to divide by."""

    def conclude_many(self, sums: Floats, /) -> Floats:
        """`conclude` for every row of an array at once."""

    def recipe(self, name: str, /) -> tuple[tuple[str, str], ...]:
        """What else changes the number of that name, for its signature."""
