"""From the threads of models to the event loop: one hop, one wake-up for all that came meanwhile."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

Box = asyncio.Queue[Any]


class Bridge:
    """Made anywhere; `box` is called on the loop, what it gives on any thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._inbox: deque[tuple[Box, object]] = deque()
        self._called = False

    def box(self) -> tuple[Box, Callable[[object], None]]:
        """A box, and what puts something into it from another thread."""
        self._loop = asyncio.get_running_loop()
        box: Box = asyncio.Queue()
        return box, lambda thing: self._put(box, thing)

    def _put(self, box: Box, thing: object) -> None:
        self._inbox.append((box, thing))
        if not self._called and self._loop is not None:
            self._called = True
            with suppress(RuntimeError):  # the loop has been closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._called = False  # first: what comes from now on calls again
        while self._inbox:
            box, thing = self._inbox.popleft()
            box.put_nowait(thing)
