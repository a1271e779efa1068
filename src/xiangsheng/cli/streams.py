"""Standard streams that are closed, full, gone or of another encoding stop nothing silently."""

import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xiangsheng.cli import failures
from xiangsheng.core.errors import DiskFullError, XiangshengError


class _Unheard(io.FileIO):
    """What it cannot write is dropped: no command fails or stops for want of a listener."""

    def write(self, data: Any, /) -> int:
        size = memoryview(data).nbytes
        try:
            return super().write(data) or size
        except OSError:
            return size


def prepare() -> None:
    """Gives closed streams a place to write to, and all of them an encoding that has Chinese."""
    own = sys.__stderr__
    if own is not None and sys.stderr is own:  # and not what somebody put in its place
        raw = _Unheard(own.fileno(), "w", closefd=False)
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(raw), line_buffering=True)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the shell, as with >&-
            stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 lives as long as we
            setattr(sys, name, stream)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def guarded(command: Callable[[list[str]], int], arguments: list[str]) -> int:
    """The command's exit code, with all of its output written, or with why that was impossible.

    A reader that has gone, as `head` does, is no error.
    """
    try:
        code = command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_output()
        return failures.OK
    except OSError as error:
        from xiangsheng.cli.consoles import errors

        _silence_output()
        failure = _told(error)
        failures.show(failure, errors())
        return failures.exit_code(failure)
    return code


def _told(error: OSError) -> XiangshengError:
    message, where = error.strerror or str(error), str(error.filename or "")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            message, where=where, hint="make room, then give the same command again"
        )
    return XiangshengError(message, where=where)


def _silence_output() -> None:
    """What is still buffered has nowhere to go; Python would complain of it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
