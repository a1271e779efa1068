"""Rows of prompt and completion, many at once, as columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any, Self

FIELDS = ("prompt", "completion")


@dataclass(frozen=True, slots=True)
class Altered:
    """A row that is not as it stood: `before` has what changed in it, or the whole row where
    `after` is None because it is left out; or its first characters, where it was no row.
    """

    line: int
    rules: tuple[str, ...]
    before: Mapping[str, Any] | str
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """`lines` are the file's; `places` count the rows of the whole file from 0, when those without
    a completion are gone. `altered` are those that reading altered or left out.
    """

    prompts: Sequence[str]
    completions: Sequence[str]
    lines: Sequence[int]
    places: Sequence[int]
    altered: Sequence[Altered] = ()

    def __len__(self) -> int:
        return len(self.prompts)

    def column(self, name: str) -> Sequence[str]:
        return self.prompts if name == "prompt" else self.completions

    def with_column(self, name: str, texts: Sequence[str]) -> Self:
        if name == "prompt":
            return replace(self, prompts=texts)
        return replace(self, completions=texts)

    def kept(self, which: Sequence[bool]) -> Self:
        """The rows for which it is true, with the places that they had."""
        return replace(
            self,
            prompts=list(compress(self.prompts, which)),
            completions=list(compress(self.completions, which)),
            lines=list(compress(self.lines, which)),
            places=list(compress(self.places, which)),  # none yet while rows are read
        )
