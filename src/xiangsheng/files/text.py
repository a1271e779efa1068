"""A text file, read whole: its lines as an editor counts them."""

from pathlib import Path

from xiangsheng.core.errors import DataError

LIMIT = 256 * 1024 * 1024
"""Bytes of one file, above which it is refused rather than loaded."""


def split_lines(text: str) -> list[str]:
    """The lines without their ends (LF, CRLF or CR); a last end opens no further line.

    Unlike `str.splitlines`, which also breaks at U+2028, U+0085 and form feeds: those are text.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def read_file(path: Path, limit: int = LIMIT, *, pipes: bool = False) -> bytes:
    """The bytes of a regular file; DataError when it is missing, unreadable or above `limit`.

    `pipes` takes what can be read only once too, as `<(command)` gives it.
    """
    try:
        if not path.is_file() and not (pipes and path.is_fifo()):
            what = "not a file" if path.exists() else "no such file"
            raise DataError(what, where=str(path), hint="check the path", code="no_file")
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except (OSError, ValueError) as error:
        raise DataError(
            f"cannot be read: {error}",
            where=str(path),
            hint="check the path and its permissions",
            code="unreadable",
        ) from error
    if len(data) > limit:
        raise DataError(
            f"larger than {limit:,} bytes", where=str(path), hint="split the file", code="too_large"
        )
    return data
