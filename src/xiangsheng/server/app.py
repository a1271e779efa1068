"""The app: routers by topic, errors in one shape, a gate before all of it."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from xiangsheng import __version__
from xiangsheng.core.errors import XiangshengError
from xiangsheng.server import errors, validation
from xiangsheng.server.bodies import bounded_route
from xiangsheng.server.gate import Gate
from xiangsheng.server.routes import (
    batches,
    chat,
    completions,
    engines,
    files,
    fine_tunes,
    fine_tuning,
    health,
    models,
)
from xiangsheng.server.state import State
from xiangsheng.server.wire.common import ERRORS

ENVELOPE = 1 << 16
"""Bytes of an upload besides its file."""
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "The key that the server showed when it started.",
}


def make_app(state: State) -> FastAPI:
    """Everything it needs is in `state`; a new topic is a router more in the list."""
    app = FastAPI(
        title="xiangsheng",
        version=__version__,
        summary="Small models for two-person comic dialogue, by the API of their time",
        docs_url=None,  # whose page loads scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # a client's path may begin with two
    )
    limits = state.limits
    json = bounded_route(limits.body, limits.body_seconds)
    upload = bounded_route(limits.upload + ENVELOPE, limits.upload_seconds)
    app.include_router(health.router(state))
    for topic in (
        completions.router(state, json),
        chat.router(state, json),
        models.router(state),
        engines.router(state, json),
        files.router(state, upload),
        fine_tunes.router(state, json),
        fine_tuning.router(state, json),
        batches.router(state, json),
    ):
        app.include_router(topic, prefix="/v1", responses=ERRORS)
    _speak_the_api(app)
    _describe(app)
    app.add_middleware(Gate, key=state.key, new_id=lambda: state.new_id("req_"))
    return app


def make_inner_app(state: State) -> FastAPI:
    """What this server asks of itself, without a key: the completions, as everybody gets them."""
    app = FastAPI(openapi_url=None)
    json = bounded_route(state.limits.body, state.limits.body_seconds)
    for topic in (completions.router(state, json), chat.router(state, json)):
        app.include_router(topic, prefix="/v1")
    _speak_the_api(app)
    return app


def _describe(app: FastAPI) -> None:
    """The framework's own description, with the key that the gate asks for, and without its 422,
    which no route here gives.
    """
    theirs = app.openapi

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = theirs()
            found["components"]["securitySchemes"] = {"key": _BEARER}
            for name, path in found["paths"].items():
                for operation in path.values():
                    operation["responses"].pop("422", None)
                    if name.startswith("/v1/"):
                        operation["security"] = [{"key": []}]
            for unused in ("HTTPValidationError", "ValidationError"):
                found["components"]["schemas"].pop(unused, None)
        return theirs()

    app.openapi = description  # type: ignore[method-assign]


def _speak_the_api(app: FastAPI) -> None:
    """Errors of the framework and of ours, in the API's words."""

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> Response:
        return validation.told(error.errors(), error.body).response

    @app.exception_handler(XiangshengError)
    async def _ours(_request: Request, error: XiangshengError) -> Response:
        return errors.of_ours(error).response

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        if isinstance(error, errors.ApiError):
            return error.response
        said = {
            404: f"Invalid URL ({request.method} {request.url.path})",
            405: f"Not allowed to {request.method} on {request.url.path}.",
        }.get(error.status_code, str(error.detail))
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["allow"] = ", ".join(_methods(request))
        return errors.ApiError(error.status_code, said, headers=headers).response


def _methods(request: Request) -> Sequence[str]:
    """What this path takes: the framework tells only what the first of its routes takes."""
    path = request.scope["route"].path_format  # as its router knows it
    described = request.app.openapi()["paths"]
    found = described.get(f"/v1{path}") or described.get(path, ())
    return [method.upper() for method in found]
