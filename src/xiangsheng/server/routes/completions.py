"""`POST /v1/completions`: parse, ask, serialise."""

from collections.abc import Iterator
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from xiangsheng.core.generation import Chunk, Outcome, Usage
from xiangsheng.core.ports import Desk
from xiangsheng.server.errors import invalid
from xiangsheng.server.events import EventStream
from xiangsheng.server.exchange import ClientGoneError, Exchange, begin
from xiangsheng.server.state import State
from xiangsheng.server.wire.asking import require_chat, require_fit
from xiangsheng.server.wire.common import EVENTS, streams_of, usage_of
from xiangsheng.server.wire.completions import (
    CompletionBody,
    CompletionReply,
    choice,
    logprobs_of,
    whole,
)
from xiangsheng.verbs.serving import Question

REPLIES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": CompletionReply,
        "content": EVENTS,
        "description": "The completions; with `stream`, events as they are written.",
    }
}


def router(state: State, route_class: type[APIRoute]) -> APIRouter:
    routes = APIRouter(tags=["completions"], route_class=route_class)

    @routes.post("/completions", responses=REPLIES)
    async def complete(body: CompletionBody, request: Request) -> Response:
        if body.model is None:
            raise invalid("you must provide a model parameter", None)
        return await answer(state, body.model, body, request)

    return routes


async def answer(state: State, model: str, body: CompletionBody, request: Request) -> Response:
    body.require_sense()
    usage_wanted = streams_of(body.stream, body.stream_options)

    def ask(desk: Desk) -> Question:
        require_chat(desk, chats=False)
        prompts, sampling = body.prompts(desk), body.sampling(desk, state.random())
        require_fit(desk, prompts, sampling, state.limits.tokens)
        identity = state.new_id("cmpl-")
        return Question(identity, "completions", prompts, sampling, bool(body.stream))

    exchange = await begin(state, model, ask)
    if body.stream:
        stream = _Stream(exchange, body, usage_wanted=usage_wanted)
        return EventStream(exchange, stream.pieces, stream.ending)
    try:
        exchange.listen(request.receive)
        outcomes = await exchange.outcomes()
    except ClientGoneError:
        return Response(status_code=499)
    finally:
        exchange.close()
    prompts, n = exchange.question.prompts, exchange.question.sampling.n
    choices = [
        whole(
            place * n + index,
            completion,
            prompts[place].text,
            top=body.logprobs,
            bare=body.bare,
        )
        for place, outcome in enumerate(outcomes)
        for index, completion in enumerate(outcome.completions)
    ]
    reply = _head(exchange) | {
        "choices": choices,
        "usage": usage_of([outcome.usage for outcome in outcomes]),
    }
    return Response(orjson.dumps(reply), media_type="application/json")


def _head(exchange: Exchange) -> dict[str, Any]:
    return {
        "id": exchange.question.id,
        "object": "text_completion",
        "created": exchange.created,
        "model": exchange.model.wire,
        "system_fingerprint": f"fp_{exchange.desk.digest[:10]}",
    }


class _Stream:
    """What is told of a streamed completion: every event is a whole object."""

    def __init__(self, exchange: Exchange, body: CompletionBody, *, usage_wanted: bool) -> None:
        self._exchange, self._body = exchange, body
        self._head = _head(exchange) | ({"usage": None} if usage_wanted else {})
        self._usage_wanted = usage_wanted
        self._used = list[Usage]()
        self._told = dict[int, tuple[int, int]]()  # tokens and characters, by choice

    def pieces(self, event: Chunk | Outcome) -> Iterator[dict[str, Any]]:
        question = self._exchange.question
        place, n = question.place(event.item), question.sampling.n
        if isinstance(event, Chunk):
            if not self._body.bare:
                told = self._logprobs(place, place * n + event.index, event)
                yield self._piece(choice(place * n + event.index, event.text, told))
            return
        self._used.append(event.usage)
        for index, completion in enumerate(event.completions):
            number = place * n + index
            before = self._told.get(number, (0, 0))[0]
            rest = () if self._body.bare else completion.logprobs[before:]
            left = Chunk(event.item, index, "", rest)
            logprobs = self._logprobs(place, number, left) if rest else None
            yield self._piece(choice(number, "", logprobs, completion.finish.value))

    def ending(self) -> Iterator[dict[str, Any]]:
        if self._usage_wanted:
            yield self._head | {"choices": [], "usage": usage_of(self._used)}

    def _piece(self, one: dict[str, Any]) -> dict[str, Any]:
        return self._head | {"choices": [one]}

    def _logprobs(self, place: int, number: int, chunk: Chunk) -> dict[str, Any] | None:
        if self._body.logprobs is None:
            return None
        tokens, characters = self._told.get(number, (0, 0))
        start = 0 if self._body.echo else len(self._exchange.question.prompts[place].text)
        first = bool(self._body.echo and not tokens)
        told = logprobs_of(chunk.logprobs, start + characters, self._body.logprobs, first=first)
        self._told[number] = (
            tokens + len(chunk.logprobs),
            characters + sum(len(token.token) for token in chunk.logprobs),
        )
        return told
