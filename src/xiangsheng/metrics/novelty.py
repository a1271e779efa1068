"""Novelty: the share of generated n-grams that are nowhere in the training data."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from xiangsheng.core.score import Pair
from xiangsheng.metrics.names import NOVELTY
from xiangsheng.stats.arrays import Floats
from xiangsheng.text.ngram_index import NgramIndex


@lru_cache(maxsize=1)
def _index(lines: tuple[str, ...]) -> NgramIndex:
    """A study measures several systems and their differences against one training set."""
    return NgramIndex(lines, len(NOVELTY))


class Novelty:
    """Novelty for n = 1 … 10 as one family of additive metrics.

    Every occurrence of a generated n-gram counts, so that text copied often weighs often.
    Neither the training lines' n-grams nor the generated ones cross a line break.
    """

    names = NOVELTY
    width = 21
    method = "jackknife"
    missing = "zero"

    def __init__(self, training: Iterable[str]) -> None:
        self._index = _index(tuple(training))

    def row(self, pair: Pair) -> tuple[float, ...]:
        counts = self._index.novel(pair.candidate)
        return (1, *(novel for novel, _ in counts), *(total for _, total in counts))

    def conclude(self, sums: Sequence[float]) -> tuple[float, ...]:
        """Ten percentages; 0 for an order that no generated line is long enough for."""
        novel, totals = sums[1:11], sums[11:]
        return tuple(100 * n / t if t else 0.0 for n, t in zip(novel, totals, strict=True))

    def conclude_many(self, sums: Floats) -> Floats:
        return 100 * sums[..., 1:11] / np.maximum(sums[..., 11:], 1)

    def recipe(self, name: str) -> tuple[tuple[str, str], ...]:
        order = name.removeprefix("novelty_")
        return (("tokens", "char"), ("n-gram", order), ("counts", "occurrences within lines"))
