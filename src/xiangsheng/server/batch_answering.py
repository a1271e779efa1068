"""One batch being answered: a few of its requests at a time, each answer durable before the next."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import orjson

from xiangsheng.core.batch import BatchAnswer, BatchFault, BatchState
from xiangsheng.core.errors import DataError, DiskFullError, LeaseLostError, StoreError
from xiangsheng.core.generation import Usage
from xiangsheng.server.errors import AWAY, TOO_MANY, invalid
from xiangsheng.server.inside import Inside, Reply, unexpected
from xiangsheng.server.state import State
from xiangsheng.server.threads import to_its_end
from xiangsheng.store.batch_leases import BatchClaim
from xiangsheng.verbs.batch_input import BatchRow, rows_of
from xiangsheng.verbs.batch_work import fail, row_id
from xiangsheng.verbs.serving import UNWRITTEN

IN_FLIGHT = 16
"""Requests of a batch that are under way at once."""
BEAT_S = 1.0
"""How often the lease is renewed, and the longest it takes to hear that a batch was cancelled."""
AGAIN_S = 0.25
"""How long what was refused for want of room waits before it comes again."""
GIVE_WAY_S = 3.0
"""For so long after a client was refused for want of room no further request is begun."""
GONE = 499
log = logging.getLogger("xiangsheng.server")


class Answering:
    """Requests under way are of one model, so that a batch keeps no more than one open."""

    def __init__(self, state: State, claim: BatchClaim) -> None:
        self._state, self._claim = state, claim
        self._workspace = state.jobs.workspace
        self._leases = self._workspace.batch_leases(state.clock)
        self._gone = asyncio.Event()
        self._inside = Inside(state, self._gone)
        self._asked = set[asyncio.Task[BatchAnswer | None]]()
        self._model = ""

    async def run(self) -> None:
        """Until all is answered, or the batch is cancelled, late or lost, or the server is to end."""
        try:
            if await self._answered_all():
                await asyncio.to_thread(self._leases.finalize, self._claim)
            else:
                await asyncio.to_thread(self._leases.release, self._claim)
        except LeaseLostError as error:
            log.warning("%s", error)
        except DataError as error:
            await self._stopped()
            fault = BatchFault(error.code, str(error))
            await to_its_end(
                partial(fail, self._claim, [fault], self._workspace, self._state.clock)
            )
        finally:
            self._gone.set()

    async def _answered_all(self) -> bool:
        rows = await asyncio.to_thread(self._unanswered)
        row = await asyncio.to_thread(next, rows, None)
        while row or self._asked:
            while row and self._has_room(row):
                self._ask(row)
                row = await asyncio.to_thread(next, rows, None)
            if await self._keep(await self._some()) is not BatchState.IN_PROGRESS or self._over():
                await self._stopped()
                return False
        return True

    def _unanswered(self) -> Iterator[BatchRow]:
        done = self._leases.answered(self._claim)
        rows = rows_of(self._claim.batch, self._workspace)
        return (row for row in rows if row.line not in done)

    def _has_room(self, row: BatchRow) -> bool:
        clock = self._state.clock
        if clock.monotonic() - self._state.pressure.felt_at < GIVE_WAY_S:
            return False
        same = _model_of(row) == self._model
        return not self._asked or (same and len(self._asked) < IN_FLIGHT)

    def _ask(self, row: BatchRow) -> None:
        self._model = _model_of(row)
        self._asked.add(asyncio.create_task(self._answer(row)))

    async def _some(self) -> Sequence[BatchAnswer]:
        """What has been answered, at least one; nothing when nothing was for `BEAT_S`."""
        if not self._asked:
            await asyncio.sleep(AGAIN_S)
            return ()
        done, self._asked = await asyncio.wait(
            self._asked, timeout=BEAT_S, return_when=asyncio.FIRST_COMPLETED
        )
        return [answer for task in done if (answer := task.result())]

    async def _keep(self, answers: Sequence[BatchAnswer]) -> BatchState:
        """Waits as long as the disk is full or the database is in trouble."""
        while True:
            try:
                return await asyncio.to_thread(self._leases.keep, self._claim, answers)
            except LeaseLostError:
                raise
            except (StoreError, DiskFullError) as error:
                if self._state.closing.is_set():
                    raise
                log.warning("%s: %s", self._claim.batch.id, error)
                await asyncio.sleep(BEAT_S)

    def _over(self) -> bool:
        late = self._state.clock.seconds() >= self._claim.batch.expires_at
        return late or self._state.closing.is_set()

    async def _stopped(self) -> None:
        """What is under way is taken back; what came meanwhile is kept."""
        self._gone.set()
        asked, self._asked = self._asked, set()
        answers = [answer for answer in await asyncio.gather(*asked) if answer]
        if answers:
            await self._keep(answers)

    async def _answer(self, row: BatchRow) -> BatchAnswer | None:
        """None where it was taken back. Whatever else goes wrong is this request's error alone."""
        try:
            reply = await self._reply(row)
            return None if reply.status == GONE else self._told(row, reply)
        except Exception:
            identity = self._state.new_id("req_")
            log.exception("request %s failed", identity)
            return self._told(row, unexpected(identity))

    def _told(self, row: BatchRow, reply: Reply) -> BatchAnswer:
        body: dict[str, Any] = orjson.loads(reply.body)
        line = {
            "id": row_id(self._claim.batch, row.line),
            "custom_id": row.custom_id,
            "response": {"status_code": reply.status, "request_id": reply.id, "body": body},
            "error": None,
        }
        used = body.get("usage") or {}
        return BatchAnswer(
            row.line,
            reply.status != 200,
            orjson.dumps(line).decode(),
            Usage(used.get("prompt_tokens", 0), used.get("completion_tokens", 0)),
        )

    async def _reply(self, row: BatchRow) -> Reply:
        if row.body.get("stream"):
            refused = invalid("Requests of a batch cannot be streamed.", "stream")
            body = bytes(refused.response.body)
            return Reply(self._state.new_id("req_"), refused.status_code, body)
        path, body = self._claim.batch.request.endpoint, row.sent
        while _may_come_again(reply := await self._inside.post(path, body)):
            if self._gone.is_set():
                return Reply(reply.id, GONE, b"")
            await asyncio.sleep(AGAIN_S)
        return reply


def _model_of(row: BatchRow) -> str:
    """Empty where it names none, whatever stands in its place."""
    model = row.body.get("model")
    return model if isinstance(model, str) else ""


def _may_come_again(reply: Reply) -> bool:
    """Whether there was no room, for the request or on the disk for its answer, or no database."""
    if reply.status == TOO_MANY:
        return True
    return reply.status >= 500 and orjson.loads(reply.body)["error"]["code"] in {UNWRITTEN, AWAY}
