"""What mends rows: each fix takes a batch and gives the mended one, rows in the same order.

They are plain values, so that another process can make them too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import Protocol

from xiangsheng.prepare.checking.pairs import Pairs

SPACES = (" ", "\u3000")


class Fix(Protocol):
    """`rule` is the check's that proposed it."""

    @property
    def rule(self) -> str: ...

    def apply(self, pairs: Pairs) -> Pairs:
        """The same object where nothing is to be done."""
        ...


@dataclass(frozen=True, slots=True)
class Drop:
    """Leaves out the rows at some places."""

    rule: str
    places: frozenset[int]

    def apply(self, pairs: Pairs) -> Pairs:
        if self.places.isdisjoint(pairs.places):
            return pairs
        return pairs.kept([place not in self.places for place in pairs.places])


@dataclass(frozen=True, slots=True)
class Lower:
    """Every text in small letters."""

    rule: str
    field: str

    def apply(self, pairs: Pairs) -> Pairs:
        return pairs.with_column(self.field, list(map(str.lower, pairs.column(self.field))))


@dataclass(frozen=True, slots=True)
class End:
    """`ending` behind every text, or with `lacking` only behind those that do not have it."""

    rule: str
    field: str
    ending: str
    lacking: bool = False

    def apply(self, pairs: Pairs) -> Pairs:
        texts, ending = pairs.column(self.field), self.ending
        if not self.lacking:
            return pairs.with_column(self.field, [text + ending for text in texts])
        has = methodcaller("endswith", ending)
        return pairs.with_column(
            self.field, [text if has(text) else text + ending for text in texts]
        )


@dataclass(frozen=True, slots=True)
class Behead:
    """Without `beginning`, which all have, perhaps in small letters by now; `instead` in its place."""

    rule: str
    field: str
    beginning: str
    instead: str = ""

    def apply(self, pairs: Pairs) -> Pairs:
        texts = list(pairs.column(self.field))
        lower = self.beginning.lower()
        beginning = lower if texts and texts[0].startswith(lower) else self.beginning
        texts = [text[len(beginning) :] for text in texts]
        if self.instead:
            texts = [self.instead + text for text in texts]
        return pairs.with_column(self.field, texts)


@dataclass(frozen=True, slots=True)
class Space:
    """A space before every text that begins with none, neither a narrow nor a wide one."""

    rule: str
    field: str

    def apply(self, pairs: Pairs) -> Pairs:
        return pairs.with_column(self.field, spaced(pairs.column(self.field)))


@dataclass(frozen=True, slots=True)
class Unspace:
    """No space before a text that holds anything else."""

    rule: str
    field: str

    def apply(self, pairs: Pairs) -> Pairs:
        bare = [text.lstrip("".join(SPACES)) for text in pairs.column(self.field)]
        if all(bare):
            return pairs.with_column(self.field, bare)
        texts = zip(bare, pairs.column(self.field), strict=True)
        return pairs.with_column(self.field, [text or blank for text, blank in texts])


def spaced(texts: Sequence[str]) -> list[str]:
    return [text if text.startswith(SPACES) else f" {text}" for text in texts]
