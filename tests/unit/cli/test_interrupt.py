"""Ctrl-C is heard whenever it comes."""

import io
import os
import signal
from typing import Any

from rich.console import Console

from xiangsheng.cli.interrupt import interruptible


class Interrupted(io.FileIO):
    """A file in whose first write Ctrl-C comes, as when progress is being shown."""

    pressed = False

    def write(self, data: Any, /) -> int:
        if not self.pressed:
            self.pressed = True
            os.kill(os.getpid(), signal.SIGINT)
        return super().write(data) or 0


def console(raw: io.FileIO) -> Console:
    return Console(file=io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", line_buffering=True))


def test_it_may_come_while_something_is_written() -> None:
    out, into = os.pipe()
    shown = console(Interrupted(into, "w"))
    with interruptible(shown) as cancelled:
        assert not cancelled()
        shown.print("step 1")
        assert cancelled()
        shown.print("step 2")
    shown.file.close()
    with os.fdopen(out, encoding="utf-8") as reader:
        told = reader.read().splitlines()
    assert sorted(told) == [
        "Stopping: finishing what is in flight. Once more to stop at once.",
        "step 1",
        "step 2",
    ]


def test_nobody_listening_stops_nothing() -> None:
    out, into = os.pipe()
    os.close(out)
    shown = console(io.FileIO(into, "w"))
    with interruptible(shown) as cancelled:
        os.kill(os.getpid(), signal.SIGTERM)
        assert cancelled()
    shown.file.close()


def test_afterwards_ctrl_c_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with interruptible(Console(stderr=True)):
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
