"""What mends rows: each fix takes a batch and gives the mended one, rows in the same order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import methodcaller
from typing import Protocol

from xiangsheng.prepare.checking.pairs import Pairs

SPACES = (" ", "\u3000")


class Fix(Protocol):
    """`rule` is the check's that proposed it; `begun` gives what goes over a file once."""

    @property
    def rule(self) -> str: ...

    def begun(self) -> "Step": ...


class Step(Protocol):
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

    def begun(self) -> Step:
        return self

    def apply(self, pairs: Pairs) -> Pairs:
        if not len(pairs) or self.places.isdisjoint(pairs.places):
            return pairs
        return pairs.kept([place not in self.places for place in pairs.places])


@dataclass(frozen=True, slots=True)
class DropRepeats:
    """Leaves out rows that equal an earlier one; `suspects` are the places of all that may.

    What decides is the text, so that no row is lost to a hash.
    """

    rule: str
    suspects: frozenset[int]

    def begun(self) -> Step:
        return _DroppingRepeats(self.rule, self.suspects)


@dataclass(slots=True)
class _DroppingRepeats:
    rule: str
    suspects: frozenset[int]
    seen: set[tuple[str, ...]] = field(default_factory=set)

    def apply(self, pairs: Pairs) -> Pairs:
        if self.suspects.isdisjoint(pairs.places):
            return pairs
        rows = zip(pairs.places, pairs.prompts, pairs.completions, strict=True)
        return pairs.kept(
            [place not in self.suspects or self._new(texts) for place, *texts in rows]
        )

    def _new(self, texts: Sequence[str]) -> bool:
        before = len(self.seen)
        self.seen.add(tuple(texts))
        return len(self.seen) > before


@dataclass(frozen=True, slots=True)
class EachText:
    """Changes every text of a column by `change`, which takes and gives a text."""

    rule: str
    field: str
    change: Callable[[Sequence[str]], list[str]]

    def begun(self) -> Step:
        return self

    def apply(self, pairs: Pairs) -> Pairs:
        return pairs.with_column(self.field, self.change(pairs.column(self.field)))


def lowered(rule: str, field: str) -> Fix:
    return EachText(rule, field, lambda texts: list(map(str.lower, texts)))


def ended(rule: str, field: str, ending: str, *, everywhere: bool = True) -> Fix:
    """With `ending` behind every text, or behind those that lack it."""
    if everywhere:
        return EachText(rule, field, lambda texts: [text + ending for text in texts])
    has = methodcaller("endswith", ending)
    return EachText(
        rule, field, lambda texts: [text if has(text) else text + ending for text in texts]
    )


def beheaded(rule: str, field: str, beginning: str, instead: str = "") -> Fix:
    """Without as many characters as `beginning` has, `instead` in their place."""
    cut = len(beginning)
    if instead:
        return EachText(rule, field, lambda texts: [instead + text[cut:] for text in texts])
    return EachText(rule, field, lambda texts: [text[cut:] for text in texts])


def spaced(rule: str, field: str) -> Fix:
    """With a space before every text that begins with none, neither a narrow nor a wide one."""
    return EachText(
        rule,
        field,
        lambda texts: [text if text.startswith(SPACES) else f" {text}" for text in texts],
    )
