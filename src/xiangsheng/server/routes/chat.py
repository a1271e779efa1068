"""`POST /v1/chat/completions`: parse, ask, serialise."""

from collections.abc import Iterator
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from xiangsheng.core.generation import Chunk, Outcome, Usage
from xiangsheng.core.ports import Desk
from xiangsheng.server.events import EventStream
from xiangsheng.server.exchange import ClientGoneError, Exchange, begin
from xiangsheng.server.state import State
from xiangsheng.server.wire.asking import require_chat, require_fit
from xiangsheng.server.wire.chat import ChatBody, ChatReply, delta, logprobs_of, whole
from xiangsheng.server.wire.common import EVENTS, streams_of, usage_of
from xiangsheng.verbs.serving import Question

_REPLIES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": ChatReply,
        "content": EVENTS,
        "description": "The answers; with `stream`, events as they are written.",
    }
}


def router(state: State, route_class: type[APIRoute]) -> APIRouter:
    routes = APIRouter(tags=["chat"], route_class=route_class)

    @routes.post("/chat/completions", responses=_REPLIES)
    async def chat(body: ChatBody, request: Request) -> Response:
        return await _answer(state, body, request)

    return routes


async def _answer(state: State, body: ChatBody, request: Request) -> Response:
    body.require_sense()
    usage_wanted = streams_of(body.stream, body.stream_options)

    def ask(desk: Desk) -> Question:
        require_chat(desk, chats=True)
        prompt = body.prompt()
        sampling = body.sampling(desk, prompt, state.random())
        require_fit(desk, (prompt,), sampling, state.limits.tokens)
        identity = state.new_id("chatcmpl-")
        return Question(identity, "chat/completions", (prompt,), sampling, bool(body.stream))

    exchange = await begin(state, body.model, ask)
    if body.stream:
        stream = _Stream(exchange, body, usage_wanted=usage_wanted)
        return EventStream(exchange, stream.pieces, stream.ending)
    try:
        exchange.listen(request.receive)
        (outcome,) = await exchange.outcomes()
    except ClientGoneError:
        return Response(status_code=499)
    finally:
        exchange.close()
    choices = [whole(i, one, top=body.top) for i, one in enumerate(outcome.completions)]
    reply = _head(exchange, "chat.completion") | {
        "choices": choices,
        "usage": usage_of([outcome.usage]),
    }
    return Response(orjson.dumps(reply), media_type="application/json")


def _head(exchange: Exchange, kind: str) -> dict[str, Any]:
    return {
        "id": exchange.question.id,
        "object": kind,
        "created": exchange.created,
        "model": exchange.model.wire,
        "system_fingerprint": f"fp_{exchange.desk.digest[:10]}",
    }


class _Stream:
    """What is told of a streamed answer: who speaks, what is said, and why it ended."""

    def __init__(self, exchange: Exchange, body: ChatBody, *, usage_wanted: bool) -> None:
        self._head = _head(exchange, "chat.completion.chunk")
        self._head |= {"usage": None} if usage_wanted else {}
        self._top, self._usage_wanted = body.top, usage_wanted
        self._used = list[Usage]()
        self._told = dict[int, int]()  # tokens by choice

    def pieces(self, event: Chunk | Outcome) -> Iterator[dict[str, Any]]:
        if isinstance(event, Chunk):
            yield from self._opening(event.index)
            said = {"content": event.text}
            yield self._piece(delta(event.index, said, self._logprobs(event.index, event)))
            return
        self._used.append(event.usage)
        for index, completion in enumerate(event.completions):
            yield from self._opening(index)
            rest = completion.logprobs[self._told[index] :]
            told = self._logprobs(index, Chunk(event.item, index, "", rest)) if rest else None
            yield self._piece(delta(index, {}, told, completion.finish.value))

    def ending(self) -> Iterator[dict[str, Any]]:
        if self._usage_wanted:
            yield self._head | {"choices": [], "usage": usage_of(self._used)}

    def _opening(self, index: int) -> Iterator[dict[str, Any]]:
        if index not in self._told:
            self._told[index] = 0
            said = {"role": "assistant", "content": "", "refusal": None}
            yield self._piece(delta(index, said))

    def _logprobs(self, index: int, chunk: Chunk) -> dict[str, Any] | None:
        if self._top is None:
            return None
        self._told[index] += len(chunk.logprobs)
        return logprobs_of(chunk.logprobs)

    def _piece(self, one: dict[str, Any]) -> dict[str, Any]:
        return self._head | {"choices": [one]}
