"""`GET /v1/models`, and `GET` and `DELETE /v1/models/{id}`."""

import asyncio
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from xiangsheng.server.state import State
from xiangsheng.server.wire.common import DeletedReply
from xiangsheng.verbs.job_views import OWNER
from xiangsheng.verbs.served_models import Listed, on_the_wire
from xiangsheng.verbs.stored_models import delete_model


class ModelReply(BaseModel):
    """`root` and `parent` are of 2022: what a tuned model was tuned from."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str
    permission: list[Any] = []
    root: str
    parent: str | None


class ModelsReply(BaseModel):
    object: Literal["list"] = "list"
    data: list[ModelReply]


def router(state: State) -> APIRouter:
    routes = APIRouter(tags=["models"])

    @routes.get("/models")
    async def models() -> ModelsReply:
        found = await asyncio.to_thread(state.serving.models)
        return ModelsReply(data=[reply(model) for model in found])

    @routes.get("/models/{model:path}")
    async def model(model: str) -> ModelReply:
        return reply(await asyncio.to_thread(state.serving.find, model))

    @routes.delete("/models/{model:path}")
    async def delete(model: str) -> DeletedReply:
        jobs = state.jobs
        gone = await asyncio.to_thread(delete_model, model, jobs.workspace, jobs.clock)
        return DeletedReply(id=on_the_wire(gone.name), object="model")

    return routes


def reply(model: Listed) -> ModelReply:
    parent = on_the_wire(model.base) if model.base else None
    return ModelReply(
        id=model.wire,
        created=model.created,
        owned_by="user" if parent else OWNER,
        root=parent or model.wire,
        parent=parent,
    )
