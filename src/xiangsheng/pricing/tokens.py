"""Tokens of many texts, and how many are left when each shared beginning is paid for once."""

from collections.abc import Iterable

from xiangsheng.prefix.growing import Added, GrowingForest
from xiangsheng.tokens.counting import Counter


def distinct(counter: Counter, texts: Iterable[str]) -> int:
    """Tokens in one forest over all texts; an estimate scales the characters of such a forest."""
    forest = GrowingForest()
    for kept, pieces in counter.pieces(texts):
        forest.add(kept, pieces)
    return forest.distinct


def added(counter: Counter, texts: Iterable[str]) -> list[Added]:
    """For each text its tokens, and how many of the first ones an earlier text began with."""
    forest = GrowingForest()
    return [forest.add(kept, pieces) for kept, pieces in counter.pieces(texts)]
