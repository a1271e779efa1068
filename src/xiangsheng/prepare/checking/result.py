"""The mended rows on their way to a file, and what they came out as."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from json import dumps
from typing import BinaryIO

from xiangsheng.files.json_lines import json_lines
from xiangsheng.prepare.checking.affixes import CommonSuffix
from xiangsheng.prepare.checking.changes import mended
from xiangsheng.prepare.checking.columns_rules import Given
from xiangsheng.prepare.checking.fixes import Fix
from xiangsheng.prepare.checking.gathering import rows_of
from xiangsheng.prepare.checking.pairs import FIELDS, Pairs
from xiangsheng.prepare.checking.survey import Task, task_of


@dataclass(slots=True)
class Result:
    """Rows as written: `changed` is how many records of changes there are."""

    rows: int = 0
    changed: int = 0
    prompt_characters: int = 0
    prompt_suffix: CommonSuffix = field(default_factory=CommonSuffix)
    completion_suffix: CommonSuffix = field(default_factory=CommonSuffix)
    completion_hashes: "array[int]" = field(default_factory=lambda: array("q"))

    def observe(self, pairs: Pairs) -> None:
        self.rows += len(pairs)
        self.prompt_characters += sum(map(len, pairs.prompts))
        self.prompt_suffix.observe(pairs.prompts)
        self.completion_suffix.observe(pairs.completions)
        self.completion_hashes.extend(map(hash, pairs.completions))

    @property
    def task(self) -> Task:
        return task_of(self.rows, self.prompt_characters, self.completion_hashes)


def write_rows(given: Given, fixes: Sequence[Fix], rows: BinaryIO, changes: BinaryIO) -> Result:
    """Mends all rows into one stream, and records what was altered in the other."""
    result, steps = Result(), [fix.begun() for fix in fixes]
    for record in _renamed(given):
        result.changed += 1
        changes.write(record.encode())
    for pairs in rows_of(given):
        now, records = mended(pairs, steps)
        result.observe(now)
        rows.write(json_lines(FIELDS, now.prompts, now.completions))
        altered = list(records)
        result.changed += len(altered)
        changes.write("".join(altered).encode())
    return result


def _renamed(given: Given) -> Iterator[str]:
    for name in FIELDS:
        if (key := given.columns[name]) != name:
            before, after = dumps(key, ensure_ascii=False), dumps(name)
            yield (
                f'{{"line":null,"rules":["necessary_column"],"before":{before},"after":{after}}}\n'
            )
