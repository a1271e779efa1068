"""Server-sent events, in the dialect of 2022: `data:` lines, blank lines, and nothing else."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from xiangsheng.core.generation import Chunk, Outcome
from xiangsheng.server.errors import ApiError
from xiangsheng.server.exchange import ClientGoneError, Exchange

DONE = b"data: [DONE]\n\n"
KEEP_ALIVE = b"\n"
"""A bare line: comments broke the clients of before 2023."""

Pieces = Callable[[Chunk | Outcome], Iterable[Mapping[str, Any]]]
"""What a chunk or an outcome becomes: whole events, in their order."""


class EventStream(Response):
    """Sends an exchange as it goes, and closes it. `ending` gives the last events."""

    media_type = "text/event-stream"

    def __init__(
        self,
        exchange: Exchange,
        pieces: Pieces,
        ending: Callable[[], Iterable[Mapping[str, Any]]],
    ) -> None:
        super().__init__(headers={"cache-control": "no-cache", "x-accel-buffering": "no"})
        del self.headers["content-length"]  # the server sends chunks then, and flushes each
        self._exchange, self._pieces, self._ending = exchange, pieces, ending

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        exchange = self._exchange
        try:
            exchange.listen(receive)
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            await self._send_all(send)
        except ClientGoneError:
            return
        finally:
            exchange.close()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, send: Send) -> None:
        try:
            while self._exchange.open:
                events = await self._exchange.events()
                await _send(send, self._framed(events) if events else KEEP_ALIVE)
            await _send(send, b"".join(map(event, self._ending())) + DONE)
        except ApiError as error:  # the status has long been sent
            await _send(send, event(error.envelope))

    def _framed(self, events: Sequence[Chunk | Outcome]) -> bytes:
        return b"".join(event(piece) for one in events for piece in self._pieces(one))


_BREAKS = {b"\xc2\x85": b"\\u0085", b"\xe2\x80\xa8": b"\\u2028", b"\xe2\x80\xa9": b"\\u2029"}
"""What some clients take for the end of a line."""


def event(data: object) -> bytes:
    """One event of one line, whoever counts the lines."""
    line = orjson.dumps(data)
    for raw, escaped in _BREAKS.items():
        line = line.replace(raw, escaped)
    return b"data: " + line + b"\n\n"


async def _send(send: Send, body: bytes) -> None:
    if body:
        await send({"type": "http.response.body", "body": body, "more_body": True})
