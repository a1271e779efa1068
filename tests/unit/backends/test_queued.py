"""A queue for models that answer one request after another."""

from collections.abc import Callable, Iterable, Iterator
from threading import Event

from xiangsheng.backends import fake
from xiangsheng.backends.ngram import NgramDesk, NgramGenerator, NgramModel
from xiangsheng.backends.queued import Queued
from xiangsheng.core.generation import (
    Chunk,
    Finish,
    Outcome,
    OutcomeKind,
    Prompt,
    Request,
    Sampling,
)

PATIENCE_S = 30
LOOP = Sampling(max_tokens=500)


class Heard:
    """What was told, and whether the last of so many outcomes was among it."""

    def __init__(self, outcomes: int = 1) -> None:
        self.events: list[Chunk | Outcome] = []
        self._left, self._done = outcomes, Event()

    def __call__(self, event: Chunk | Outcome) -> None:
        self.events.append(event)
        if isinstance(event, Outcome):
            self._left -= 1
            if not self._left:
                self._done.set()

    def wait(self) -> list[Chunk | Outcome]:
        assert self._done.wait(PATIENCE_S)
        return self.events


def request(item: str, sampling: Sampling = LOOP, *, stream: bool = False) -> Request:
    return Request(item, Prompt("0: 说"), sampling, stream)


def ended(queue: Queued) -> bool:
    thread = queue._thread
    if thread is not None:
        thread.join(PATIENCE_S)
    return queue._thread is None


def test_requests_are_answered_in_their_order_with_chunks_where_asked() -> None:
    queue, heard = Queued(fake.generator("fake:loop")), Heard(3)
    queue.submit([request("a"), request("b", stream=True), request("c")], heard)
    events = heard.wait()
    assert [event.item for event in events if isinstance(event, Outcome)] == ["a", "b", "c"]
    assert {event.item for event in events if isinstance(event, Chunk)} == {"b"}
    assert ended(queue)


class Slow:
    """Says one character at a time, each when it is let."""

    name, digest, price = "slow", "0" * 64, fake.generator("fake:echo").price

    def __init__(self) -> None:
        self.begun, self.go, self.said = Event(), Event(), 0

    def generate(
        self, requests: Iterable[Request], _cancelled: Callable[[], bool]
    ) -> Iterator[Chunk | Outcome]:
        for one in requests:
            self.begun.set()
            for _ in range(one.sampling.max_tokens):
                assert self.go.wait(PATIENCE_S)
                self.said += 1
                yield Chunk(one.item, 0, "啊")
            yield Outcome(one.item, self.name)


def test_who_takes_a_question_back_is_told_nothing_more() -> None:
    slow, gone, stays = Slow(), Heard(), Heard()
    queue = Queued(slow)
    take_back = queue.submit([request("gone", stream=True), request("too")], gone)
    assert slow.begun.wait(PATIENCE_S)
    queue.submit([request("stays", Sampling(max_tokens=3))], stays)
    take_back()
    slow.go.set()
    assert [event.item for event in stays.wait()] == ["stays"]
    assert gone.events == []
    assert slow.said <= 5
    assert ended(queue)


class Broken(Slow):
    def generate(
        self, _requests: Iterable[Request], _cancelled: Callable[[], bool]
    ) -> Iterator[Chunk | Outcome]:
        raise RuntimeError("a wheel came off")


def test_a_model_that_breaks_is_an_outcome() -> None:
    queue, heard = Queued(Broken()), Heard(2)
    queue.submit([request("a"), request("b")], heard)
    for event in heard.wait():
        assert isinstance(event, Outcome)
        assert event.kind is OutcomeKind.ERROR
        assert event.failure is not None
        assert "a wheel came off" in event.failure.message


def test_an_ngram_model_has_its_characters_by_number() -> None:
    model = NgramModel.train(["0: 你好啊，来了。\n1: 来了！"], 3)
    desk = NgramDesk(NgramGenerator("ngram:3", model))
    assert desk.token(0) == "<|endoftext|>"
    numbers = [model.ids[character] for character in "你好"]
    assert [desk.token(number) for number in numbers] == ["你", "好"]
    assert desk.token(len(model.characters)) == model.characters[-1]
    assert desk.token(len(model.characters) + 1) is desk.token(-1) is None
    assert desk.text_of(numbers) == "你好"
    assert desk.text_of([*numbers, 0]) is desk.text_of([10**6]) is desk.text_of([-1]) is None
    assert desk.count(Prompt("0: 你好")) == 5
    heard = Heard()
    desk.submit([request("a", Sampling(max_tokens=4, temperature=0))], heard)
    (outcome,) = heard.wait()
    assert isinstance(outcome, Outcome)
    assert (outcome.model, outcome.completions[0].finish) == ("ngram:3", Finish.LENGTH)
