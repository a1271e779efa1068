"""The file of a batch: one request a line, each looked at before any is asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from xiangsheng.core.batch import Batch, BatchFault
from xiangsheng.core.errors import DataError
from xiangsheng.store.workspace import Workspace

LONGEST_LINE = 2 << 20
"""Bytes of a request, as many as a body may have that is sent alone."""
MOST_ROWS = 50_000
MOST_FAULTS = 20
"""Lines at fault that are told of; whoever has more has another kind of file."""
LONGEST_ID = 512
_KEYS = ("custom_id", "method", "url", "body")
_BOM = b"\xef\xbb\xbf"
_TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[][{}:]')
"""Of a line that is in order: its texts, and what stands between them and tells how deep one is."""
_OPEN, _CLOSE = (b"[", b"{"), (b"]", b"}")


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One request. `body` is what would be sent to the endpoint alone; `text` is the whole line."""

    line: int
    custom_id: str
    body: dict[str, Any]
    text: bytes

    @property
    def sent(self) -> bytes:
        """The body as it stands in the file: not all that can be read can be written again, such as
        what is nested deeply.
        """
        depth, start, name = 0, 0, ""
        sent = before = b""
        for token in _TOKENS.finditer(self.text):
            mark = token[0]
            if mark in _OPEN:
                depth += 1
            elif mark in _CLOSE:
                depth -= 1
                if depth == 1 and name == "body":  # of two, the last is read
                    sent = self.text[start : token.end()]
            elif mark == b":" and depth == 1:
                name, start = orjson.loads(before), token.end()
            before = mark
        return sent.strip()


class _FaultyRow(Exception):  # noqa: N818 it never leaves this file
    def __init__(self, code: str, message: str, param: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.param = code, message, param


def check_rows(batch: Batch, workspace: Workspace) -> tuple[int, list[BatchFault]]:
    """How many requests there are, and why the batch cannot be begun, if it cannot."""
    faults, seen = list[BatchFault](), dict[str, int]()
    try:
        for number, line in _lines(batch, workspace):
            try:
                _see(_row(number, line, batch), seen)
            except _FaultyRow as error:
                faults.append(BatchFault(error.code, error.message, error.param, number))
                if len(faults) == MOST_FAULTS or len(seen) > MOST_ROWS:
                    break
    except DataError as error:
        faults.append(_told(error))
    if not seen and not faults:
        faults.append(BatchFault("empty_file", "The input file has no requests."))
    return len(seen), faults


def _see(row: BatchRow, seen: dict[str, int]) -> None:
    """`seen` holds the lines of the requests before it."""
    first = seen.setdefault(row.custom_id, row.line)
    if first != row.line:
        raise _FaultyRow(
            "duplicate_custom_id",
            f"The custom_id '{row.custom_id}' is that of line {first}, too: each must be unique "
            "within a batch.",
            "custom_id",
        )
    if len(seen) > MOST_ROWS:
        raise _FaultyRow("too_many_tasks", f"A batch has at most {MOST_ROWS:,} requests.")


def rows_of(batch: Batch, workspace: Workspace) -> Iterator[BatchRow]:
    """Those of a file that has been looked into. Raises DataError where it was changed since."""
    try:
        for number, line in _lines(batch, workspace):
            yield _row(number, line, batch)
    except _FaultyRow as error:
        raise DataError(error.message, where=batch.request.input_file) from error


def _lines(batch: Batch, workspace: Workspace) -> Iterator[tuple[int, bytes]]:
    """Those that are not blank, with their numbers."""
    file = workspace.files.get(batch.request.input_file)
    if file is None:
        raise DataError("the input file has been deleted", where=batch.request.input_file)
    for number, line in enumerate(workspace.files.lines(file, LONGEST_LINE), 1):
        text = line.removeprefix(_BOM) if number == 1 else line
        if text.strip():
            yield number, text


def _row(number: int, line: bytes, batch: Batch) -> BatchRow:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise _FaultyRow(
            "invalid_json_line", f"This line is not parseable as valid JSON: {error}."
        ) from error
    if not isinstance(found, dict):
        raise _FaultyRow("invalid_json_line", "This line is not a JSON object.")
    for key in _KEYS:
        if found.get(key) is None:
            raise _FaultyRow(
                "missing_required_parameter", f"Missing required parameter: '{key}'.", key
            )
    for key in found.keys() - set(_KEYS):
        raise _FaultyRow("unknown_parameter", f"Unknown parameter: '{key[:40]}'.", key[:40])
    custom_id, method, url, body = (found[key] for key in _KEYS)
    if not isinstance(custom_id, str) or not 1 <= len(custom_id) <= LONGEST_ID:
        raise _FaultyRow(
            "invalid_custom_id",
            f"A custom_id is a text of 1 to {LONGEST_ID} characters.",
            "custom_id",
        )
    if method != "POST":
        raise _FaultyRow("invalid_method", "The method of every request is POST.", "method")
    if url != batch.request.endpoint:
        raise _FaultyRow(
            "url_mismatch",
            f"The URL of this request is not the batch's endpoint, {batch.request.endpoint}.",
            "url",
        )
    if not isinstance(body, dict):
        raise _FaultyRow("invalid_body", "The body of a request is a JSON object.", "body")
    return BatchRow(number, custom_id, body, line)


def _told(error: DataError) -> BatchFault:
    """Of the file as a whole, or of a line that is too long, where it says so."""
    line = error.where.rpartition(":")[2]
    return BatchFault(
        "line_too_long" if error.code == "too_large" else error.code,
        str(error),
        line=int(line) if error.code == "too_large" else None,
    )
