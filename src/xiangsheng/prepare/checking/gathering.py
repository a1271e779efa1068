"""One pass over a file: what its rows are, and all that the checks must know of them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from xiangsheng.prepare.checking.columns_rules import Given, columns_of
from xiangsheng.prepare.checking.crew import Crew, crew_of
from xiangsheng.prepare.checking.letters import Letters
from xiangsheng.prepare.checking.pairs import FIELDS, Pairs
from xiangsheng.prepare.checking.parts import Look, Read
from xiangsheng.prepare.checking.reading import Oddities, pairs_of
from xiangsheng.prepare.checking.sources import JsonLines, Source
from xiangsheng.prepare.checking.survey import Survey

SomeLook = TypeVar("SomeLook", bound=Look)


@dataclass(frozen=True, slots=True)
class Gathered:
    """`dialogue` where prompts end in a speaker's label; `crew` still has the rows, in parts of
    `counts` rows.
    """

    given: Given
    survey: Survey
    dialogue: bool
    crew: Crew
    counts: tuple[int, ...]

    def look(self, make: Callable[[], SomeLook]) -> SomeLook:
        """One more look at all rows."""
        columns = [self.given.columns] * len(self.counts)
        first: SomeLook
        first, *others = self.crew.each("look", columns, [make() for _ in columns])
        for later in others:
            first.absorb(later)
        return first

    def shown(self, wanted: frozenset[int]) -> dict[int, str]:
        """The rows of some lines, as much of them as fits a line."""
        found = dict[int, str]()
        for part in self.crew.all("shown", self.given.columns, wanted):
            found |= part
        return found


@contextmanager
def gathered(source: Source, extension: str, *, skip_bad: bool = False) -> Iterator[Gathered]:
    """Reads a file once; again where its encoding or its columns turn out to be others."""
    columns = {name: name for name in FIELDS}
    while True:
        with crew_of(source) as crew:
            reads = _read(crew, columns)
            bytes_tell = any(read.odd.undecodable for read in reads)
            if bytes_tell and isinstance(source, JsonLines) and not source.settled:
                source = source.recoded()
                continue
            counts = tuple(read.survey.rows for read in reads)
            whole = reads[0]
            while len(reads) > 1:
                whole.absorb(reads.pop(1))  # which may hold long texts
            if columns != (found := columns_of(whole.odd.keys)):
                columns = found
                continue
            _ask_again(whole.survey, crew, columns)
            given = Given(source, extension, columns, whole.odd, skip_bad)
            yield Gathered(given, whole.survey, whole.dialogue, crew, counts)
            return


def rows_of(given: Given) -> Iterator[Pairs]:
    """The rows once more, read again."""
    return pairs_of(given.source.blocks(), given.columns, Oddities())


def _read(crew: Crew, columns: Mapping[str, str]) -> list[Read]:
    return crew.all("read", columns)


def _ask_again(survey: Survey, crew: Crew, columns: Mapping[str, str]) -> None:
    """What one pass could not tell: whether texts hold their common ending before it too, and how
    many letters there are beyond ASCII.
    """
    for name in FIELDS:
        column = survey.column(name)
        if column.letters.in_doubt:
            column.letters = Letters()
            for letters in crew.all("letters", columns, name):
                column.letters.absorb(letters)
        suffix = column.suffix
        if suffix.text and suffix.doubtful and not suffix.within:
            suffix.within = any(crew.all("holds_within", columns, name, suffix.text))
