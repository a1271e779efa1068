"""A workbook from a stranger, made harmless before its reader sees it.

The reader keeps a sheet as a full rectangle from its first cell to its last, and copies a text that
cells share into each of them, so that five kilobytes with two cells in opposite corners would ask for
500 gigabytes and end the process; so would one that only says that it has four billion texts. So
each part is inflated under a limit, what it says and holds is counted, and only then is it packed
anew: what the reader gets is what was looked at.
"""

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import zip_longest
from xml.parsers.expat import ExpatError, ParserCreate

from xiangsheng.core.errors import DataError
from xiangsheng.files import zips
from xiangsheng.files.table import Table

CELLS = 5_000_000
"""Cells of one sheet's rectangle; the real corpus, eleven columns wide, has 390,000."""
CHARACTERS = 64_000_000
"""Of all cells together; the real corpus with its titles in every row has four million."""
SAVE_AGAIN = "open it in a spreadsheet program and save it again as .xlsx"

_COUNTS = frozenset({"count", "uniqueCount"})  # for which a reader makes room
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")


def checked_workbook(data: bytes, where: str, limit: int = zips.LIMIT) -> bytes:
    """The same workbook, its XML parts alone, not compressed.

    Raises DataError for a broken or encrypted zip, for more than `limit` bytes of XML, for XML
    that is damaged or declares entities, for a sheet of more than CELLS cells, and for more than
    CHARACTERS in the texts that cells share.
    """
    packed = BytesIO()
    parts: list[_Part] = []
    with (
        zips.opened(data, where, SAVE_AGAIN) as archive,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as fresh,
    ):
        seen = set()
        for info in archive.infolist():
            if not info.filename.lower().endswith((".xml", ".rels")):
                continue
            if info.filename in seen:
                raise _damaged(where, f"{info.filename} is in it twice")
            seen.add(info.filename)
            part = zips.inflated(archive, info, where, limit)
            limit -= len(part)
            parts.append(_checked_part(part, where, info.filename))
            fresh.writestr(info.filename, part)
    _refuse_shared(parts, where)
    return packed.getvalue()


def _checked_part(part: bytes, where: str, name: str) -> "_Part":
    counted = _Part(where, name)
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = counted.start
    parser.EndElementHandler = counted.end
    parser.CharacterDataHandler = counted.text
    parser.StartDoctypeDeclHandler = counted.doctype
    try:
        parser.Parse(part, True)
    except (ExpatError, ValueError, LookupError) as error:
        raise _damaged(where, f"its part {name} is not XML: {error}") from error
    if counted.cells > CELLS:
        raise _too_large(
            where, f"the cells of {name} span {counted.cells:,} places", f"{CELLS:,} places"
        )
    return counted


def bounded(tables: Iterable[Table], where: str) -> Iterator[Table]:
    """The same tables, until all together are too large: many sheets may have one content."""
    places = characters = 0
    for table in tables:
        places += sum(len(row.cells) for row in table.rows)
        characters += sum(len(cell) for row in table.rows for cell in row.cells)
        if places > CELLS or characters > CHARACTERS:
            raise _too_large(
                where,
                f"its sheets hold more than {places:,} cells and {characters:,} characters",
                f"{CELLS:,} cells and {CHARACTERS:,} characters",
            )
        yield table


def _refuse_shared(parts: list["_Part"], where: str) -> None:
    lists = [part.shared for part in parts if part.shared]
    lengths = [max(same) for same in zip_longest(*lists, fillvalue=0)]
    total = sum(
        count * lengths[index]
        for part in parts
        for index, count in part.uses.items()
        if index < len(lengths)
    )
    if total > CHARACTERS:
        raise _too_large(
            where, f"its cells hold {total:,} characters", f"{CHARACTERS:,} characters"
        )


class _Part:
    """The rectangle of the cells with a value, counted as the reader counts places; the lengths
    of the texts that this part gives to cells, and how often its cells take which.
    """

    def __init__(self, where: str, name: str) -> None:
        self.where, self.name = where, name
        self.row = self.column = 0
        self.rows: tuple[int, int] | None = None
        self.columns: tuple[int, int] | None = None
        self.shared: list[int] = []
        self.uses: Counter[int] = Counter()
        self.is_shared = self.within = False
        self.value: list[str] | None = None

    @property
    def cells(self) -> int:
        if self.rows is None or self.columns is None:
            return 0
        return (self.rows[1] - self.rows[0] + 1) * (self.columns[1] - self.columns[0] + 1)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        for said in _COUNTS & attributes.keys():
            if not (attributes[said].isdigit() and int(attributes[said]) <= 4 * CELLS):
                raise _damaged(self.where, f"{self.name} says {said} {attributes[said][:20]!r}")
        match name.rpartition(":")[2]:
            case "row":
                self.row = self._number(attributes["r"]) if "r" in attributes else self.row + 1
                self.column = 0
            case "c":
                if "r" in attributes:
                    self._place(attributes["r"])
                else:
                    self.column += 1
                self.is_shared = attributes.get("t") == "s"
            case "si":
                self.shared.append(0)
                self.within = True
            case "v" | "is":
                self.rows = _widened(self.rows, self.row)
                self.columns = _widened(self.columns, self.column)
                self.value = [] if self.is_shared else None

    def end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "si":
                self.within = False
            case "v" if self.value is not None:
                index = "".join(self.value).strip()
                if not (index.isascii() and index.isdigit() and len(index) < 10):
                    raise _damaged(self.where, f"{self.name} has a text number {index[:20]!r}")
                self.uses[int(index)] += 1
                self.value = None

    def text(self, data: str) -> None:
        if self.within:
            self.shared[-1] += len(data)
        elif self.value is not None:
            self.value.append(data)

    def doctype(self, *_: object) -> None:
        raise _damaged(self.where, f"its part {self.name} declares a document type")

    def _place(self, reference: str) -> None:
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            raise _damaged(self.where, f"{self.name} has a cell at {reference[:20]!r}")
        self.column = 0
        for letter in found[1].upper():
            self.column = self.column * 26 + ord(letter) - ord("A") + 1
        self.row = self._number(found[2])

    def _number(self, digits: str) -> int:
        if not (digits.isascii() and digits.isdigit() and len(digits) < 8):
            raise _damaged(self.where, f"{self.name} has a row {digits[:20]!r}")
        return int(digits)


def _widened(span: tuple[int, int] | None, place: int) -> tuple[int, int]:
    return (place, place) if span is None else (min(span[0], place), max(span[1], place))


def _damaged(where: str, message: str) -> DataError:
    return DataError(
        f"a damaged workbook: {message}", where=where, hint=SAVE_AGAIN, code="workbook"
    )


def _too_large(where: str, message: str, limit: str) -> DataError:
    return DataError(
        message,
        where=where,
        hint=f"at most {limit} are read; delete what is far from the table, or save it as CSV",
        code="workbook",
    )
