"""Interpolated modified Kneser-Ney smoothing of a trie of counts.

Chen and Goodman, «An Empirical Study of Smoothing Techniques for Language Modeling», Harvard
TR-10-98 (1998), section 4.1.6; for counts too small to estimate discounts, those that KenLM
falls back to. `benchmarks/bench_ngram.py` compares it with the alternatives on real scripts.

    p(w | c) = alpha(c w) + gamma(c) * p(w | c without its first token)

and below single characters every token has 1 / (V + 1): one share is kept for characters that
were never seen, so any text has a probability.
"""

from bisect import bisect_left
from functools import lru_cache
from math import prod

import numpy as np
from numpy.typing import NDArray

from xiangsheng.backends.ngram.counts import END, SHIFT, Ids, Trie

Vector = NDArray[np.float64]
State = tuple[int, ...]
"""The nodes of the last 0, 1, 2… tokens, as far as such a run was ever seen."""

FALLBACK = (0.5, 1.0, 1.5)


class Smoothed:
    """A trie made into probabilities over a vocabulary of `size` tokens."""

    def __init__(self, trie: Trie, size: int) -> None:
        self._trie = trie
        self._size = size
        levels = [_level(*level) for level in zip(trie.weights, trie.first, strict=True)]
        self._alpha = [alpha for alpha, _ in levels]
        self._gamma = [gamma for _, gamma in levels]
        self._single = np.full(size, self._gamma[0][0] / (size + 1))
        self._single[trie.tokens[0]] += self._alpha[0]
        # One number is read from a view several times faster than from an array.
        self._tokens = [tokens.data for tokens in trie.tokens]
        self._first = [first.data for first in trie.first]
        self._after_one = lru_cache(maxsize=1024)(self._after_one_token)

    def start(self) -> State:
        """The state in which a text begins."""
        return self.advance((0,), END)

    def advance(self, state: State, token: int) -> State:
        """The state after `token`; one that was never counted is like the beginning of a text.

        So a base that has counted lines alone begins a line after the label `1:` of a prompt.
        """
        nodes = [0]
        for above, tokens, first in zip(state, self._tokens[:-1], self._first, strict=False):
            high = first[above + 1]
            place = bisect_left(tokens, token, first[above], high)
            if place == high or tokens[place] != token:
                break
            nodes.append(place)
        return tuple(nodes) if len(nodes) > 1 or token == END else self.start()

    def distribution(self, state: State) -> Vector:
        """The probability of every token after `state`; unseen characters hold the rest."""
        gammas = [float(self._gamma[level][above]) for level, above in enumerate(state)]
        result: Vector = self._after_one(state[1] if len(state) > 1 else -1) * prod(gammas[2:])
        for level in range(2, len(state)):
            self._add(result, level, state[level], prod(gammas[level + 1 :]))
        return result

    def unseen(self, state: State) -> float:
        """What `distribution` leaves to all unseen characters together."""
        gammas = [float(self._gamma[level][above]) for level, above in enumerate(state)]
        return prod(gammas) / (self._size + 1)

    def _after_one_token(self, node: int) -> Vector:
        """The distribution after one token, or after none for -1; these are most of the work."""
        if node < 0:
            return self._single
        result: Vector = self._single * self._gamma[1][node]
        self._add(result, 1, node, 1.0)
        return result

    def _add(self, result: Vector, level: int, node: int, share: float) -> None:
        """Adds the alphas of a node's children."""
        low, high = self._first[level][node], self._first[level][node + 1]
        result[self._trie.tokens[level][low:high]] += self._alpha[level][low:high] * share

    def score(self, tokens: Ids) -> Vector:
        """The probability of each token after those before it; the first follows nothing."""
        result = np.full(len(tokens), 1 / (self._size + 1))
        node = np.zeros_like(tokens)
        for level, (names, first) in enumerate(
            zip(self._trie.tokens, self._trie.first, strict=True)
        ):
            parent = node if level == 0 else np.concatenate(([-1], node[:-1]))
            sought = np.where((parent >= 0) & (tokens >= 0), parent << SHIFT | tokens, -1)
            keys = _parents(first) << SHIFT | names
            if not len(keys):
                break  # no text is that long
            place = np.minimum(np.searchsorted(keys, sought), len(keys) - 1)
            found = keys[place] == sought
            result *= np.where(parent >= 0, self._gamma[level][parent], 1.0)
            result += np.where(found, self._alpha[level][place], 0.0)
            # After a token never counted: as after END, which is node 0 of level 1.
            node = np.where(found, place, -1 if level else 0)
        return result


def _level(weights: Ids, first: Ids) -> tuple[Vector, Vector]:
    """Alpha of each node of a level, gamma of each node above it."""
    parents = _parents(first)
    discount = np.array((0.0, *_discounts(weights)))[np.minimum(weights, 3)]
    total = np.bincount(parents, weights=weights, minlength=len(first) - 1)
    taken = np.bincount(parents, weights=discount, minlength=len(first) - 1)
    least = np.maximum(total, 1)
    return (weights - discount) / least[parents], np.where(total > 0, taken / least, 1.0)


def _parents(first: Ids) -> Ids:
    """The node above each node of a level."""
    return np.repeat(np.arange(len(first) - 1), np.diff(first))


def _discounts(weights: Ids) -> tuple[float, float, float]:
    """What is taken from weights of one, two, and three or more."""
    n1, n2, n3, n4 = (int(np.count_nonzero(weights == times)) for times in (1, 2, 3, 4))
    if not (n1 and n2 and n3 and n4):
        return FALLBACK
    rate = n1 / (n1 + 2 * n2)
    one, two, three = 1 - 2 * rate * n2 / n1, 2 - 3 * rate * n3 / n2, 3 - 4 * rate * n4 / n3
    return (one, two, three) if 0 < one < 1 and 0 < two < 2 and 0 < three < 3 else FALLBACK
