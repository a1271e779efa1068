"""A part of a file, by itself: read once, and mended once it is known how."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, Self

from xiangsheng.files.json_lines import json_lines
from xiangsheng.prepare.checking.affixes import stands_within
from xiangsheng.prepare.checking.changes import made, recorded
from xiangsheng.prepare.checking.fixes import Fix
from xiangsheng.prepare.checking.letters import Letters
from xiangsheng.prepare.checking.pairs import FIELDS, Pairs
from xiangsheng.prepare.checking.reading import Oddities, pairs_of
from xiangsheng.prepare.checking.result import Result
from xiangsheng.prepare.checking.sources import Source
from xiangsheng.prepare.checking.survey import Survey

_LABEL = re.compile(r"(?:\A|\n)[^\s:：]{1,12}[:：]\Z")
_LOOKED_AT = 200
_MOSTLY = 0.9
_PROMPT, _COMPLETION = 40, 30
"""Characters that are shown of a row."""


class Look(Protocol):
    """Sees rows go by, in parts that are then put together."""

    def observe(self, pairs: Pairs) -> None: ...

    def absorb(self, later: Self) -> None:
        """Takes in what was seen of the part of the file that follows."""
        ...


@dataclass(slots=True)
class Read:
    """What a part holds. `dialogue` where its prompts end in a speaker's label, as our
    renderings have it.
    """

    odd: Oddities
    survey: Survey
    dialogue: bool

    def absorb(self, later: "Read") -> None:
        self.odd.absorb(later.odd)
        self.survey.absorb(later.survey)


@dataclass(slots=True)
class Part:
    """With `keeping`, rows stay in memory, so that they need not be read twice; not where some have
    what nothing counts, such as other columns, of any length.
    """

    source: Source
    keeping: bool
    kept: list[Pairs] | None = None

    def read(self, columns: Mapping[str, str]) -> Read:
        """Stops early where bytes are no UTF-8 and may be something else."""
        odd, survey, dialogue = Oddities(), Survey(), False
        self.kept = [] if self.keeping else None
        for pairs in pairs_of(self.source.blocks(), columns, odd):
            if odd.undecodable and not self.source.settled:
                break
            if not survey.rows:
                dialogue = _is_dialogue(pairs.prompts)
            survey.observe(pairs)
            if self.kept is not None:
                self.kept = None if pairs.altered else [*self.kept, pairs]
        return Read(odd, survey, dialogue)

    def look(self, columns: Mapping[str, str], look: Look) -> Look:
        """What `look` has seen when all rows have gone by."""
        for pairs in self._rows(columns):
            look.observe(pairs)
        return look

    def shown(self, columns: Mapping[str, str], wanted: frozenset[int]) -> dict[int, str]:
        """The rows of some lines: a prompt's end, a completion's beginning."""
        found = dict[int, str]()
        last = max(wanted, default=0)
        for pairs in self._rows(columns) if wanted else ():
            if len(pairs) and pairs.lines[0] > last:
                break
            rows = zip(pairs.lines, pairs.prompts, pairs.completions, strict=True)
            found |= {line: _row(*texts) for line, *texts in rows if line in wanted}
            if len(found) == len(wanted):
                break
        return found

    def mend(
        self,
        columns: Mapping[str, str],
        fixes: Sequence[Fix],
        first: int,
        out: Path,
        record: Path | None,
    ) -> Result:
        """Writes the mended rows to `out`, and what was altered to `record`, if wanted.

        `first` is the place of the first row in the whole file.
        """
        result = Result()
        with out.open("xb") as rows, (record or Path(os.devnull)).open("ab") as changes:
            for pairs in self._rows(columns):
                start = first + (pairs.places[0] if len(pairs) else 0)
                placed = replace(pairs, places=range(start, start + len(pairs)))
                if record:
                    now, records = recorded(placed, fixes)
                    result.changed += len(records)
                    changes.write("".join(records).encode())
                else:
                    now = made(placed, fixes)
                result.observe(now)
                rows.write(json_lines(FIELDS, now.prompts, now.completions))
        return result

    def holds_within(self, columns: Mapping[str, str], name: str, ending: str) -> bool:
        """Whether some text has its ending a second time."""
        return any(
            stands_within(texts, "\0".join(texts), ending)
            for texts in (pairs.column(name) for pairs in self._rows(columns))
        )

    def letters(self, columns: Mapping[str, str], name: str) -> Letters:
        """All of them, exactly."""
        letters = Letters()
        for pairs in self._rows(columns):
            letters.add("".join(pairs.column(name)), exactly=True)
        return letters

    def _rows(self, columns: Mapping[str, str]) -> Iterator[Pairs]:
        if self.kept is not None:
            return iter(self.kept)
        return pairs_of(self.source.blocks(), columns, Oddities())


def _row(prompt: str, completion: str) -> str:
    before = prompt if len(prompt) <= _PROMPT else f"…{prompt[-_PROMPT:]}"
    behind = completion if len(completion) <= _COMPLETION else f"{completion[:_COMPLETION]}…"
    return f"{before} ⟦{behind}⟧".replace("\n", "\\n")


def _is_dialogue(prompts: Sequence[str]) -> bool:
    some = prompts[:_LOOKED_AT]
    labelled = sum(bool(_LABEL.search(prompt[-14:])) for prompt in some)
    return bool(some) and labelled >= _MOSTLY * len(some)
