"""A file that lines are added to one by one, each on the disk before the next is begun."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xiangsheng.core.errors import XiangshengError
from xiangsheng.files.atomic import sync_folder, writing_errors

if sys.platform != "win32":
    import fcntl

_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Log:
    """An open log. Its lines end with a line feed; what stands after the last was not finished."""

    path: Path
    descriptor: int

    def read(self) -> bytes:
        size = os.fstat(self.descriptor).st_size
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        data = b""
        while len(data) < size and (more := os.read(self.descriptor, size - len(data))):
            data += more
        return data

    def drop_unfinished(self) -> None:
        """Cuts off what stands after the last whole line."""
        with writing_errors(self.path):
            os.ftruncate(self.descriptor, len(whole_lines(self.read())[0]))

    def append(self, text: str) -> None:
        """One line more, on the disk when this returns; on a full disk the log stays as it was."""
        before = os.fstat(self.descriptor).st_size
        line = f"{text}\n".encode()
        with writing_errors(self.path):
            try:
                written = 0
                while written < len(line):
                    written += os.write(self.descriptor, line[written:])
                os.fsync(self.descriptor)
            except OSError:
                os.ftruncate(self.descriptor, before)
                raise


def whole_lines(data: bytes) -> tuple[bytes, bytes]:
    """A log's whole lines, and what was begun after them."""
    end = data.rfind(b"\n") + 1
    return data[:end], data[end:]


@contextmanager
def open_log(path: Path) -> Iterator[Log]:
    """The log at `path`, made with its folders where there is none, held by this process alone.

    The system lets go of it when the process ends, however it ends; on Windows nobody is held
    off. One that was made and got no line is taken away again. Raises XiangshengError where
    another process has it, DataError where it cannot be written.
    """
    with writing_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        made = not path.exists()
        descriptor = os.open(path, _FLAGS | os.O_CREAT, 0o666)
    try:
        _hold(descriptor, path)
        with writing_errors(path):
            sync_folder(path.parent)
        yield Log(path, descriptor)
    finally:
        if made and not os.fstat(descriptor).st_size:
            path.unlink(missing_ok=True)
        os.close(descriptor)


def _hold(descriptor: int, path: Path) -> None:
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise XiangshengError(
            "another process is adding to it",
            where=str(path),
            hint="wait for it to end, or stop it first",
            code="busy",
        ) from error
