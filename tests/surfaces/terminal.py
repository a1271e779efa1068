"""A terminal of so many columns, with `xiangsheng` in it, and somebody who types."""

import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

PATIENCE_S = 60
_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

# The process owns the terminal, so that Ctrl-C typed there comes to it.
_OWN_AND_RUN = """
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from xiangsheng.cli.main import main
main()
"""


class Terminal:
    """`screen` is all that was shown so far, without colours; lines end with a line feed."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        columns: int = 80,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, columns))
        settings = os.environ | {"TERM": "xterm-256color"} | dict(environment or {})
        self.process = subprocess.Popen(
            [sys.executable, "-c", _OWN_AND_RUN, *arguments],
            cwd=folder,
            env={name: value for name, value in settings.items() if name != "COLUMNS"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.raw = b""
        self.read = 0

    @property
    def screen(self) -> str:
        return _STEERING.sub("", self.raw.decode("utf-8", "replace")).replace("\r\n", "\n")

    def wait_for(self, text: str, patience: float = PATIENCE_S) -> str:
        """Until the text is shown after all that was waited for before; what was shown till then."""
        deadline = time.monotonic() + patience
        while (place := self.screen.find(text, self.read)) < 0:
            ended = self.process.poll() is not None
            if not self._take(0.05) and (ended or time.monotonic() > deadline):
                raise AssertionError(f"no {text!r} in:\n{self.screen[self.read :]}")
        before, self.read = self.screen[self.read : place], place + len(text)
        return before

    def type(self, line: str) -> None:
        self.press(f"{line}\n")

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        """The exit code, with everything read."""
        deadline = time.monotonic() + PATIENCE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            self._take(0.05)
        while self._take(0):
            pass
        code = self.process.wait(timeout=1)
        os.close(self.master)
        return code

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.end()

    def _take(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.master], [], [], seconds)
        data = b""
        if ready:
            with suppress(OSError):  # the other side is closed
                data = os.read(self.master, 65536)
        self.raw += data
        return bool(data)
