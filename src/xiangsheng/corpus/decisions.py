"""The decisions file: JSON lines that say how a test set was chosen, and choose it again.

The first line says how it was chosen from what (`selection`; another follows where a later start
changed that), every further one what was decided of a script (`decision`), and the last one, once
enough are accepted, what came out (`complete`).
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from xiangsheng.core.canonical import plain
from xiangsheng.core.errors import DataError
from xiangsheng.corpus.reading import ReadingOptions
from xiangsheng.corpus.windows import Edit, Window
from xiangsheng.files.json_rows import parse_rows

VERSION: Literal[1] = 1


class Verdict(StrEnum):
    """The first two settle a script; the others leave it open, as its newest decision has it."""

    ACCEPT = "accept"
    SKIP = "skip"
    SHIFT = "shift"
    EDIT = "edit"
    BACK = "back"

    @property
    def settles(self) -> bool:
        return self in {Verdict.ACCEPT, Verdict.SKIP}


class By(StrEnum):
    """Who decided: a person who read it, its rank alone (`--yes`), or a rule that it breaks."""

    PERSON = "person"
    RANK = "rank"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Settings:
    """`reading` holds the options that the source was read with; `source` and `against` are as
    they were typed.
    """

    source: str
    lines: int
    scripts: int
    seed: int
    against: str = ""
    reading: ReadingOptions = field(default_factory=ReadingOptions)
    version: Literal[1] = VERSION
    at: str = ""
    kind: Literal["selection"] = "selection"


@dataclass(frozen=True, slots=True)
class Decision:
    """A script as a decision leaves it. `digest` is that of its text; `at` a time in UTC."""

    script: str
    digest: str
    window: Window
    decision: Verdict
    by: By
    edits: tuple[Edit, ...] = ()
    reason: str = ""
    at: str = ""
    kind: Literal["decision"] = "decision"


@dataclass(frozen=True, slots=True)
class Complete:
    """The set that all decisions before it make; `digest` is that of its scripts."""

    scripts: int
    digest: str
    at: str = ""
    kind: Literal["complete"] = "complete"


Record = Settings | Decision | Complete

_RECORDS: TypeAdapter[Record] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])


def record_line(record: Record) -> str:
    """One line of JSON, its kind first."""
    table = plain(record)
    assert isinstance(table, dict)
    return json.dumps({"kind": table.pop("kind"), **table}, ensure_ascii=False)


def parse_decisions(text: str, where: str) -> tuple[Record, ...]:
    """Raises DataError at `file:line` for what is no decisions file or one of another version."""
    try:
        rows = list(parse_rows(text, where))
    except DataError as error:
        raise _damaged(error.where, error.message) from error
    records: list[Record] = []
    for number, row in rows:
        place = f"{where}:{number}"
        try:
            records.append(_RECORDS.validate_python(row))
        except ValidationError as error:
            first = error.errors()[0]
            field_ = ".".join(str(part) for part in first["loc"][1:])
            raise _damaged(place, f"{field_}: {first['msg']}".lstrip(": ")) from error
        if not isinstance(records[0], Settings):
            raise _damaged(place, "the first line says how the scripts were chosen")
    return tuple(records)


def _damaged(where: str, why: str) -> DataError:
    return DataError(
        f"no decisions of corpus select: {why}",
        where=where,
        hint="name another file, or take this line out of it",
        code="decisions",
    )
