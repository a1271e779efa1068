"""The server as its own client: a request that no socket brought, on the path of all others."""

import asyncio
import logging
from dataclasses import dataclass, replace

from starlette.types import Message, Scope

from xiangsheng.server.app import make_inner_app
from xiangsheng.server.errors import ApiError
from xiangsheng.server.state import Pressure, State

SHARE = 8
"""What is asked from inside has this part of the room, and besides, not within, that of clients."""
log = logging.getLogger("xiangsheng.server")


@dataclass(frozen=True, slots=True)
class Reply:
    id: str
    status: int
    body: bytes


class Inside:
    """For the event loop. `gone` is set when nobody waits for any answer any more."""

    def __init__(self, state: State, gone: asyncio.Event) -> None:
        limits = replace(state.limits, crowd=state.limits.rows // SHARE)
        self._app = make_inner_app(replace(state, limits=limits, pressure=Pressure()))
        self._new_id, self._gone = state.new_id, gone

    async def post(self, path: str, body: bytes) -> Reply:
        """Whatever goes wrong is a reply, too."""
        identity = self._new_id("req_")
        sent = _Sent(body, self._gone)
        try:
            await self._app(_scope(path, len(body)), sent.receive, sent.send)
        except Exception:
            log.exception("request %s failed", identity)
            return unexpected(identity)
        return Reply(identity, sent.status, bytes(sent.answer))


def unexpected(identity: str) -> Reply:
    """Of an exception that nobody foresaw, of which the log tells."""
    failed = ApiError(500, f"The server had an error. Its log says more of {identity}.")
    return Reply(identity, failed.status_code, bytes(failed.response.body))


def _scope(path: str, size: int) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(size).encode()),
        ],
    }


class _Sent:
    """A request and what comes back."""

    def __init__(self, body: bytes, gone: asyncio.Event) -> None:
        self._body: bytes | None = body
        self._gone = gone
        self.status, self.answer = 0, bytearray()

    async def receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.answer += message.get("body", b"")
