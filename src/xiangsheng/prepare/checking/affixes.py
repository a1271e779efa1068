"""What all texts begin or end with, found while they go by; the time is linear in its length."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat


@dataclass(slots=True)
class CommonPrefix:
    """Of the least and the greatest text everything between begins as both do."""

    least: str | None = None
    greatest: str = ""

    def observe(self, texts: Sequence[str]) -> None:
        if texts:
            least, greatest = min(texts), max(texts)
            self.least = least if self.least is None else min(self.least, least)
            self.greatest = max(self.greatest, greatest)

    @property
    def text(self) -> str:
        """In common to all; empty where there were none."""
        least = self.least or ""
        return least[: _shared(least, self.greatest)]

    @property
    def is_all(self) -> bool:
        """Whether all texts are the same."""
        return self.least == self.greatest


@dataclass(slots=True)
class CommonSuffix:
    """`within` where some text has what all end with a second time, before its end.

    What was found within for a longer suffix holds for a shorter one too. Where it was not, and
    the suffix became shorter since, `doubtful` says that the texts must be asked again.
    """

    text: str | None = None
    within: bool = False
    doubtful: bool = False

    def observe(self, texts: Sequence[str], joined: str = "") -> None:
        """`joined` has a NUL between them; without it nothing is learnt of `within`."""
        if not texts:
            return
        before = self.text
        text = texts[0] if before is None else before
        if not all(map(str.endswith, texts, repeat(text))):
            for other in texts:
                text = text[len(text) - _shared_end(text, other) :]
        self.text = text
        if not self.within and text and joined:
            self.within = stands_within(texts, joined, text)
            self.doubtful = self.doubtful or before not in {None, text}


@dataclass(slots=True)
class Marks:
    """Which of some strings stand in no text."""

    free: tuple[str, ...]

    def observe(self, joined: str) -> None:
        if self.free:
            begun = {start for start in {mark[:2] for mark in self.free} if start in joined}
            self.free = tuple(
                mark for mark in self.free if mark[:2] not in begun or mark not in joined
            )


def stands_within(texts: Sequence[str], joined: str, ending: str) -> bool:
    """Whether a text holds what all of them end with a second time, before its end.

    `joined` has a NUL between them.
    """
    if "\0" in ending:  # which may lie across two of them
        return any(text.find(ending, 0, len(text) - len(ending)) >= 0 for text in texts)
    return joined.count(ending) > len(texts)


def all_start(texts: Sequence[str], beginning: str | tuple[str, ...]) -> bool:
    return all(map(str.startswith, texts, repeat(beginning)))


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin alike with: each step halves what is in doubt."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one.startswith(other[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low


def _shared_end(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one.endswith(other[len(other) - middle :]):
            low = middle
        else:
            high = middle - 1
    return low
