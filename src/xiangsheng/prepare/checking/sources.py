"""Files of any kind, as blocks of values that can be read again."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import pairwise
from typing import Any, BinaryIO, Protocol

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.files.json_lines import LONGEST_LINE, SIZE, Bad, Block, Section, blocks
from xiangsheng.files.json_rows import parse_json, parse_values
from xiangsheng.files.table import Table
from xiangsheng.files.text import LIMIT
from xiangsheng.prepare.checking.pairs import FIELDS

EXTENSIONS = ("jsonl", "json", "csv", "tsv", "xlsx", "txt")
_MARK = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")  # the marks of UTF-16 and UTF-32
_PEEK = 1 << 16
_COLUMNS = re.compile(rb'\{\s*"(?!messages")[^"]*"\s*:\s*[\[{]')
LEAST = 4 << 20
"""Bytes that are worth a process of their own."""


class Source(Protocol):
    """What can be read again and again."""

    @property
    def kind(self) -> str:
        """One of EXTENSIONS, as the content has it."""
        ...

    @property
    def encoding(self) -> str:
        """Empty for a workbook."""
        ...

    @property
    def settled(self) -> bool:
        """Whether bytes that do not decode are told line by line; else the encoding may be another."""
        ...

    @property
    def others(self) -> tuple[str, ...]:
        """Sheets of the workbook that are not read."""
        ...

    def blocks(self, keys: Sequence[str] = FIELDS) -> Iterator[Block]:
        """All values, from the start; `keys` are those that rows are likely to have."""
        ...


@dataclass(slots=True)
class JsonLines:
    """UTF-8 is read in blocks, however long the file; other encodings through memory."""

    stream: BinaryIO
    name: str
    encoding: str
    skip: int
    settled: bool = False
    kind: str = "jsonl"
    others: tuple[str, ...] = ()

    def blocks(self, keys: Sequence[str] = FIELDS) -> Iterator[Block]:
        self.stream.seek(self.skip)
        return blocks(self.stream, keys)

    @property
    def size(self) -> int:
        """In bytes."""
        return self.stream.seek(0, os.SEEK_END)

    def sections(self, most: int) -> list["Source"]:
        """The file as at most so many parts of whole lines, which other processes may read."""
        try:
            descriptor = self.stream.fileno()
        except OSError:  # it is in memory
            return [self]
        size = self.size
        count = max(1, min(most, (size - self.skip) // LEAST))
        ends = [_after_line(descriptor, size * part // count, size) for part in range(1, count)]
        cuts = sorted({self.skip, *(end for end in ends if end > self.skip), size})
        return [_Part(descriptor, start, end, self) for start, end in pairwise(cuts)] or [self]

    def recoded(self) -> "JsonLines":
        """The same read in the encoding that it turns out to have; UTF-8 if in none."""
        from xiangsheng.files.decoding import decode

        self.stream.seek(0)
        try:
            found = decode(_limited(self.stream, self.name), self.name)
        except DataError:
            return replace(self, settled=True)
        if found.detected:  # by a guess: it is UTF-8 with some bad lines, which are told one by one
            return replace(self, settled=True)
        return JsonLines(BytesIO(found.text.encode()), self.name, found.encoding, 0, settled=True)


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines of a file between two places."""

    descriptor: int
    start: int
    end: int
    whole: JsonLines

    @property
    def kind(self) -> str:
        return self.whole.kind

    @property
    def encoding(self) -> str:
        return self.whole.encoding

    @property
    def settled(self) -> bool:
        return self.whole.settled

    @property
    def others(self) -> tuple[str, ...]:
        return self.whole.others

    def blocks(self, keys: Sequence[str] = FIELDS) -> Iterator[Block]:
        before, lines = Section(self.descriptor, self.whole.skip, self.start), 0
        while chunk := before.read(SIZE):
            lines += chunk.count(b"\n")
        return blocks(Section(self.descriptor, self.start, self.end), keys, first=1 + lines)


def _after_line(descriptor: int, place: int, size: int) -> int:
    """Where the line that holds a place has ended."""
    around = Section(descriptor, place, size)
    while chunk := around.read(SIZE):
        if (end := chunk.find(b"\n")) >= 0:
            return around.place - len(chunk) + end + 1
    return size


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read whole.

    `counts_items` where several share a line, so that the block's lines are their numbers instead.
    """

    kind: str
    encoding: str
    block: Block
    others: tuple[str, ...] = ()
    counts_items: bool = False
    settled: bool = True

    def blocks(self, keys: Sequence[str] = FIELDS) -> Iterator[Block]:  # noqa: ARG002 all are there
        return iter((self.block,))


def source_of(
    stream: BinaryIO, name: str, extension: str, encoding: str | None = None, sheet: str = ""
) -> Source:
    """By the extension, without its dot and in small letters; JSON by its content.

    Raises DataError for another extension, and where the content is not of that kind.
    """
    if extension not in EXTENSIONS:
        raise DataError(
            f"nothing reads .{extension} files" if extension else "the name has no extension",
            where=name,
            hint="give a .jsonl, .json, .csv, .tsv, .xlsx or .txt file, or say --format",
            code="extension",
        )
    if extension == "xlsx":
        return _workbook(_limited(stream, name), name, sheet)
    if extension in {"jsonl", "json"}:
        return _json(stream, name, extension, encoding)
    from xiangsheng.files.decoding import decode

    found = decode(_limited(stream, name), name, encoding)
    if extension == "txt":
        return Rows("txt", found.encoding, _text_block(found.text))
    from xiangsheng.files.delimited import parse_delimited

    table = parse_delimited(found.text, name, "\t" if extension == "tsv" else ",")
    return Rows(extension, found.encoding, _table_block(table))


def _text_block(text: str) -> Block:
    """One completion a line; the end of the last line opens an empty one, as it always did."""
    values, lines, bad = [], [], []
    texts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(texts, 1):
        if len(line) > LONGEST_LINE:
            reason = f"a line of {len(line):,} characters; at most {LONGEST_LINE:,} are read"
            bad.append(Bad(number, 1, line[:60], reason))
        else:
            values.append(dict(zip(FIELDS, ("", line), strict=True)))
            lines.append(number)
    return Block(values, lines, tuple(bad))


def _json(stream: BinaryIO, name: str, extension: str, encoding: str | None) -> Source:
    head, tail = _ends(stream)
    # UTF-16 has a mark, or NULs at once; a NUL further on is a mistake, told with its line.
    plain = encoding is None and not head.startswith(_WIDE) and b"\0" not in head[:4]
    if plain and _is_lines(head.removeprefix(_MARK), tail, extension):
        return JsonLines(stream, name, "utf-8", len(_MARK) if head.startswith(_MARK) else 0)
    from xiangsheng.files.decoding import decode

    found = decode(_limited(stream, name), name, encoding)
    if not plain:
        copy = BytesIO(found.text.encode())
        if _is_lines(*_ends(copy), extension):
            return JsonLines(copy, name, found.encoding, 0, settled=True)
    values = list(parse_values(found.text, name))
    if len(values) == 1 and (rows := _of_columns(values[0][1])):
        return Rows("json", found.encoding, _items(rows), counts_items=True)
    lines = [line for line, _ in values]
    if len(set(lines)) < len(lines):
        block = _items([value for _, value in values])
        return Rows("json", found.encoding, block, counts_items=True)
    return Rows("json", found.encoding, Block([value for _, value in values], lines))


def _items(values: Sequence[Any]) -> Block:
    return Block(values, range(1, len(values) + 1))


def _ends(stream: BinaryIO) -> tuple[bytes, bytes]:
    """Its first and its last bytes; it stands at its start before and after."""
    head = stream.read(_PEEK)
    stream.seek(max(0, stream.seek(0, os.SEEK_END) - _PEEK))
    tail = stream.read(_PEEK)
    stream.seek(0)
    return head, tail


def _of_columns(value: Any) -> list[dict[str, Any]]:
    """The rows of an object that has a list for each column, or an object of numbered cells."""
    columns = list(value.values()) if isinstance(value, dict) and "messages" not in value else []
    kinds, lengths = (
        set(map(type, columns)),
        {len(c) for c in columns if isinstance(c, list | dict)},
    )
    if len(lengths) != 1 or (not kinds <= {list} and not kinds <= {dict}):
        return []
    cells = [list(c.values()) if isinstance(c, dict) else c for c in columns]
    return [dict(zip(value, row, strict=True)) for row in zip(*cells, strict=True)]


def _is_lines(head: bytes, tail: bytes, extension: str) -> bool:
    """A list is no JSON lines, unless its first line is all of it and others follow; neither is one
    object of columns, nor in a .json file an object that goes on on the next line.
    """
    first, _, others = head.lstrip().partition(b"\n")
    first, alone = first.rstrip(), not others.strip()
    if first.startswith(b"["):
        if first.endswith(b"]") and not alone and _is_json(first):
            return True
        return extension == "jsonl" and not tail.rstrip().endswith(b"]")
    if _COLUMNS.match(first) and alone:
        return False
    if extension == "jsonl":
        return True
    return first.startswith(b"{") and first.endswith(b"}") and (not alone or _is_json(first))


def _is_json(line: bytes) -> bool:
    try:
        parse_json(line.decode(), "")
    except (UnicodeDecodeError, DataError):
        return False
    return True


def _workbook(data: bytes, name: str, sheet: str) -> Source:
    from xiangsheng.files.workbook import read_workbook

    tables = read_workbook(data, name)
    if not tables:
        return Rows("xlsx", "", Block((), ()))
    names = [table.sheet or "1" for table in tables]
    if sheet and sheet not in names:
        raise UsageError(
            f"there is no sheet {sheet!r}",
            where=name,
            hint=f"it has {', '.join(names[:10])}",
            code="sheet",
        )
    chosen = tables[names.index(sheet)] if sheet else tables[0]
    others = tuple(other for other, table in zip(names, tables, strict=True) if table is not chosen)
    return Rows("xlsx", "", _table_block(chosen), others)


def _table_block(table: Table) -> Block:
    """Values by the names in the first row; a name that comes twice gets a number."""
    rows = [row for row in table.rows if len(row.cells) > 1 or any(row.cells)]
    if not rows:
        return Block((), ())
    header, *body = rows
    names = _numbered(header.cells)
    values, lines, bad = [], [], []
    for row in body:
        if any(row.cells[len(names) :]):
            reason = f"{len(row.cells)} cells, and the first row has {len(names)}"
            bad.append(Bad(row.number, 1, row.cells[len(names)][:60], reason))
            continue
        cells = (*row.cells[: len(names)], *([""] * (len(names) - len(row.cells))))
        values.append(dict(zip(names, cells, strict=True)))
        lines.append(row.number)
    return Block(values, lines, tuple(bad))


def _numbered(names: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        number, own = 0, name
        while own in found:
            number += 1
            own = f"{name}.{number}"
        found[own] = None
    return list(found)


def _limited(stream: BinaryIO, name: str) -> bytes:
    """All of it; what is larger is not read at all."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    data = stream.read(LIMIT + 1) if size <= LIMIT else b""
    if max(size, len(data)) > LIMIT:
        raise DataError(
            f"larger than {LIMIT:,} bytes",
            where=name,
            hint="save it as UTF-8 JSON lines, of which any length is read, or split it",
            code="too_large",
        )
    return data
