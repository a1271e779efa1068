"""Following a job of a service: by asking again and again, through whatever happens to the connection."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xiangsheng.backends.hosted.jobs import HostedJobs
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import ServiceError
from xiangsheng.core.events import Note
from xiangsheng.core.job import Job, JobEvent

PASSING = {"unreachable", "service_failed", "rate_limited"}
"""What may be over in a while."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds: between two looks, between two when the service is lost, and until it is given up."""

    every: float = 2.0
    lost: float = 15.0
    most: float = 1800.0


def follow_service(
    jobs: HostedJobs,
    name: str,
    clock: Clock,
    draw: Callable[[], float],
    *,
    sleep: Callable[[float], None] = time.sleep,
    rhythm: Rhythm = Rhythm(),
) -> Iterator[JobEvent | Job | Note]:
    """As `follow` of the home: every event once, the oldest first, and the job; the last is the
    ended job. Notes say when the service is lost, and when it is there again.

    Raises ServiceError when it is lost for too long, and at once for what does not pass.
    """
    told, lost_at = 0, None
    while True:
        try:
            job, events = jobs.look(name, told)
        except ServiceError as error:
            now = clock.monotonic()
            lost_at, is_new = (now, True) if lost_at is None else (lost_at, False)
            if error.code not in PASSING or now - lost_at >= rhythm.most:
                raise
            if is_new:
                yield Note(f"{error.message}; the job goes on, and so do the tries", warning=True)
            sleep(_about(rhythm.lost, draw))
            continue
        if lost_at is not None:
            lost_at = None
            yield Note(f"{jobs.http.service.name} is there again")
        told += len(events)
        yield from events
        yield job
        if job.state.ended:
            return
        sleep(_about(rhythm.every, draw))


def _about(seconds: float, draw: Callable[[], float]) -> float:
    """Half to all of it: a service that comes back is not asked by everybody at one moment."""
    return seconds * (0.5 + draw() / 2)
