"""`/v1/batches`: files of requests that are answered when there is room."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.routing import APIRoute

from xiangsheng.core.batch import Batch
from xiangsheng.server.state import State
from xiangsheng.server.wire.batches import BatchBody, BatchesReply, BatchReply
from xiangsheng.verbs.home_batches import batch_view

Limit = Annotated[int, Query(ge=1, le=100)]


def router(state: State, route_class: type[APIRoute]) -> APIRouter:
    routes = APIRouter(prefix="/batches", tags=["batches"], route_class=route_class)
    theirs = state.batches

    @routes.post("")
    async def create(body: BatchBody) -> BatchReply:
        most = state.limits.batches
        return _reply(await asyncio.to_thread(theirs.create, body.request(), most))

    @routes.get("")
    async def batches(after: str = "", limit: Limit = 20) -> BatchesReply:
        found, more = await asyncio.to_thread(theirs.list, after, limit)
        data = [_reply(batch) for batch in found]
        return BatchesReply(
            data=data,
            has_more=more,
            first_id=data[0].id if data else None,
            last_id=data[-1].id if data else None,
        )

    @routes.get("/{batch}")
    async def retrieve(batch: str) -> BatchReply:
        return _reply(await asyncio.to_thread(theirs.get, batch))

    @routes.post("/{batch}/cancel")
    async def cancel(batch: str) -> BatchReply:
        return _reply(await asyncio.to_thread(theirs.cancel, batch))

    return routes


def _reply(batch: Batch) -> BatchReply:
    return BatchReply.model_validate(batch_view(batch))
