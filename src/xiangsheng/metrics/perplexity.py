"""Perplexity of the real lines: how many characters, all equally likely, a model chooses among.

The exponential of the mean negative log-probability (Jelinek et al. 1977), here a character and
not a token, so that models with different tokens can be compared.
"""

from collections.abc import Sequence
from math import exp

import numpy as np

from xiangsheng.core.score import Pair
from xiangsheng.metrics.names import LEARNING
from xiangsheng.stats.arrays import Floats


class Perplexity:
    """1 is a model that knew every character; it says nothing of what the model writes itself."""

    names = LEARNING
    width = 3
    method = "bootstrap"
    missing = "drop"

    def row(self, pair: Pair) -> tuple[float, ...]:
        return (0, 0, 0) if pair.nats is None else (1, pair.nats, pair.characters)

    def conclude(self, sums: Sequence[float]) -> tuple[float, ...]:
        """One number from 1 up; 0 where nothing was read."""
        _, nats, characters = sums
        return (exp(nats / characters) if characters else 0.0,)

    def conclude_many(self, sums: Floats) -> Floats:
        characters = sums[..., 2:3]
        return np.where(characters > 0, np.exp(sums[..., 1:2] / np.maximum(characters, 1)), 0.0)

    def recipe(self, _name: str) -> tuple[tuple[str, str], ...]:
        return (("per", "character, line breaks counted, labels and given lines not"),)
