"""Following a job: everything it has said, what it goes on to say, and how it stands."""

import time
from collections.abc import Callable, Iterator

from xiangsheng.core.errors import InterruptedRunError
from xiangsheng.core.job import Job, JobEvent
from xiangsheng.verbs.home_jobs import HomeJobs

EVERY_S = 0.25
"""How often there is a look for more."""
TENDED_S = 2.0
"""How often there is a look whether a worker is alive."""


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

    A job whose worker has died gets another one. Raises InterruptedRunError, with the job going
    on, when `cancelled`.
    """
    tended = float("-inf")
    while True:
        job, events = jobs.table.look(name, after)
        for event in events:
            yield event
            after = event.number
        yield job
        if job.state.ended:
            return
        if cancelled():
            raise InterruptedRunError(
                f"{job.legacy_id} goes on",
                hint=f"follow it again: xiangsheng ft follow {job.legacy_id}",
            )
        if jobs.clock.monotonic() - tended >= TENDED_S:
            jobs.tend(job)
            tended = jobs.clock.monotonic()
        sleep(EVERY_S)
