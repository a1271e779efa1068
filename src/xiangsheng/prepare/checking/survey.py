"""All that the checks must know of a file's rows, gathered in one pass over it."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from operator import add

from xiangsheng.prepare.checking.affixes import CommonPrefix, CommonSuffix, Marks, all_start
from xiangsheng.prepare.checking.fixes import SPACES
from xiangsheng.prepare.checking.letters import Letters
from xiangsheng.prepare.checking.pairs import FIELDS, Pairs

PROMPT_MARKS = (" ->", "\n\n###\n\n", "\n\n===\n\n", "\n\n---\n\n", "\n\n===>\n\n", "\n\n--->\n\n")
COMPLETION_MARKS = ("\n", ".", " END", "***", "+++", "&&&", "$$$", "@@@", "%%%")
AT_ONCE = 250_000
_SOME = 4096
LONG = 10_000
"""Characters of prompt and completion together, above which an example is long."""


class Task(StrEnum):
    """What examples teach, as the tool of 2022 inferred it."""

    OPEN_ENDED = "open-ended generation"
    CLASSIFICATION = "classification"
    CONDITIONAL = "conditional generation"


def task_of(rows: int, prompt_characters: int, completion_hashes: Iterable[int]) -> Task:
    """Classification: strictly fewer than a third as many different answers as rows."""
    if not prompt_characters:
        return Task.OPEN_ENDED
    different, hashes = set[int](), iter(completion_hashes)
    while len(different) * 3 < rows:
        before = set(islice(hashes, _SOME))
        if not before:
            return Task.CLASSIFICATION
        different |= before
    return Task.CONDITIONAL


@dataclass(slots=True)
class Column:
    """One field of all rows."""

    prefix: CommonPrefix
    suffix: CommonSuffix
    marks: Marks
    letters: Letters = field(default_factory=Letters)
    characters: int = 0

    @classmethod
    def of(cls, marks: tuple[str, ...]) -> "Column":
        return cls(CommonPrefix(), CommonSuffix(), Marks(marks))

    def observe(self, texts: Sequence[str]) -> None:
        joined = "\0".join(texts)
        self.prefix.observe(texts)
        self.suffix.observe(texts, joined)
        self.marks.observe(joined)
        self.letters.add(joined)

    def absorb(self, later: "Column") -> None:
        self.prefix.absorb(later.prefix)
        self.suffix.absorb(later.suffix)
        self.marks.free = tuple(mark for mark in self.marks.free if mark in later.marks.free)
        self.letters.absorb(later.letters)
        self.characters += later.characters


@dataclass(slots=True)
class Survey:
    """Of every row it keeps eight bytes of its line and of each hash, so a million rows are 32 MB."""

    rows: int = 0
    long: list[int] = field(default_factory=list)  # places
    lines: "array[int]" = field(default_factory=lambda: array("q"))
    pair_hashes: "array[int]" = field(default_factory=lambda: array("q"))
    prompt_hashes: "array[int]" = field(default_factory=lambda: array("q"))
    completion_hashes: "array[int]" = field(default_factory=lambda: array("q"))
    prompt: Column = field(default_factory=lambda: Column.of(("\n", *PROMPT_MARKS)))
    completion: Column = field(default_factory=lambda: Column.of(COMPLETION_MARKS))
    spaced: bool = True  # all completions begin with a space
    known: Task | None = None

    def observe(self, pairs: Pairs) -> None:
        prompts, completions = pairs.prompts, pairs.completions
        self.rows += len(pairs)
        self.lines.extend(pairs.lines)
        self.pair_hashes.extend(map(hash, zip(prompts, completions, strict=True)))
        self.prompt_hashes.extend(map(hash, prompts))
        self.completion_hashes.extend(map(hash, completions))
        lengths = list(map(len, prompts))
        self.prompt.characters += sum(lengths)
        both = list(map(add, lengths, map(len, completions)))
        self.completion.characters += sum(both) - sum(lengths)
        if both and max(both) > LONG:
            long = (
                place for place, length in zip(pairs.places, both, strict=True) if length > LONG
            )
            self.long.extend(long)
        for name in FIELDS:
            self.column(name).observe(pairs.column(name))
        self.spaced = self.spaced and all_start(completions, SPACES)

    def absorb(self, later: "Survey") -> None:
        """Takes in the rows of the part of the file that follows, counted from 0 there."""
        self.long.extend(self.rows + place for place in later.long)
        self.rows += later.rows
        for name in ("lines", "pair_hashes", "prompt_hashes", "completion_hashes"):
            getattr(self, name).extend(getattr(later, name))
        for name in FIELDS:
            self.column(name).absorb(later.column(name))
        self.spaced = self.spaced and later.spaced

    def column(self, name: str) -> Column:
        return self.prompt if name == "prompt" else self.completion

    @property
    def task(self) -> Task:
        if self.known is None:
            self.known = task_of(self.rows, self.prompt.characters, self.completion_hashes)
        return self.known

    def repeated(self) -> list[int]:
        """The places of rows that equal an earlier one.

        Equal are those whose prompts and completions both have equal hashes, of 64 bits each. Of
        many rows it looks at a part of all at a time, to save memory.
        """
        parts = 1 + self.rows // AT_ONCE
        several = set[int]()
        for part in range(parts):
            codes = self.pair_hashes
            if parts > 1:
                codes = array("q", (code for code in codes if code % parts == part))
            seen = set[int]()
            add = seen.add
            several.update(code for code in codes if code in seen or add(code))
        first = dict[int, int]()
        later = list[int]()
        for place, code in enumerate(self.pair_hashes) if several else ():
            if code in several:
                before = first.setdefault(code, place)
                if before != place and self._equal(before, place):
                    later.append(place)
        return later

    def _equal(self, one: int, other: int) -> bool:
        return (
            self.prompt_hashes[one] == self.prompt_hashes[other]
            and self.completion_hashes[one] == self.completion_hashes[other]
        )
