"""The events of a job as they come, from the first one on, until the job has ended."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from xiangsheng.core.errors import XiangshengError
from xiangsheng.core.job import Job, JobEvent
from xiangsheng.server.errors import ApiError, of_ours
from xiangsheng.server.events import DONE, KEEP_ALIVE, event
from xiangsheng.server.exchange import KEEP_ALIVE_S
from xiangsheng.server.state import State
from xiangsheng.verbs.follow import EVERY_S, Following
from xiangsheng.verbs.job_views import legacy_events


class JobStream(Response):
    """Closes its connection behind it: the clients of 2022 read on to the end."""

    media_type = "text/event-stream"

    def __init__(self, state: State, following: Following) -> None:
        super().__init__(headers={"cache-control": "no-cache", "x-accel-buffering": "no"})
        self.headers["connection"] = "close"
        del self.headers["content-length"]  # the server sends chunks then, and flushes each
        self._state, self._following = state, following
        self._job: Job
        self._events: Sequence[JobEvent]

    async def begin(self) -> "JobStream":
        """Raises UsageError where there is no such job: the status can still be sent."""
        await self._look()
        return self

    async def _look(self) -> None:
        self._job, self._events = await asyncio.to_thread(self._following.look)

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        gone = asyncio.create_task(_gone(receive))
        try:
            await self._tell(send, gone)
        except XiangshengError as error:
            await _send(send, event(of_ours(error).envelope))
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send, gone: asyncio.Task[None]) -> None:
        told_at = monotonic()
        while not gone.done():
            said = b"".join(map(event, legacy_events(self._events)))
            if self._job.state.ended:
                await _send(send, said + DONE)
                return
            if not said and monotonic() - told_at >= KEEP_ALIVE_S:
                said = KEEP_ALIVE
            if said:
                await _send(send, said)
                told_at = monotonic()
            if self._state.closing.is_set():
                closing = ApiError(503, "The server is closing; the fine-tune goes on.")
                await _send(send, event(closing.envelope))
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(gone), EVERY_S)
            await self._look()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
