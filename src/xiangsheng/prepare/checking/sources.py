"""Files of any kind, as blocks of values that can be read again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import SEEK_END, BytesIO
from typing import BinaryIO, Protocol

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.files.decoding import decode
from xiangsheng.files.delimited import parse_delimited
from xiangsheng.files.json_lines import LONGEST_LINE, Bad, Block, blocks
from xiangsheng.files.json_rows import parse_json, parse_values
from xiangsheng.files.table import Table
from xiangsheng.files.text import LIMIT
from xiangsheng.files.workbook import read_workbook
from xiangsheng.prepare.checking.pairs import FIELDS

EXTENSIONS = ("jsonl", "json", "csv", "tsv", "xlsx", "txt")
_MARK = b"\xef\xbb\xbf"
_PEEK = 1 << 16


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

    def blocks(self) -> Iterator[Block]:
        """All values, from the start."""
        ...


@dataclass(slots=True)
class JsonLines:
    """UTF-8 is read in blocks, however long the file; other encodings through memory."""

    stream: BinaryIO
    name: str
    encoding: str
    skip: int
    settled: bool = False  # the encoding is known, whatever does not decode
    kind: str = "jsonl"

    def blocks(self) -> Iterator[Block]:
        self.stream.seek(self.skip)
        return blocks(self.stream, FIELDS)

    def recoded(self) -> "JsonLines":
        """The same read in the encoding that it turns out to have; UTF-8 if in none."""
        self.stream.seek(0)
        try:
            found = decode(_limited(self.stream, self.name), self.name)
        except DataError:  # UTF-8 with some bad lines, which are told one by one
            return replace(self, settled=True)
        return JsonLines(BytesIO(found.text.encode()), self.name, found.encoding, 0, settled=True)


@dataclass(frozen=True, slots=True)
class Rows:
    """What was read whole. `others` names sheets of the workbook that were not read.

    `counts_items` where several share a line, so that the block's lines are their numbers instead.
    """

    kind: str
    encoding: str
    block: Block
    others: tuple[str, ...] = ()
    counts_items: bool = False

    def blocks(self) -> Iterator[Block]:
        return iter((self.block,))


def source_of(
    stream: BinaryIO, name: str, extension: str, encoding: str | None = None, sheet: str = ""
) -> Source:
    """By the extension, without its dot and in small letters; JSON by its content.

    Raises DataError where the content is not of that kind, UsageError for another extension.
    """
    if extension not in EXTENSIONS:
        raise UsageError(
            f"nothing reads .{extension} files" if extension else "the name has no extension",
            where=name,
            hint="give a .jsonl, .json, .csv, .tsv, .xlsx or .txt file, or say --format",
            code="extension",
        )
    if extension == "xlsx":
        return _workbook(_limited(stream, name), name, sheet)
    if extension in {"jsonl", "json"}:
        return _json(stream, name, extension, encoding)
    found = decode(_limited(stream, name), name, encoding)
    if extension == "txt":
        return Rows("txt", found.encoding, _text_block(found.text))
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
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:4]
    if encoding is None and not wide:
        if _is_lines(head.removeprefix(_MARK), tail, extension):
            return JsonLines(stream, name, "utf-8", len(_MARK) if head.startswith(_MARK) else 0)
        decoded = decode(_limited(stream, name), name)
    else:
        decoded = decode(_limited(stream, name), name, encoding)
        copy = BytesIO(decoded.text.encode())
        if _is_lines(*_ends(copy), extension):
            return JsonLines(copy, name, decoded.encoding, 0, settled=True)
    found = list(parse_values(decoded.text, name))
    values, lines = [value for _, value in found], [line for line, _ in found]
    if one_line := len(set(lines)) < len(lines):
        lines = list(range(1, len(values) + 1))
    return Rows("json", decoded.encoding, Block(values, lines), counts_items=one_line)


def _ends(stream: BinaryIO) -> tuple[bytes, bytes]:
    """Its first and its last bytes; it stands at its start before and after."""
    head = stream.read(_PEEK)
    stream.seek(max(0, stream.seek(0, SEEK_END) - _PEEK))
    tail = stream.read(_PEEK)
    stream.seek(0)
    return head, tail


def _is_lines(head: bytes, tail: bytes, extension: str) -> bool:
    """A list is no JSON lines, unless its first line is all of it and others follow; nor, in a
    .json file, is an object that goes on on the next line.
    """
    first, _, others = head.lstrip().partition(b"\n")
    first = first.rstrip()
    if first.startswith(b"["):
        if first.endswith(b"]") and others.strip() and _is_json(first):
            return True
        return extension == "jsonl" and not tail.rstrip().endswith(b"]")
    if extension == "jsonl":
        return True
    whole = first.startswith(b"{") and first.endswith(b"}")
    return whole and (bool(others.strip()) or _is_json(first))


def _is_json(line: bytes) -> bool:
    try:
        parse_json(line.decode(), "")
    except (UnicodeDecodeError, DataError):
        return False
    return True


def _workbook(data: bytes, name: str, sheet: str) -> Source:
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
    size = stream.seek(0, SEEK_END)
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
