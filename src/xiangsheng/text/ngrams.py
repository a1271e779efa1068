"""Character n-grams, and how many of them two texts share.

This module and those that build on it in `metrics` import nothing heavy: scoring a file takes
less time than starting numpy would.
"""

from collections import Counter
from collections.abc import Sequence
from operator import add

FEW = 8  # up to so many n-grams, counting each by itself is faster than a Counter


def lengthen(grams: Sequence[str], text: str) -> list[str]:
    """All n-grams of `text` in order, from all its (n-1)-grams; none if it is too short.

    A text is the list of its own unigrams.
    """
    return list(map(add, grams, text[len(text) - len(grams) + 1 :]))


def ngrams(text: str, n: int) -> list[str]:
    """All n-grams of `text` in order, repeats included."""
    return [text[start : start + n] for start in range(len(text) - n + 1)]


def clipped_matches(left: Sequence[str], right: Sequence[str]) -> int:
    """How many n-grams two texts' lists have in common, each as often as it is in both."""
    types = set(left)
    common = types.intersection(right)
    if not common or len(types) == len(left):
        return len(common)
    if len(common) <= FEW:
        return sum([min(left.count(gram), right.count(gram)) for gram in common])
    ours, theirs = (Counter(filter(common.__contains__, grams)) for grams in (left, right))
    return (ours & theirs).total()
