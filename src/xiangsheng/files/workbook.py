"""XLSX: bytes to one table a sheet, and rows to bytes. Strings are strings, never formulas."""

import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from xiangsheng.core.errors import DataError
from xiangsheng.files import zips
from xiangsheng.files.table import Odd, Row, Table
from xiangsheng.files.workbook_check import SAVE_AGAIN, bounded, checked_workbook

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EXACT = 1e15
LONGEST_CELL = 32_767
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # so that the same rows are the same bytes


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are a workbook, or one of the old kind or under a password."""
    if data.startswith(_OLD):
        return True
    if not data.startswith(zips.START):
        return False
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return any(name.startswith("xl/workbook") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False  # whoever opens it as a zip says why


def read_workbook(data: bytes, where: str) -> tuple[Table, ...]:
    """Every sheet that has cells, in the workbook's order; a formula's cell holds its last value.

    Raises DataError for what is no workbook, is damaged, or would fill the memory.
    """
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    if data.startswith(_OLD):
        raise _refused(where, "an old workbook (.xls), or one with a password")
    if not data.startswith(zips.START):
        raise _refused(where, "not a workbook")
    packed = BytesIO(checked_workbook(data, where))
    try:
        with CalamineWorkbook.from_filelike(packed) as book:
            sheets = (
                _table(book.get_sheet_by_name(about.name), where)
                for about in book.sheets_metadata
                if about.typ == SheetTypeEnum.WorkSheet
            )
            return tuple(table for table in bounded(sheets, where) if table.rows)
    except (CalamineError, OSError, ValueError) as error:
        raise _refused(where, f"a damaged workbook: {error}") from error


def write_workbook(rows: Iterable[Sequence[str]], sheet: str, where: str) -> bytes:
    """One sheet of text cells, the first row frozen; DataError for what a sheet has no room for.

    The cells are text that UTF-8 can hold. Each has the text format and a quote prefix, so that
    editing it does not make it a formula.
    """
    from xlsxwriter import Workbook

    stream = BytesIO()
    book = Workbook(stream, {"in_memory": True})
    book.set_properties({"created": _NO_TIME})
    table = book.add_worksheet(sheet)
    text = book.add_format({"num_format": "@", "quote_prefix": True})
    for number, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            too_long = len(cell) * 2 > LONGEST_CELL and _units(cell) > LONGEST_CELL
            if too_long or table.write_string(number, column, cell, text):
                raise DataError(
                    f"no room in a sheet: row {number + 1}, a cell of {_units(cell):,} characters",
                    where=where,
                    hint="a sheet has 1,048,576 rows, a cell 32,767 characters; write CSV or JSONL",
                    code="unwritable",
                )
    table.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()


def _units(text: str) -> int:
    """The length as a sheet counts it, where a rare character is two."""
    return len(text.encode("utf-16-le")) // 2


def _table(sheet: Any, where: str) -> Table:
    """What lies before the first cell, above it and left of it, is no part of the table."""
    first_row = sheet.start[0] + 1 if sheet.start else 1
    rows = (_row(number, cells) for number, cells in enumerate(sheet.to_python(), first_row))
    return Table(f"{where}[{sheet.name}]", tuple(rows), sheet.name)


def _row(number: int, values: list[Any]) -> Row:
    cells = [_cell(value) for value in values]
    odd = {place: kind for place, (_, kind) in enumerate(cells) if kind}
    return Row(number, tuple(text for text, _ in cells), odd)


def _cell(value: Any) -> tuple[str, Odd | None]:
    """The text of a cell, and what it was where it was no text."""
    if isinstance(value, str):
        return value, None
    if isinstance(value, bool):
        return str(value).upper(), Odd.TRUTH
    if isinstance(value, int | float):
        whole = float(value).is_integer() and abs(value) < _EXACT
        return str(int(value) if whole else value), Odd.NUMBER
    return (value.isoformat() if hasattr(value, "isoformat") else str(value)), Odd.DATE


def _refused(where: str, message: str) -> DataError:
    return DataError(message, where=where, hint=SAVE_AGAIN, code="workbook")
