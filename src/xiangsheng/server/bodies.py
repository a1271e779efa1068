"""Reading a body: bounded in size and time; JSON strictly UTF-8, whatever it holds."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import orjson
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from xiangsheng.server.errors import ApiError, invalid
from xiangsheng.server.validation import NO_JSON


def bounded_route(most: int, seconds: float) -> type[APIRoute]:
    """Routes whose bodies have at most so many bytes, and come within so many seconds."""

    class _Bounded(Request):
        async def stream(self) -> AsyncGenerator[bytes, None]:
            # All of `body`, `json` and `form` read this.
            if int(self.headers.get("content-length") or 0) > most:
                raise _too_large(most)
            pieces, size = super().stream(), 0
            deadline = asyncio.get_running_loop().time() + seconds
            while True:
                try:
                    async with asyncio.timeout_at(deadline):
                        piece = await anext(pieces)
                except StopAsyncIteration:
                    return
                except TimeoutError as error:
                    raise ApiError(408, "The request's body did not come in time.") from error
                size += len(piece)
                if size > most:
                    raise _too_large(most)
                yield piece

        async def json(self) -> Any:
            # It refuses what is nested more than 1,024 deep, lone surrogates, and NaN.
            try:
                return orjson.loads(await self.body())
            except orjson.JSONDecodeError as error:
                raise invalid(NO_JSON, None) from error

    class _BoundedRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
            handle = super().get_route_handler()

            async def bounded(request: Request) -> Response:
                return await handle(_Bounded(request.scope, request.receive))

            return bounded

    return _BoundedRoute


def _too_large(most: int) -> ApiError:
    return ApiError(
        413,
        f"The request's body is larger than {most:,} bytes, which is the most that is taken here.",
        code="request_too_large",
        headers={"connection": "close"},
    )
