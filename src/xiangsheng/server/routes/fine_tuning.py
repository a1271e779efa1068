"""`/v1/fine_tuning/jobs`: the jobs of `fine-tunes`, as they are asked for today."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute

from xiangsheng.core.job import Job
from xiangsheng.server.errors import base_model
from xiangsheng.server.state import State
from xiangsheng.server.wire.fine_tuning import (
    CheckpointReply,
    CheckpointsReply,
    JobBody,
    JobEventReply,
    JobEventsReply,
    JobReply,
    JobsReply,
)
from xiangsheng.verbs.job_views import modern_checkpoint, modern_event, modern_view

Limit = Annotated[int, Query(ge=1, le=1000)]


def router(state: State, route_class: type[APIRoute]) -> APIRouter:
    routes = APIRouter(prefix="/fine_tuning/jobs", tags=["fine-tuning"], route_class=route_class)
    jobs = state.jobs

    async def one(verb: Callable[[str], Job], job: str) -> JobReply:
        return JobReply.model_validate(modern_view(await asyncio.to_thread(verb, job)))

    @routes.post("")
    async def create(body: JobBody) -> JobReply:
        body.require_sense()
        with base_model(body.model):
            made = await asyncio.to_thread(jobs.create, body.request())
        return JobReply.model_validate(modern_view(made))

    @routes.get("")
    async def fine_tuning_jobs(request: Request, after: str = "", limit: Limit = 20) -> JobsReply:
        found, more = await asyncio.to_thread(jobs.list, after, limit, _metadata(request))
        data = [JobReply.model_validate(modern_view(job)) for job in found]
        return JobsReply(data=data, has_more=more)

    @routes.get("/{job}")
    async def retrieve(job: str) -> JobReply:
        return await one(jobs.attended, job)

    @routes.post("/{job}/cancel")
    async def cancel(job: str) -> JobReply:
        return await one(jobs.cancel, job)

    @routes.post("/{job}/pause")
    async def pause(job: str) -> JobReply:
        return await one(jobs.pause, job)

    @routes.post("/{job}/resume")
    async def resume(job: str) -> JobReply:
        return await one(jobs.resume, job)

    @routes.get("/{job}/events")
    async def events(job: str, after: str = "", limit: Limit = 20) -> JobEventsReply:
        found = await asyncio.to_thread(jobs.event_page, job, after, limit)
        data = [JobEventReply.model_validate(modern_event(event)) for event in found.items]
        return JobEventsReply(data=data, has_more=found.more)

    @routes.get("/{job}/checkpoints")
    async def checkpoints(job: str, after: str = "", limit: Limit = 10) -> CheckpointsReply:
        found = await asyncio.to_thread(jobs.checkpoints, job, after, limit)
        data = [CheckpointReply.model_validate(modern_checkpoint(kept)) for kept in found.items]
        return CheckpointsReply(
            data=data,
            has_more=found.more,
            first_id=data[0].id if data else None,
            last_id=data[-1].id if data else None,
        )

    return routes


def _metadata(request: Request) -> dict[str, Any]:
    """`metadata[k]=v`, as clients write a mapping into a query."""
    return {
        name[len("metadata[") : -1]: value
        for name, value in request.query_params.items()
        if name.startswith("metadata[") and name.endswith("]")
    }
