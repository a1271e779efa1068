"""Counting by making the tokens, those of each part of a text only once."""

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from xiangsheng.tokens.cutting import Cuts, nowhere, part

Tokens: TypeAlias = "array[int]"

REMEMBERED = 2_000_000
"""Characters of parts whose tokens are kept, for when the same part comes again."""


class ExactCounter:
    """Counts what `encode` gives. `cuts` says where texts may be cut without changing that."""

    exact = True
    error = 0.0

    def __init__(self, name: str, encode: Callable[[str], list[int]], cuts: Cuts = nowhere) -> None:
        self.name = name
        self.encode = encode
        self._cuts = cuts
        self._known: dict[str, Tokens] = {}
        self._room = REMEMBERED

    def count(self, text: str) -> int:
        return next(self.counts((text,)))

    def count_all(self, texts: Iterable[str]) -> list[int]:
        return list(self.counts(texts))

    def counts(self, texts: Iterable[str]) -> Iterator[int]:
        ends = [0]  # tokens up to the end of each part of the latest text
        for kept, parts in part(texts, self._cuts):
            del ends[kept + 1 :]
            for text in parts:
                ends.append(ends[-1] + len(self._tokens(text)))
            yield ends[-1]

    def pieces(self, texts: Iterable[str]) -> Iterator[tuple[int, list[Tokens]]]:
        for kept, parts in part(texts, self._cuts):
            yield kept, [self._tokens(text) for text in parts]

    def _tokens(self, text: str) -> Tokens:
        tokens = self._known.get(text)
        if tokens is None:
            tokens = array("I", self.encode(text))
            self._room -= len(text)
            if self._room < 0:
                self._known.clear()
                self._room = REMEMBERED - len(text)
            if self._room >= 0:
                self._known[text] = tokens
        return tokens
