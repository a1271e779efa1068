"""JSON and JSON lines, with the place of every mistake."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from xiangsheng.core.errors import DataError
from xiangsheng.files.text import split_lines

LONGEST_LINE = 16 * 1024 * 1024
"""Characters; the 318 real scripts hold one million."""

DEEPEST = 100
"""Lists and objects within one another; what is read has four."""

_SPACE = re.compile(r"[ \t\r\n]*")


class _TwiceError(ValueError):
    """A key that an object has two times."""


def parse_json(text: str, name: str, first_line: int = 1) -> Any:
    r"""The value of a JSON document; DataError at `name:line:column`.

    Beyond the standard, a lone surrogate (`\ud800`) is refused, because no UTF-8 file can hold
    it, a key that an object has twice, because one of its values would be lost unseen, nesting
    deeper than DEEPEST, and, as the standard has it, numbers that are none (`NaN`, `1e999`).
    """
    with _errors_at(name, first_line):
        value = _DECODER.decode(text)
        _refuse_unwritable(value)
    return value


def parse_rows(text: str, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) for every line that is not blank; DataError for the first bad one."""
    for number, line in enumerate(split_lines(text), 1):
        if not line.strip():
            continue
        row = parse_json(line, name, number)
        if not isinstance(row, dict):
            raise DataError(
                f"a row must be an object in braces, this is {line[:40]}",
                where=f"{name}:{number}",
                hint='write one {"…": …} object a line',
                code="json",
            )
        yield number, row


def parse_values(text: str, name: str) -> Iterator[tuple[int, Any]]:
    """(line on which it begins, value) for the items of a list, or for values one after another.

    So one document, a list of them and JSON lines are all read, whatever the file is called.
    Raises DataError for the first bad value, and for a line longer than LONGEST_LINE.
    """
    _refuse_long_lines(text, name)
    place, line, counted = _after_space(text, 0), 1, 0
    listed = text.startswith("[", place)
    if listed:
        place = _after_space(text, place + 1)
        if text.startswith("]", place):
            _refuse_more(text, _after_space(text, place + 1), name)
            return
    while listed or place < len(text):
        line, counted = line + text.count("\n", counted, place), place
        with _errors_at(name, 1, value_line=line):
            value, place = _DECODER.raw_decode(text, place)
            _refuse_unwritable(value)
        yield line, value
        place = _after_space(text, place)
        if listed and text.startswith("]", place):
            _refuse_more(text, _after_space(text, place + 1), name)
            return
        if listed:
            with _errors_at(name, 1):
                if not text.startswith(",", place):
                    raise json.JSONDecodeError("Expecting ',' delimiter", text, place)
            place = _after_space(text, place + 1)


def dump_rows(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One line a row, Chinese as itself, keys in the order given."""
    return (json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _TwiceError(f"an object has the key {twice!a} twice")
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number)


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _refuse_more(text: str, place: int, name: str) -> None:
    with _errors_at(name, 1):
        if place < len(text):
            raise json.JSONDecodeError("Extra data", text, place)


def _refuse_unwritable(value: Any) -> None:
    """What nobody could write again: lone surrogates, infinity, and nesting without an end."""
    inner = [value]
    for _ in range(DEEPEST):
        inner = [
            one
            for outer in inner
            if isinstance(outer, list | dict)
            for one in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not inner:
            break
    else:
        raise RecursionError
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def _refuse_long_lines(text: str, name: str) -> None:
    start, number = 0, 1
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end - start > LONGEST_LINE:
            raise DataError(
                f"a line of {end - start:,} characters",
                where=f"{name}:{number}",
                hint=f"at most {LONGEST_LINE:,} are read; write one object a line",
                code="json",
            )
        start, number = end + 1, number + 1


@contextmanager
def _errors_at(name: str, first_line: int, value_line: int | None = None) -> Iterator[None]:
    """JSON's errors as DataError: at their own place, or on the line where the value begins."""
    line = first_line if value_line is None else value_line
    try:
        yield
    except json.JSONDecodeError as error:
        raise DataError(
            f"not JSON: {error.msg}",
            where=f"{name}:{first_line + error.lineno - 1}:{error.colno}",
            hint="correct the file at that place",
            code="json",
        ) from error
    except UnicodeEncodeError as error:
        raise DataError(
            "a \\u escape names half a character (a lone surrogate)",
            where=f"{name}:{line}",
            hint="write the character itself, in UTF-8",
            code="json",
        ) from error
    except _TwiceError as error:
        raise DataError(
            str(error),
            where=f"{name}:{line}",
            hint="keep one of the two",
            code="json",
        ) from error
    except RecursionError as error:
        raise DataError(
            "JSON that cannot be read: it is nested too deeply",
            where=f"{name}:{line}",
            hint=f"at most {DEEPEST} lists and objects within one another are read",
            code="json",
        ) from error
    except ValueError as error:
        raise DataError(
            f"JSON that cannot be read: {error}", where=f"{name}:{line}", code="json"
        ) from error
