"""Following a job: everything it has said, what it goes on to say, and how it stands."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from xiangsheng.core.errors import InterruptedRunError
from xiangsheng.core.job import Job, JobEvent
from xiangsheng.verbs.home_jobs import HomeJobs

EVERY_S = 0.25
"""How often there is a look for more."""
TENDED_S = 2.0
"""How often there is a look whether a worker is alive."""


@dataclass(slots=True)
class Following:
    """A job, looked at again and again. A job whose worker has died gets another one."""

    jobs: HomeJobs
    name: str
    after: int = 0
    _tended: float = float("-inf")

    def look(self) -> tuple[Job, Sequence[JobEvent]]:
        """The job, and the events since the last look; all of them are told once it has ended."""
        job, events = self.jobs.table.look(self.name, self.after)
        if events:
            self.after = events[-1].number
        if self.jobs.clock.monotonic() - self._tended >= TENDED_S:
            self.jobs.tend(job)
            self._tended = self.jobs.clock.monotonic()
        return job, events


def follow(
    jobs: HomeJobs,
    name: str,
    *,
    after: int = 0,
    cancelled: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[JobEvent | Job]:
    """The events after number `after`, oldest first, and after them the job, again and again until
    it has ended and all was told: the last is the ended job.

    Raises InterruptedRunError, with the job going
    on, when `cancelled`.
    """
    following = Following(jobs, name, after)
    while True:
        job, events = following.look()
        yield from events
        yield job
        if job.state.ended:
            return
        if cancelled():
            raise InterruptedRunError(
                f"{job.legacy_id} goes on",
                hint=f"follow it again: xiangsheng ft follow {job.legacy_id}",
            )
        sleep(EVERY_S)
