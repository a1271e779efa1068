"""Things that are dear to open and to keep: a few stay open, the one idle for longest goes first."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from xiangsheng.core.errors import BusyError

T = TypeVar("T")


@dataclass(slots=True)
class _Opened(Generic[T]):
    thing: T
    users: int = 0


class Pool(Generic[T]):
    """At most `most` are open at once. For any thread; each is opened once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._opened: OrderedDict[str, _Opened[T]] = OrderedDict()
        self._door, self._opening = Lock(), Lock()

    def take(self, key: str) -> T | None:
        """What is open under `key`, now in use; None where it has to be opened. Never waits."""
        with self._door:
            found = self._opened.get(key)
            if found is None:
                return None
            found.users += 1
            self._opened.move_to_end(key)
            return found.thing

    def open(self, key: str, make: Callable[[], T]) -> T:
        """The same, made first where need be, which may take long.

        Raises BusyError when everything that is open is in use.
        """
        with self._opening:
            if (found := self.take(key)) is not None:
                return found
            self._make_room()
            thing = make()
            with self._door:
                self._opened[key] = _Opened(thing, users=1)
            return thing

    def give_back(self, key: str) -> None:
        with self._door:
            self._opened[key].users -= 1

    def _make_room(self) -> None:
        with self._door:
            idle = [key for key, opened in self._opened.items() if not opened.users]
            while len(self._opened) >= self._most:
                if not idle:
                    raise BusyError(
                        f"all {self._most} models that may be open at once are in use",
                        hint="ask again in a moment, or start the server with a larger --models",
                    )
                del self._opened[idle.pop(0)]
