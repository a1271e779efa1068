"""Bytes that can be read twice, wherever they come from: a file, a pipe, standard input."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from xiangsheng.core.errors import DataError
from xiangsheng.files.atomic import full_disk


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, or a copy on disk of what can be read only once, which goes when this ends.

    Raises DataError when it is missing, a folder, or cannot be read; DiskFullError for a copy that
    finds no room.
    """
    with _stream(path) as stream:
        if path.is_file() and os.fstat(stream.fileno()).st_size:
            yield stream
        else:
            with spooled(stream, str(path)) as copy:
                yield copy


def _stream(path: Path) -> BinaryIO:
    with reading_errors(str(path)):
        try:
            found = path.exists()
        except ValueError:  # a NUL in the name
            found = False
        if not found:
            raise DataError("no such file", where=str(path), hint="check the path", code="no_file")
        if path.is_dir():
            raise DataError(
                "a folder, not a file", where=str(path), hint="name one file", code="no_file"
            )
        return path.open("rb")


@contextmanager
def reading_errors(where: str) -> Iterator[None]:
    """Within it a system's refusal is DataError."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"cannot be read: {error.strerror or error}",
            where=where,
            hint="check the path and its permissions",
            code="unreadable",
        ) from error


@contextmanager
def spooled(stream: BinaryIO, where: str) -> Iterator[BinaryIO]:
    """A copy of the rest of a stream; small ones stay in memory."""
    with tempfile.SpooledTemporaryFile(max_size=1 << 20) as copy:
        with reading_errors(where), full_disk(where):
            shutil.copyfileobj(stream, copy, 1 << 20)
            copy.seek(0)
        yield copy  # type: ignore[misc] # it reads bytes, as BinaryIO does


@contextmanager
def standard_input() -> Iterator[BinaryIO]:
    """A copy of it; DataError where the shell has closed it."""
    if sys.stdin is None:
        raise DataError("closed", where="standard input", hint="name a file", code="unreadable")
    with spooled(sys.stdin.buffer, "standard input") as copy:
        yield copy
