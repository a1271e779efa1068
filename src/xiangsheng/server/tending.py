"""A job that waits is done, whoever asks after it: nobody has to look at it for a worker to come."""

import asyncio
import logging

from xiangsheng.core.errors import XiangshengError
from xiangsheng.verbs.home_jobs import HomeJobs

EVERY_S = 10.0
"""How long a job whose worker died may stand still."""
log = logging.getLogger("xiangsheng.server")


async def tend(jobs: HomeJobs) -> None:
    """Goes on until it is cancelled. It begins at once: a server may be started for a queue that the
    one before it left.
    """
    while True:
        try:
            await asyncio.to_thread(jobs.tend_all)
        except (XiangshengError, OSError) as error:
            log.warning("no worker could be started for the jobs that wait: %s", error)
        await asyncio.sleep(EVERY_S)
