"""What all texts begin or end with, found while they go by; the time is linear in its length."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

JOINER = "\u200d"
_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))
_TONES = "".join(map(chr, range(0x1F3FB, 0x1F400)))


@dataclass(slots=True)
class CommonPrefix:
    """Of the least and the greatest text everything between begins as both do."""

    least: str | None = None
    greatest: str = ""

    def observe(self, texts: Sequence[str]) -> None:
        if texts and (self.least is None or self.is_all or self.text):  # else all is known
            least, greatest = min(texts), max(texts)
            self.least = least if self.least is None else min(self.least, least)
            self.greatest = max(self.greatest, greatest)

    def absorb(self, later: "CommonPrefix") -> None:
        if later.least is not None:
            self.observe((later.least, later.greatest))

    @property
    def text(self) -> str:
        """In common to all; empty where there were none."""
        least = self.least or ""
        return least[: _shared(least, self.greatest)]

    @property
    def whole(self) -> str:
        """The same without a beginning of what readers see as one character, such as an emoji."""
        text = self.text
        for longer in (self.least or "", self.greatest):
            text = _uncut(text, longer[len(text) : len(text) + 1])
        return text

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
        if text and not all(map(str.endswith, texts, repeat(text))):
            for other in texts:
                if not other.endswith(text):
                    text = text[len(text) - _shared_end(text, other) :]
        self.text = text
        if not self.within and text and joined:
            self.within = stands_within(texts, joined, text)
            self.doubtful = self.doubtful or before not in {None, text}

    def absorb(self, later: "CommonSuffix") -> None:
        """What was learnt of texts that come after these."""
        if later.text is None:
            return
        mine, self.doubtful = self.text, self.doubtful or later.doubtful
        self.within = self.within or later.within
        self.observe((later.text,))
        shortened = mine not in {None, self.text} or later.text != self.text
        self.doubtful = self.doubtful or shortened


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


def _uncut(text: str, after: str) -> str:
    """Without its last character as far as `after` belongs to it."""
    flags = len(text) - len(text.rstrip(_FLAGS))
    if after and after in _FLAGS and flags % 2:
        return text[:-1]
    while text and (text.endswith(JOINER) or (after and _joins(after))):
        after = text[-1]
        text = text[:-1]
        if after == JOINER and text:
            after, text = text[-1], text[:-1]
    return text


def _joins(character: str) -> bool:
    return (
        character == JOINER
        or character in _TONES
        or unicodedata.category(character) in {"Mn", "Me"}
    )


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
