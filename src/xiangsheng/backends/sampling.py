"""One step of sampling, exactly as the hosted completions API defines it.

Bias and penalties on the logits, then temperature, then top_p, then the draw. Every function
is pure, works in float64 on one vector over the vocabulary, and breaks ties by the lowest id.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def adjusted(
    logits: Vector,
    generated: Vector,
    *,
    presence: float = 0.0,
    frequency: float = 0.0,
    bias: Mapping[int, float] | None = None,
) -> Vector:
    """Logits after bias and penalties: mu[j] + bias[j] - c[j] * frequency - (c[j] > 0) * presence.

    `generated` holds c[j], how often token j was generated so far; the prompt does not count.
    """
    result = logits
    if bias:
        result = logits.copy()
        result[list(bias)] += list(bias.values())
    if presence or frequency:
        result = result - generated * frequency - (generated > 0) * presence
    return result


def probabilities(logits: Vector, temperature: float, top_p: float) -> Vector:
    """What is drawn from; sums to 1. Temperature 0 leaves the most likely token alone."""
    if temperature == 0:
        return _one(int(np.argmax(logits)), len(logits))
    with np.errstate(over="ignore", under="ignore"):
        weights = np.exp((logits - logits.max()) / temperature)
    weights /= weights.sum()
    return nucleus(weights, top_p)


def nucleus(weights: Vector, top_p: float) -> Vector:
    """The smallest set of most likely tokens whose mass reaches `top_p`, rescaled to 1.

    `weights` sum to 1. The set is never empty, and all of them for `top_p` 1.
    """
    if top_p >= 1:
        return weights
    ordered = np.sort(weights)[::-1]
    size = min(int(np.searchsorted(np.cumsum(ordered), top_p)) + 1, len(weights))
    last = ordered[size - 1]
    kept = weights > last
    ties = np.flatnonzero(weights == last)
    kept[ties[: size - np.count_nonzero(kept)]] = True
    result: Vector = np.where(kept, weights, 0.0)
    result /= result.sum()
    return result


def draw(weights: Vector, uniform: float) -> int:
    """The token at `uniform`, in [0, 1), of the cumulative weights; never one of weight 0."""
    reached = np.cumsum(weights)
    token = int(np.searchsorted(reached, uniform * reached[-1], side="right"))
    # Rounding can carry the product up to the total itself; that draw is the last token's.
    return token if token < len(weights) else int(np.flatnonzero(weights)[-1])


def most_likely(logprobs: Vector, count: int) -> list[int]:
    """The `count` most likely tokens, best first, equal ones by id."""
    if count <= 0:
        return []
    count = min(count, len(logprobs))
    floor = np.partition(logprobs, -count)[-count]
    likely = np.flatnonzero(logprobs >= floor)
    best: list[int] = likely[np.argsort(-logprobs[likely], kind="stable")][:count].tolist()
    return best


def _one(token: int, size: int) -> Vector:
    result = np.zeros(size)
    result[token] = 1.0
    return result
