"""Engines, as models were called before the middle of 2022; some clients still ask for them."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from xiangsheng.server.routes import completions
from xiangsheng.server.state import State
from xiangsheng.server.wire.completions import CompletionBody
from xiangsheng.verbs.served_models import Listed


class EngineReply(BaseModel):
    id: str
    object: Literal["engine"] = "engine"
    owner: str
    ready: bool = True


class EnginesReply(BaseModel):
    object: Literal["list"] = "list"
    data: list[EngineReply]


def router(state: State, route_class: type[APIRoute]) -> APIRouter:
    routes = APIRouter(tags=["engines"], route_class=route_class)

    @routes.get("/engines")
    async def engines() -> EnginesReply:
        found = await asyncio.to_thread(state.serving.models)
        return EnginesReply(data=[_reply(model) for model in found])

    @routes.post("/engines/{engine:path}/completions", responses=completions.REPLIES)
    async def complete(engine: str, body: CompletionBody, request: Request) -> Response:
        return await completions.answer(state, engine, body, request)

    @routes.get("/engines/{engine:path}")
    async def engine(engine: str) -> EngineReply:
        return _reply(await asyncio.to_thread(state.serving.find, engine))

    return routes


def _reply(model: Listed) -> EngineReply:
    return EngineReply(id=model.wire, owner="user" if model.base else "xiangsheng")
