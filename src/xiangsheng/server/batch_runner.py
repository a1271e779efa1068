"""Who answers a home's batches: one of its servers, as long as that one lives."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from filelock import FileLock, Timeout

from xiangsheng.core.errors import LeaseLostError, XiangshengError
from xiangsheng.server.batch_answering import Answering
from xiangsheng.server.state import State
from xiangsheng.server.threads import to_its_end
from xiangsheng.store.batch_leases import Turn
from xiangsheng.store.job_leases import Owner
from xiangsheng.verbs.batch_work import settle
from xiangsheng.verbs.owners import owner_of

POLL_S = 0.5
"""How often an idle server looks for a batch, and whether it may."""
TROUBLE_S = 3.0
"""How long a server waits after trouble: with the lock, with who it is, or with a batch."""
NAME = "batches"
log = logging.getLogger("xiangsheng.server")


class BatchRunner:
    """The lock says which server it is; the lease of each batch, that it still is."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._workspace = state.jobs.workspace
        self._leases = self._workspace.batch_leases(state.clock)

    async def run(self) -> None:
        """Until the server is to end; where it cannot be known who answers, that is tried again."""
        lock = FileLock(self._workspace.home.jobs / f"{NAME}.lock", timeout=0)
        while not self._state.closing.is_set():
            try:
                await self._held(lock)
            except Timeout:
                await asyncio.sleep(POLL_S)
            except Exception as error:  # noqa: BLE001 it is told, and tried again
                _tell("batches are not answered now", error)
                await asyncio.sleep(TROUBLE_S)

    async def _held(self, lock: FileLock) -> None:
        """Raises Timeout where another server has the lock."""
        with lock:
            owner = owner_of(self._workspace.home.jobs, NAME, NAME)
            async with asyncio.TaskGroup() as hands:  # which leaves when both have
                hands.create_task(self._again(self._answer, owner))
                hands.create_task(self._again(self._settle, owner))

    async def _again(self, one: Callable[[Owner], Awaitable[bool]], owner: Owner) -> None:
        """Does what there is, one after the other; trouble with one must not end the others."""
        while not self._state.closing.is_set():
            try:
                if not await one(owner):
                    await asyncio.sleep(POLL_S)
            except Exception as error:  # noqa: BLE001 the others are to be answered all the same
                _tell("a batch is left until its lease is void", error)
                await asyncio.sleep(TROUBLE_S)

    async def _answer(self, owner: Owner) -> bool:
        claim = await asyncio.to_thread(self._leases.claim, owner, Turn.ANSWER)
        if claim:
            await Answering(self._state, claim).run()
        return claim is not None

    async def _settle(self, owner: Owner) -> bool:
        claim = await asyncio.to_thread(self._leases.claim, owner, Turn.SETTLE)
        if claim:
            try:
                await to_its_end(partial(settle, claim, self._workspace, self._state.clock))
            except LeaseLostError as error:
                log.warning("%s", error)
        return claim is not None


def _tell(what: str, error: Exception) -> None:
    """A traceback only where it is a fault of ours: a database may be away for an hour."""
    if isinstance(error, XiangshengError):
        log.warning("%s: %s", what, error)
    else:
        log.error("%s", what, exc_info=error)
