"""Time, handed in by whoever owns it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """`now` gives an aware UTC time, `monotonic` seconds that never go back."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]

    def stamp(self) -> str:
        """ISO 8601 in UTC, to the second."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def seconds(self) -> float:
        """Since 1970."""
        return self.now().timestamp()


SYSTEM_CLOCK = Clock(lambda: datetime.now(UTC), time.monotonic)
