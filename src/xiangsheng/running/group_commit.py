"""Group commit: rows of any thread, written in their order by one thread, whatever waits in one go."""

from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

from xiangsheng.core.errors import DatabaseAwayError

T = TypeVar("T")
Done = Callable[[Exception | None], None]


class GroupCommit(Generic[T]):
    """`write` takes several rows and returns when they are durable."""

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write = write
        self._inbox: SimpleQueue[tuple[T, Done | None] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="group commit", daemon=True)
        self._thread.start()

    def put(self, row: T, done: Done | None = None) -> None:
        """`done`, which must not raise, hears on the writing thread that it is durable, or why not."""
        self._inbox.put((row, done))

    def close(self) -> None:
        """Returns when all is written."""
        self._inbox.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._inbox.get()) is not None:
            group, last = [first], False
            while not self._inbox.empty():
                if (more := self._inbox.get()) is None:
                    last = True
                    break
                group.append(more)
            for (_, done), failed in zip(group, self._written([r for r, _ in group]), strict=True):
                if done:
                    done(failed)
            if last:
                return

    def _written(self, rows: Sequence[T]) -> Sequence[Exception | None]:
        """Why each row could not be written: one that cannot keeps no other from it.

        Where no row can be, it is not tried with each: every try may take its time.
        """
        try:
            self._write(rows)
        except Exception as error:  # noqa: BLE001 whoever waits must hear of it
            if len(rows) == 1 or isinstance(error, DatabaseAwayError):
                return [error] * len(rows)
            return [failed for row in rows for failed in self._written([row])]
        return [None] * len(rows)
