"""The parts of a long file side by side: the first here, the others in processes of their own.

Only where processes can be forked safely, on Linux and without threads; elsewhere one part is all.
"""

import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from xiangsheng.core.errors import XiangshengError
from xiangsheng.prepare.checking.parts import Part
from xiangsheng.prepare.checking.sources import JsonLines, Source

KEPT = 48 << 20
"""Bytes of a file of which all rows stay in memory, so that they need not be read twice."""
MOST = 4
"""Processes: each takes some memory of its own."""


@dataclass(slots=True)
class Crew:
    here: Part
    away: Sequence["_Away"] = ()

    def each(self, method: str, *arguments: Sequence[Any]) -> list[Any]:
        """What a method of every part gives, in the file's order; of each argument one a part."""
        calls = list(zip(*arguments, strict=True)) if arguments else [()] * (1 + len(self.away))
        for helper, call in zip(self.away, calls[1:], strict=True):
            helper.ask(method, call)
        first = getattr(self.here, method)(*calls[0])
        return [first, *(helper.answer() for helper in self.away)]

    def all(self, method: str, *arguments: Any) -> list[Any]:
        """The same with the same arguments for all."""
        return self.each(method, *([argument] * (1 + len(self.away)) for argument in arguments))


@contextmanager
def crew_of(source: Source) -> Iterator[Crew]:
    """A process a core for a file that is long enough; they end with this."""
    lines = source if isinstance(source, JsonLines) else None
    keeping = lines is not None and lines.size <= KEPT
    parts = [Part(part, keeping) for part in (lines.sections(_cores()) if lines else [source])]
    helpers = list[_Away]()
    try:
        for part in parts[1:]:
            helpers.append(_Away.of(part))
        yield Crew(parts[0], helpers)
    finally:
        # All are told before any is waited for: a later one holds copies of the earlier ones' pipes.
        for helper in helpers:
            helper.close()
        for helper in helpers:
            os.waitpid(helper.process, 0)


def _cores() -> int:
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return min(MOST, len(os.sched_getaffinity(0)))


@dataclass(slots=True)
class _Away:
    """A part in a process of its own, which is asked and answers through two pipes."""

    process: int
    asking: BinaryIO
    answering: BinaryIO
    lost: XiangshengError = field(
        default_factory=lambda: XiangshengError(
            "a process that read a part of the file has ended",
            hint="see whether memory is short, and do the same again",
            code="process",
        )
    )

    @classmethod
    def of(cls, part: Part) -> "_Away":
        asked, asking = os.pipe()
        answering, answered = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if not process:
            os.close(asking)
            os.close(answering)
            _serve(part, os.fdopen(asked, "rb"), os.fdopen(answered, "wb"))
        os.close(asked)
        os.close(answered)
        return cls(process, os.fdopen(asking, "wb"), os.fdopen(answering, "rb"))

    def ask(self, method: str, arguments: Sequence[Any]) -> None:
        try:
            pickle.dump((method, arguments), self.asking)
            self.asking.flush()
        except BrokenPipeError as error:
            raise self.lost from error

    def answer(self) -> Any:
        """Raises what the method raised there."""
        try:
            result = pickle.load(self.answering)  # noqa: S301 from our own process
        except EOFError as error:
            raise self.lost from error
        if isinstance(result, BaseException):
            raise result
        return result

    def close(self) -> None:
        for pipe in (self.asking, self.answering):
            try:
                pipe.close()
            except BrokenPipeError:  # what was asked last reached nobody
                continue


def _serve(part: Part, asked: BinaryIO, answered: BinaryIO) -> None:
    """Answers until nobody can ask any more; Ctrl-C is for whoever asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            method, arguments = pickle.load(asked)  # noqa: S301 from our own process
            try:
                result = getattr(part, method)(*arguments)
            except Exception as error:  # noqa: BLE001 it is raised again where it was asked for
                result = error
            pickle.dump(result, answered)
            answered.flush()
            result = None  # it may be large
    except (EOFError, BrokenPipeError):
        pass
    finally:
        os._exit(0)
