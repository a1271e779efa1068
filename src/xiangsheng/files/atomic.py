"""Atomic writing: a reader sees the old file or the new one, never a part."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xiangsheng.core.errors import DataError, DiskFullError


def write_bytes(path: Path, content: bytes) -> None:
    """Temporary file in the same folder, fsync, rename, fsync of the folder.

    Raises DiskFullError, or DataError when the place cannot be written to.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with _writing_errors(path):
        try:
            with temporary.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """UTF-8, line endings as given."""
    write_bytes(path, text.encode("utf-8"))


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to write to, which becomes `path`, not there before, when all has been written.

    If something fails, nothing of it is left. Raises DataError where it cannot be made.
    """
    making = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with _writing_errors(path):
        making.mkdir(parents=True)
    try:
        yield making
        with _writing_errors(path):
            making.rename(path)
            sync_folder(path.parent)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def sync_file(path: Path) -> None:
    """Makes what others wrote durable."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Makes a rename durable; a no-op where folders cannot be opened (Windows)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def full_disk(where: str) -> Iterator[None]:
    """Within it a full disk or quota is DiskFullError; other trouble passes."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(
                "the disk is full; nothing was half-written",
                where=where,
                hint="make room, then do the same again",
            ) from error
        raise


@contextmanager
def _writing_errors(path: Path) -> Iterator[None]:
    try:
        with full_disk(str(path)):
            yield
    except OSError as error:
        raise DataError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            hint="check that the folder exists and may be written to",
        ) from error
