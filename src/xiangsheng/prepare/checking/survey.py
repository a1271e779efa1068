"""All that the checks must know of a file's rows, gathered in one pass over it."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from operator import add

from xiangsheng.prepare.checking.affixes import CommonPrefix, CommonSuffix, Marks, all_start
from xiangsheng.prepare.checking.fixes import SPACES
from xiangsheng.prepare.checking.letters import letters
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
    characters: int = 0
    capitals: int = 0
    small: int = 0
    wide: int = 0  # Chinese characters, about

    @classmethod
    def of(cls, marks: tuple[str, ...]) -> "Column":
        return cls(CommonPrefix(), CommonSuffix(), Marks(marks))

    def observe(self, texts: Sequence[str]) -> None:
        joined = "\0".join(texts)
        self.prefix.observe(texts)
        self.suffix.observe(texts, joined)
        self.marks.observe(joined)
        capitals, small, wide = letters(joined)
        self.capitals += capitals
        self.small += small
        self.wide += wide


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

    def column(self, name: str) -> Column:
        return self.prompt if name == "prompt" else self.completion

    @property
    def task(self) -> Task:
        if self.known is None:
            self.known = task_of(self.rows, self.prompt.characters, self.completion_hashes)
        return self.known

    def repeated(self) -> tuple[list[int], list[int]]:
        """The first and the later places of rows of which there are several.

        Of many rows it looks at a part of all hashes at a time, to save memory.
        """
        parts = 1 + self.rows // AT_ONCE
        firsts, later = list[int](), list[int]()
        for part in range(parts):
            seen: dict[int, int] = {}
            for place, code in enumerate(self.pair_hashes):
                if code % parts == part and (first := seen.setdefault(code, place)) != place:
                    firsts.append(first)
                    later.append(place)
        return list(set(firsts)), sorted(later)

    def disagreeing(self) -> Iterator[list[int]]:
        """Places of rows that ask the same and answer differently, a list for each prompt."""
        common = {code for code, times in Counter(self.prompt_hashes).items() if times > 1}
        answers: dict[int, dict[int, int]] = {}
        for place, code in enumerate(self.prompt_hashes):
            if code in common:
                answers.setdefault(code, {}).setdefault(self.pair_hashes[place], place)
        return (list(places.values()) for places in answers.values() if len(places) > 1)
