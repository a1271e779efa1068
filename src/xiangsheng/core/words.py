"""Words: one thing said in both languages; a surface shows one, or both."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in Chinese and in English."""

    zh: str
    en: str

    def fill(self, **values: "Words | str | int") -> Self:
        """Puts values into the `{names}`; those that are Words enter in their own language."""
        return type(self)(
            self.zh.format(**{k: v.zh if isinstance(v, Words) else v for k, v in values.items()}),
            self.en.format(**{k: v.en if isinstance(v, Words) else v for k, v in values.items()}),
        )

    @classmethod
    def listed(cls, parts: Iterable["Words"]) -> Self:
        """All parts, joined as each language joins a list."""
        found = tuple(parts)
        return cls("、".join(part.zh for part in found), ", ".join(part.en for part in found))
