"""Counting by making the tokens, each part of a text only once."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from xiangsheng.tokens.cutting import Cuts, nowhere, part

Tokens: TypeAlias = "array[int]"

REMEMBERED = 2_000_000
"""Tokens of parts that are kept, for when the same part comes again."""


class ExactCounter:
    """Counts what `encode` gives. `cuts` says where texts may be cut without changing it."""

    exact = True
    error = 0.0

    def __init__(self, name: str, encode: Callable[[str], list[int]], cuts: Cuts = nowhere) -> None:
        self.name = name
        self.encode = encode
        self._cuts = cuts
        self._known: dict[str, Tokens] = {}
        self._held = 0

    def count(self, text: str) -> int:
        return self.count_all([text])[0]

    def count_all(self, texts: Iterable[str]) -> list[int]:
        counts = []
        sums = [0]  # tokens up to the end of each part of the latest text
        for kept, pieces in self.pieces(texts):
            del sums[kept + 1 :]
            for piece in pieces:
                sums.append(sums[-1] + len(piece))
            counts.append(sums[-1])
        return counts

    def pieces(self, texts: Iterable[str]) -> Iterator[tuple[int, list[Tokens]]]:
        """Each text's tokens: how many pieces it keeps of the text before, and the others."""
        for kept, parts in part(texts, self._cuts):
            yield kept, [self._tokens(text) for text in parts]

    def _tokens(self, text: str) -> Tokens:
        tokens = self._known.get(text)
        if tokens is None:
            tokens = array("I", self.encode(text))
            if self._held + len(tokens) > REMEMBERED:
                self._known.clear()
                self._held = 0
            self._known[text] = tokens
            self._held += len(tokens)
        return tokens
