"""Tokens of many texts, and how many are left when each shared beginning is paid for once."""

from collections.abc import Iterable, Iterator
from itertools import tee

from xiangsheng.prefix.growing import Added, GrowingForest
from xiangsheng.tokens.counting import Counter


def distinct(counter: Counter, texts: Iterable[str]) -> int:
    """Tokens in one forest over all texts."""
    return sum(added.tokens - added.shared for added in shares(counter, texts))


def shares(counter: Counter, texts: Iterable[str]) -> Iterator[Added]:
    """For each text its tokens, and with how many of them an earlier text began.

    An estimate compares characters, and counts those that no earlier text began with.
    """
    forest = GrowingForest()
    if counter.exact:
        for kept, pieces in counter.pieces(texts):
            yield forest.add(kept, pieces)
        return
    texts, counted, divided = tee(texts, 3)
    for text, tokens, (kept, pieces) in zip(
        texts, counter.counts(counted), counter.pieces(divided), strict=True
    ):
        shared = forest.add(kept, pieces).shared
        yield Added(tokens, max(0, tokens - counter.count(text[shared:])))
