"""Whether the server is there; the one route that wants no key."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from xiangsheng import __version__
from xiangsheng.server.state import State


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    version: str = __version__


def router(_state: State) -> APIRouter:
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz")
    async def healthz() -> Health:
        return Health()

    return routes
