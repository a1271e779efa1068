"""Rows of prompt and completion, many at once, as columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any, Self

FIELDS = ("prompt", "completion")


@dataclass(frozen=True, slots=True)
class Pairs:
    """`lines` are the file's, `places` count the rows of the whole file from 0, when those without
    a completion are gone: of these `emptied` has line and prompt. By line, where there is any,
    `extras` hold what other columns said, and `raw` the numbers and the like that were no texts.
    """

    prompts: Sequence[str]
    completions: Sequence[str]
    lines: Sequence[int]
    places: Sequence[int]
    emptied: Sequence[tuple[int, str]] = ()
    extras: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    raw: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

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
