"""CSV and TSV: text to rows with line numbers, and back."""

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

from xiangsheng.core.errors import DataError
from xiangsheng.files.table import Row, Table
from xiangsheng.files.text import split_lines

DELIMITERS = (",", "\t", ";")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def delimiter_of(text: str) -> str:
    """The most frequent of `,`, tab and `;` in the first line that says something, quotes aside."""
    first = next((line for line in split_lines(text) if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


def parse_delimited(text: str, where: str, delimiter: str) -> Table:
    """All rows; a cell in double quotes may hold line ends, so a row may begin lines after the last.

    Raises DataError with the line on which the row begins, for quotes that do not close or are
    not doubled, and for a cell longer than any that somebody wrote.
    """
    lines = (line[0] for line in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[Row] = []
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return Table(where, tuple(rows))
        except csv.Error as error:
            raise _refused(error, f"{where}:{number}") from error
        rows.append(Row(number, tuple(cells)))


def dump_delimited(rows: Iterable[Sequence[str]], delimiter: str) -> str:
    """CRLF after each row, as RFC 4180 and spreadsheets have it; quotes only where needed."""
    stream = StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()


def _refused(error: csv.Error, where: str) -> DataError:
    if "larger than field limit" in str(error):
        return DataError(
            f"a cell longer than {csv.field_size_limit():,} characters",
            where=where,
            hint='look for a quotation mark " that is opened and not closed',
            code="csv",
        )
    return DataError(
        f"not a row of a table: {error}",
        where=where,
        hint='a cell that begins with " ends with " too, and every " within it is written twice',
        code="csv",
    )
