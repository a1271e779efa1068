"""`/v1/fine-tunes`, as in 2022: the same jobs that `ft` makes and looks after."""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.responses import Response

from xiangsheng.core.job import Job, JobRequest
from xiangsheng.server.errors import base_model
from xiangsheng.server.job_stream import JobStream
from xiangsheng.server.state import State
from xiangsheng.server.wire.common import EVENTS, DeletedReply
from xiangsheng.server.wire.fine_tunes import (
    EventsReply,
    FineTuneBody,
    FineTunesReply,
    WholeFineTuneReply,
)
from xiangsheng.verbs.follow import Following
from xiangsheng.verbs.job_views import legacy_events, legacy_view, legacy_whole

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": EventsReply,
        "content": EVENTS,
        "description": "What was said so far; with `stream`, events until the job has ended.",
    }
}


def router(state: State, route_class: type[APIRoute]) -> APIRouter:
    routes = APIRouter(tags=["fine-tunes"], route_class=route_class)
    jobs = state.jobs

    async def whole(verb: Callable[[], Job]) -> dict[str, Any]:
        def called() -> dict[str, Any]:
            job = verb()
            return legacy_whole(job, jobs.events(job.id), jobs.workspace)

        return await asyncio.to_thread(called)

    @routes.post("/fine-tunes", response_model=WholeFineTuneReply)
    async def create(body: FineTuneBody) -> dict[str, Any]:
        body.require_sense()
        request: JobRequest = body.request()
        with base_model(request.model):
            return await whole(lambda: jobs.create(request))

    @routes.get("/fine-tunes", response_model=FineTunesReply)
    async def fine_tunes() -> dict[str, Any]:
        def called() -> list[dict[str, Any]]:
            # As the service listed them: the oldest first.
            return [legacy_view(job, jobs.workspace) for job in reversed(jobs.list()[0])]

        return {"data": await asyncio.to_thread(called)}

    @routes.get("/fine-tunes/{job}", response_model=WholeFineTuneReply)
    async def fine_tune(job: str) -> dict[str, Any]:
        return await whole(lambda: jobs.attended(job))

    @routes.post("/fine-tunes/{job}/cancel", response_model=WholeFineTuneReply)
    async def cancel(job: str) -> dict[str, Any]:
        return await whole(lambda: jobs.cancel(job))

    @routes.get("/fine-tunes/{job}/events", responses=_EVENTS, response_model=None)
    async def events(job: str, *, stream: bool = False) -> Response | dict[str, Any]:
        if stream:
            return await JobStream(state, Following(jobs, job)).begin()
        said = await asyncio.to_thread(jobs.events, job)
        return {"object": "list", "data": legacy_events(said)}

    @routes.delete("/fine-tunes/{job}")
    async def delete(job: str) -> DeletedReply:
        gone = await asyncio.to_thread(jobs.delete, job)
        return DeletedReply(id=gone.legacy_id, object="fine-tune")

    return routes
