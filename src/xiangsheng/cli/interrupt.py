"""Ctrl-C: the first asks to finish what is in flight and save, the second ends at once."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from rich.console import Console

from xiangsheng.cli.failures import INTERRUPTED
from xiangsheng.cli.language import say


class Stop:
    """The question «was a stop asked for?», and whether a person's Ctrl-C asked first."""

    def __init__(self) -> None:
        self.signals = list[int]()

    def __call__(self) -> bool:
        return bool(self.signals)

    @property
    def interrupted(self) -> bool:
        return self.signals[:1] == [signal.SIGINT]


@contextmanager
def interruptible(console: Console) -> Iterator[Stop]:
    """SIGTERM asks like Ctrl-C."""
    stop = Stop()

    def ask(number: int, _frame: FrameType | None) -> None:
        stop.signals.append(number)
        if len(stop.signals) > 1:
            # Everything answered is committed or will be asked again: nothing to tidy.
            os._exit(INTERRUPTED)
        _tell(
            console,
            say(
                "Stopping: finishing what is in flight. Once more to stop at once.",
                "正在停止：先完成手头的请求。再按一次立即退出。",
            ),
        )

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell(console: Console, text: str) -> None:
    """Straight to the file: the signal may have come in the middle of a write, and a second one
    within it is an error.
    """
    with suppress(OSError):  # nobody listens
        os.write(console.file.fileno(), f"{text}\n".encode())
