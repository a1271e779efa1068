r"""JSON lines in bulk: read in bounded blocks, each mistake with its place, and written fast.

A block whose lines are all well is parsed without a Python loop. Where anything is odd, its lines are
read again one by one by the strict parser of `json_rows`, which says what and where.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json import dumps
from typing import Any, Protocol

import orjson

from xiangsheng.core.errors import DataError
from xiangsheng.files.json_rows import parse_json

SIZE = 1 << 20
"""Bytes of a block, about: large enough for C to do the work, small enough for a processor's cache."""

LONGEST_LINE = 2 * 1024 * 1024
"""Bytes; half a million tokens, more than any example to train on."""

_ESCAPED_LETTER = re.compile(rb"\\u00[4-7]")  # a key may be spelt with one, and pass for another
_SHOWN = 60


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class Section:
    """The bytes of a file from `place` to `end`, read without moving what others read it with."""

    descriptor: int
    place: int
    end: int

    def read(self, size: int, /) -> bytes:
        data = os.pread(self.descriptor, min(size, self.end - self.place), self.place)
        self.place += len(data)
        return data


@dataclass(frozen=True, slots=True)
class Bad:
    """A line, or the text in it, that cannot be read; line and column count from 1.

    `place` is that within the value of a line that can be read, instead of a column.
    """

    line: int
    column: int
    text: str
    reason: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.line}:{self.place or self.column}: {self.reason}: {self.text}"


@dataclass(frozen=True, slots=True)
class Block:
    """Values with the line of each. `undecodable` where a line is not UTF-8.

    `quick` are the lines of a block that was read fast. Of the keys asked for each row may then
    still have one twice and lack another; other keys that are there twice, and digits of whole
    numbers beyond 64 bits, are lost.
    """

    values: Sequence[Any]
    lines: Sequence[int]
    bad: tuple[Bad, ...] = ()
    undecodable: bool = False
    quick: Sequence[bytes] = ()

    def strict(self) -> "Block":
        """The same, and nothing lost: for rows that are not what was expected."""
        return _slow(self.quick, self.lines[0]) if self.quick else self


def blocks(
    stream: Readable, keys: Sequence[str] = (), size: int = SIZE, first: int = 1
) -> Iterator[Block]:
    """All values of a UTF-8 stream, blank lines left out; memory is that of one block.

    `first` is the number of its first line.

    `keys` are those that each object is likely to have; a file of others is read, but slower.
    A line longer than LONGEST_LINE bytes is bad, and is not kept in memory.
    """
    quoted = [f'"{key}"'.encode() for key in keys]
    number = first
    for raw, skipped in _pieces(stream, size):
        if skipped:
            reason = f"a line of {skipped:,} bytes; at most {LONGEST_LINE:,} are read"
            yield Block((), (), (Bad(number, 1, _shown(raw), reason),))
            number += 1
            continue
        lines = raw.split(b"\n")
        yield _fast(raw, lines, number, quoted) or _slow(lines, number)
        number += len(lines)


def json_lines(keys: tuple[str, str], firsts: Sequence[str], seconds: Sequence[str]) -> bytes:
    """Objects of two texts, one a line, in UTF-8; Chinese as itself."""
    first, second = keys
    joined = "\0".join(map("\1".join, zip(firsts, seconds, strict=True)))
    data = joined.encode()
    rows = len(firsts)
    if (joined.count("\0"), joined.count("\1")) != (rows - 1, rows) or data.translate(
        None, _NO_CONTROL
    ):
        pairs = zip(escaped(firsts), escaped(seconds), strict=True)
        lines = (f'{{"{first}":"{one}","{second}":"{other}"}}\n' for one, other in pairs)
        return "".join(lines).encode()
    for plain, spelt in _SPELT:
        data = data.replace(plain, spelt)
    data = data.replace(b"\1", f'","{second}":"'.encode())
    data = data.replace(b"\0", f'"}}\n{{"{first}":"'.encode())
    return f'{{"{first}":"'.encode() + data + b'"}\n'


def dumped(value: Any) -> bytes:
    """A value as a line; Chinese as itself."""
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def escaped(texts: Sequence[str]) -> list[str]:
    """Each text as it stands between the quotes of a JSON string; Chinese as itself."""
    joined = "\0".join(texts)
    if joined.count("\0") == len(texts) - 1 and not _CONTROL.search(joined):
        joined = joined.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        joined = joined.replace("\r", "\\r").replace("\t", "\\t")
        return joined.split("\0")
    return [dumps(text, ensure_ascii=False)[1:-1] for text in texts]


_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f]")
_NO_CONTROL = bytes(byte for byte in range(256) if byte in b"\0\1\t\n\r" or byte >= 0x20)
_SPELT = ((b"\\", b"\\\\"), (b'"', b'\\"'), (b"\n", b"\\n"), (b"\r", b"\\r"), (b"\t", b"\\t"))


def _pieces(stream: Readable, size: int) -> Iterator[tuple[bytes, int]]:
    """Whole lines without the last one's end; or the start of an overlong line, and its length."""
    rest = b""
    while chunk := stream.read(size):
        end = chunk.find(b"\n")
        if len(rest) + (end if end >= 0 else len(chunk)) > LONGEST_LINE:
            head, length = rest + chunk[:_SHOWN], len(rest)
            rest = b""
            while chunk and end < 0:
                length += len(chunk)
                chunk = stream.read(size)
                end = chunk.find(b"\n")
            yield head, length + max(end, 0)
            chunk = chunk[end + 1 :]
        cut = chunk.rfind(b"\n")
        if cut < 0:
            rest += chunk
        else:
            yield rest + chunk[:cut], 0
            rest = chunk[cut + 1 :]
    if rest:
        yield rest, 0


def _fast(raw: bytes, lines: list[bytes], first: int, quoted: Sequence[bytes]) -> Block | None:
    """The block if nothing in it is odd: every key of `quoted` stands once in every line."""
    if any(raw.count(key) != len(lines) for key in quoted):
        return None
    if b"\\u00" in raw and _ESCAPED_LETTER.search(raw):
        return None
    try:
        values = list(map(orjson.loads, lines))
    except orjson.JSONDecodeError:
        return None
    return Block(values, range(first, first + len(values)), quick=lines)


def _slow(lines: Sequence[bytes], first: int) -> Block:
    values, numbers, bad, undecodable = [], [], list[Bad](), False
    for number, line in enumerate(lines, first):
        if not line.strip():
            continue
        try:
            values.append(parse_json(line.decode(), "", number))
        except UnicodeDecodeError as error:
            undecodable = True
            column = len(line[: error.start].decode(errors="replace")) + 1
            reason = f"byte {line[error.start]:#04x} is no UTF-8"
            bad.append(Bad(number, column, _shown(line), reason))
        except DataError as error:
            bad.append(_bad(error, number, line))
        else:
            numbers.append(number)
    return Block(values, numbers, tuple(bad), undecodable)


def _bad(error: DataError, number: int, line: bytes) -> Bad:
    column = error.where.split(":")[2:]
    return Bad(number, int(column[0]) if column else 1, _shown(line), error.message)


def _shown(line: bytes) -> str:
    text = line[: 4 * _SHOWN].decode(errors="replace")
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
