"""The gate before all routes: the key, the request's id and time, and what nobody caught."""

import hmac
import logging
from collections.abc import Callable
from hashlib import sha256
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xiangsheng.server.errors import ApiError

log = logging.getLogger("xiangsheng.server")


class Gate:
    """`key` is the SHA-256 of the key that every route under /v1 wants."""

    def __init__(self, app: ASGIApp, key: bytes, new_id: Callable[[], str]) -> None:
        self._app, self._key, self._new_id = app, key, new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, identity = perf_counter(), self._new_id()
        begun = False

        async def signed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = identity
                headers["openai-processing-ms"] = str(round(1000 * (perf_counter() - started)))
                headers["openai-version"] = "2020-10-01"
            await send(message)

        if refused := self._refused(scope):
            await refused.response(scope, receive, signed)
            return
        try:
            await self._app(scope, receive, signed)
        except Exception:
            log.exception("request %s failed", identity)
            if begun:
                raise
            failed = ApiError(500, f"The server had an error. Its log says more of {identity}.")
            await failed.response(scope, receive, signed)

    def _refused(self, scope: Scope) -> ApiError | None:
        path = str(scope["path"])
        if path != "/v1" and not path.startswith("/v1/"):
            return None
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            return _unauthorized(
                "You didn't provide an API key. You need to provide your API key in an Authorization "
                "header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
                None,
            )
        hashed = sha256(given.strip().encode("utf-8", "surrogatepass")).digest()
        if not hmac.compare_digest(hashed, self._key):
            return _unauthorized(
                "Incorrect API key provided. The key of this server was shown when it was first "
                "started; `xiangsheng serve --new-key` makes another.",
                "invalid_api_key",
            )
        return None


def _unauthorized(message: str, code: str | None) -> ApiError:
    return ApiError(401, message, code=code, headers={"www-authenticate": "Bearer"})
