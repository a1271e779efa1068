"""Scripts as one table or JSON file: what `read` gives back unchanged, or nothing at all."""

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Role, Script, Speaker
from xiangsheng.corpus.columns import FIELDS
from xiangsheng.corpus.draft import refuse_characters
from xiangsheng.corpus.objects import KEYS
from xiangsheng.corpus.reading import read_bytes
from xiangsheng.files.delimited import dump_delimited
from xiangsheng.files.formulas import defused
from xiangsheng.files.json_rows import dump_rows
from xiangsheng.files.workbook import write_workbook

_BOM = "\ufeff"  # without it Excel takes UTF-8 for the system's encoding


class TableFormat(StrEnum):
    """What one file of scripts can be."""

    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"
    JSON = "json"
    JSONL = "jsonl"


def exported(scripts: Sequence[Script], form: TableFormat) -> bytes:
    """The file's content: a row a line with the columns FIELDS, or an object a script.

    In CSV and TSV a cell that a spreadsheet would run has an apostrophe before it, which our
    reader takes away; in XLSX each cell is a string. The content is read back before it is given
    out: DataError names the script and what of it would not survive, such as a line break, a NUL,
    a cell longer than a sheet has room for.
    """
    for script in scripts:
        _refuse_what_is_no_text(script)
    data = _composed(scripts, form)
    try:
        again = read_bytes(data, f"scripts.{form}").scripts
    except DataError as error:
        raise DataError(
            f"these scripts cannot be written as {form}: {error}",
            hint=error.hint or "write another format",
            code="unwritable",
        ) from error
    _compare(scripts, again, form)
    return data


def _composed(scripts: Sequence[Script], form: TableFormat) -> bytes:
    match form:
        case TableFormat.CSV | TableFormat.TSV:
            rows = ([defused(cell) for cell in row] for row in _rows(scripts))
            text = dump_delimited(rows, "," if form is TableFormat.CSV else "\t")
            return (_BOM + text).encode()
        case TableFormat.XLSX:
            return write_workbook(_rows(scripts), "scripts", f"scripts.{form}")
        case TableFormat.JSONL:
            return "".join(dump_rows(map(_object, scripts))).encode()
        case TableFormat.JSON:
            objects = [_object(script) for script in scripts]
            return (json.dumps(objects, ensure_ascii=False, indent=1) + "\n").encode()


def _rows(scripts: Sequence[Script]) -> Iterator[tuple[str, ...]]:
    yield FIELDS
    for script in scripts:
        speakers = {speaker.label: speaker for speaker in script.speakers}
        for number, line in enumerate(script.lines, 1):
            speaker = speakers.get(line.speaker, Speaker(line.speaker, role=Role.OTHER))
            row = {
                "script": script.id,
                "order": str(number),
                "title": script.title,
                "genre": script.genre,
                "summary": script.summary,
                "source": script.provenance.source,
                "licence": script.provenance.licence,
                "speaker": line.speaker,
                "name": speaker.name,
                "role": speaker.role.value,
                "text": line.text,
            }
            yield tuple(row[field] for field in FIELDS)


def _object(script: Script) -> dict[str, Any]:
    whole = {
        "id": script.id,
        "title": script.title,
        "genre": script.genre,
        "summary": script.summary,
        "source": script.provenance.source,
        "licence": script.provenance.licence,
        "speakers": [
            {"label": speaker.label, "name": speaker.name, "role": speaker.role.value}
            for speaker in script.speakers
        ],
        "lines": [{"speaker": line.speaker, "text": line.text} for line in script.lines],
    }
    return {key: whole[key] for key in KEYS}


def _refuse_what_is_no_text(script: Script) -> None:
    where = ascii(script.id)[1:-1]
    for name, value in (
        ("id", script.id),
        ("title", script.title),
        ("genre", script.genre),
        ("summary", script.summary),
        ("source", script.provenance.source),
        ("licence", script.provenance.licence),
        *((f"name of {speaker.label}", speaker.name) for speaker in script.speakers),
    ):
        refuse_characters(value, f"the {name}", where)
    for number, line in enumerate(script.lines, 1):
        refuse_characters(line.text, f"line {number}", where)


def _compare(scripts: Sequence[Script], again: Sequence[Script], form: TableFormat) -> None:
    for script, found in zip(scripts, again, strict=False):
        for name in ("id", "title", "genre", "summary", "provenance", "speakers", "lines"):
            if getattr(script, name) != getattr(found, name):
                raise DataError(
                    f"its {name} cannot be written as {form} so that reading gives the same",
                    where=script.id,
                    hint="look for empty lines, for speakers other than the labels 0 and 1 in "
                    "the order of speaking, and in XLSX for U+FFFE and U+FFFF",
                    code="unwritable",
                )
    if len(scripts) != len(again):
        raise DataError(
            f"{len(scripts)} scripts cannot be written as {form}: reading gives {len(again)}",
            hint="look for scripts without lines and without ids",
            code="unwritable",
        )
