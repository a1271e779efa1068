"""JSON and JSON lines, with the place of every mistake."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from xiangsheng.core.errors import DataError
from xiangsheng.files.text import split_lines


def parse_json(text: str, name: str, first_line: int = 1) -> Any:
    r"""The value of a JSON document; DataError at `name:line:column`.

    Beyond the standard, a lone surrogate (`\ud800`) is refused, because no UTF-8 file can hold
    it, and so is nesting deeper than Python reads.
    """
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()
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
            where=f"{name}:{first_line}",
            hint="write the character itself, in UTF-8",
            code="json",
        ) from error
    except (RecursionError, ValueError) as error:
        raise DataError(
            f"JSON that cannot be read: {error}", where=f"{name}:{first_line}", code="json"
        ) from error
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


def dump_rows(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One line a row, Chinese as itself, keys in the order given."""
    return (json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)
