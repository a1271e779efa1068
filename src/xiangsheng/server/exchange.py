"""One request on its way through a model: begun, listened to, and ended whatever happens."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from starlette.types import Receive

from xiangsheng.core.errors import XiangshengError
from xiangsheng.core.generation import Chunk, Failure, Outcome, OutcomeKind
from xiangsheng.core.ports import Desk
from xiangsheng.server.bridge import Box
from xiangsheng.server.errors import TOO_MANY, ApiError, invalid, late, of_ours
from xiangsheng.server.state import State
from xiangsheng.verbs.served_models import Listed
from xiangsheng.verbs.serving import Question

KEEP_ALIVE_S = 15.0
"""A stream that has nothing to say says so at least as often."""

_OURS = {"context_length": None, "rendering": "model", "unknown_token": "logit_bias"}
"""Failures that are the client's, and the parameter they are about."""


class ClientGoneError(Exception):
    """Nobody waits for the answer any more."""


class Exchange:
    """Open until it is closed: its rows, and its part of the queue, are its own until then."""

    def __init__(self, state: State, model: Listed, desk: Desk, question: Question) -> None:
        self.state, self.model, self.desk, self.question = state, model, desk, question
        self.created = state.now()
        self._box: Box
        self._withdraw: Callable[[], None] = lambda: None
        self._left = len(question.prompts)
        self._watcher: asyncio.Task[None] | None = None
        self._late: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Raises the API's error where there is no room for it."""
        self.state.crowd.enter(self.question.rows)
        try:
            self._box, put = self.state.bridge.box()
            self._withdraw = self.state.serving.ask(self.desk, self.question, put)
        except BaseException:
            self.state.crowd.leave(self.question.rows)
            raise

    def listen(self, receive: Receive) -> None:
        """From now on it is seen when the client goes, and when the answer takes too long."""
        loop, seconds = asyncio.get_running_loop(), self.state.limits.seconds
        self._watcher = asyncio.create_task(self._watch(receive))
        self._late = loop.call_later(seconds, self._box.put_nowait, late(seconds))

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._box.put_nowait(ClientGoneError())

    @property
    def open(self) -> bool:
        return self._left > 0

    async def events(self) -> Sequence[Chunk | Outcome]:
        """What has come, at least one; nothing when nothing has come for `KEEP_ALIVE_S`.

        Raises ClientGoneError, and ApiError for a failure or an answer that takes too long.
        """
        try:
            async with asyncio.timeout(KEEP_ALIVE_S):
                first = await self._box.get()
        except TimeoutError:
            return ()
        return [self._seen(thing) for thing in (first, *self._waiting())]

    def _waiting(self) -> Iterator[object]:
        with suppress(asyncio.QueueEmpty):
            while True:
                yield self._box.get_nowait()

    def _seen(self, thing: object) -> Chunk | Outcome:
        if isinstance(thing, Exception):
            raise thing
        assert isinstance(thing, Chunk | Outcome)
        if isinstance(thing, Outcome):
            if thing.failure:
                raise _told(thing.failure)
            self._left -= 1
        return thing

    async def outcomes(self) -> Sequence[Outcome]:
        """All of them, in the order of the prompts; raises as `events`."""
        found = dict[int, Outcome]()
        while self.open:
            for event in await self.events():
                if isinstance(event, Outcome):
                    found[self.question.place(event.item)] = event
        return [found[place] for place in sorted(found)]

    def close(self) -> None:
        self._withdraw()
        if self._watcher:
            self._watcher.cancel()
        if self._late:
            self._late.cancel()
        self.state.crowd.leave(self.question.rows)
        self.state.serving.give_back(self.model)


async def begin(state: State, name: str, ask: Callable[[Desk], Question]) -> Exchange:
    """Opens the model where need be and asks; raises ApiError for what cannot be asked."""
    try:
        return await _begun(state, name, ask)
    except ApiError as error:
        if error.status_code == TOO_MANY:
            state.pressure.felt_at = state.clock.monotonic()
        raise


async def _begun(state: State, name: str, ask: Callable[[Desk], Question]) -> Exchange:
    serving = state.serving
    try:
        model = serving.find(name)
        desk = serving.take(model)
        if desk is None:
            desk = await asyncio.to_thread(serving.open, model)
    except XiangshengError as error:
        raise of_ours(error) from error
    try:
        exchange = Exchange(state, model, desk, ask(desk))
        exchange.begin()
    except BaseException:
        serving.give_back(model)
        raise
    return exchange


def _told(failure: Failure) -> ApiError:
    if failure.code in _OURS:
        return invalid(failure.message, _OURS[failure.code], failure.code)
    status = 500 if failure.kind is OutcomeKind.ERROR else 400
    return ApiError(status, failure.message, code=failure.code or None)
