"""What the app is made of: everything that its routes need, handed in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from xiangsheng.core.clock import Clock
from xiangsheng.files.text import LIMIT
from xiangsheng.server.bridge import Bridge
from xiangsheng.server.errors import busy, invalid
from xiangsheng.verbs.home_batches import HomeBatches
from xiangsheng.verbs.home_jobs import HomeJobs
from xiangsheng.verbs.serving import Serving


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of a body, and of an uploaded file; samples of one request, and under way and waiting of
    all, as many where `crowd` is None; tokens of one request, read and written; batches that have not
    ended; seconds until a body must be there, until a file must, and until an answer must.
    """

    body: int = 2 << 20
    upload: int = LIMIT
    rows: int = 1024
    crowd: int | None = None
    tokens: int = 1 << 18
    batches: int = 100
    body_seconds: float = 30.0
    upload_seconds: float = 600.0
    seconds: float = 300.0


class Crowd:
    """Counts the samples under way, and those that wait. Only for the event loop.

    A request of at most `most` samples comes in when nobody else is; together they have `room`.
    """

    def __init__(self, most: int, room: int) -> None:
        self._most, self._room, self.rows = most, room, 0

    def enter(self, rows: int) -> None:
        if rows > self._most:
            raise invalid(
                f"This request asks for {rows:,} samples and this server draws at most {self._most:,} "
                "at once: lower n, best_of or the number of prompts.",
                "n",
                "too_many_samples",
            )
        if self.rows and self.rows + rows > self._room:
            raise busy(
                "That model is currently overloaded with other requests. You can retry your request."
            )
        self.rows += rows

    def leave(self, rows: int) -> None:
        self.rows -= rows


@dataclass(slots=True)
class Pressure:
    """When somebody was last told to come again, by the monotonic clock: what can wait gives way."""

    felt_at: float = float("-inf")


@dataclass(frozen=True, slots=True)
class State:
    """`key` is the SHA-256 of the key; `random` gives 63 random bits; `closing` is set when the
    server is to end, and what would go on for long ends then.
    """

    serving: Serving
    jobs: HomeJobs
    key: bytes
    clock: Clock
    random: Callable[[], int]
    limits: Limits = Limits()
    bridge: Bridge = field(default_factory=Bridge)
    closing: Event = field(default_factory=Event)
    pressure: Pressure = field(default_factory=Pressure)
    crowd: Crowd = field(init=False)

    def __post_init__(self) -> None:
        limits = self.limits
        crowd = Crowd(limits.rows, limits.rows if limits.crowd is None else limits.crowd)
        object.__setattr__(self, "crowd", crowd)

    @property
    def batches(self) -> HomeBatches:
        return HomeBatches(self.jobs.workspace, self.clock)

    def new_id(self, prefix: str) -> str:
        """Unique, and nobody can guess it."""
        return f"{prefix}{(self.random() << 63) | self.random():032x}"

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock.now().timestamp())
