"""Standard streams that are closed, full, gone or of another encoding stop nothing silently."""

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

from xiangsheng.cli.failures import ERROR, OK, PARTIAL


def prepare() -> None:
    """Gives closed streams a place to write to, and all of them an encoding that has Chinese."""
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
        _silence("stdout")
        return OK
    except OSError as error:
        _silence("stdout")
        _say(f"Error: {error.strerror or error}")
        return PARTIAL if error.errno in (errno.ENOSPC, errno.EDQUOT) else ERROR
    return code


def _silence(name: str) -> None:
    """What is still buffered has nowhere to go; Python would complain of it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), getattr(sys, name).fileno())


def _say(text: str) -> None:
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except OSError:
        _silence("stderr")
