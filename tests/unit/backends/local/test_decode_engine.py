"""The engine's thread: it ends by itself, its failures are outcomes, and any thread may ask it."""

from collections.abc import Callable, Iterator
from threading import Event, Thread

import pytest
from torch import Tensor

from tiny_networks import NEVER_ENDS, Counting, answers, engine_of, local, shape, tiny
from xiangsheng.backends.local.decode.engine import Engine
from xiangsheng.backends.local.decode.limits import Limits
from xiangsheng.backends.local.generate import AHEAD, LocalGenerator
from xiangsheng.backends.local.network import Network
from xiangsheng.core.generation import Chunk, Outcome, OutcomeKind, Prompt, Request, Sampling

LONG = Sampling(max_tokens=100, logit_bias=NEVER_ENDS)
PATIENCE_S = 60
"""How long a test waits before it fails; nothing here takes that long."""


def request(item: str, sampling: Sampling = LONG, *, stream: bool = False) -> Request:
    return Request(item, Prompt(f"0: {item}"), sampling, stream)


def ended(engine: Engine) -> bool:
    """Waits until the engine's thread has nothing left to do."""
    thread = engine._thread
    if thread is not None:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    return engine._thread is None


class Stumbling(Counting):
    """Fails where `trouble` says so; waits at every step until `gate` is open."""

    def __init__(self, trouble: Callable[["Stumbling"], bool] = lambda _: False) -> None:
        super().__init__(shape())
        self.trouble = trouble
        self.gate = Event()
        self.gate.set()

    def turn(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        turned = super().turn(positions)
        if positions.dim() == 1:
            assert self.gate.wait(PATIENCE_S)
        if self.trouble(self):
            raise RuntimeError("the third wheel came off")
        return turned


def test_the_thread_ends_when_all_is_answered_and_comes_back_when_asked() -> None:
    generator = local(tiny())
    for _ in range(3):
        assert generator.engine._thread is None
        assert len(answers(generator, [request("a"), request("b")])) == 2
        assert ended(generator.engine)


def test_closing_the_answers_half_way_drops_what_is_left() -> None:
    network = Stumbling()
    network.gate.clear()
    generator = local(network, Limits(rows=2, cells=2000))
    events = generator.generate([request(f"{at}", stream=True) for at in range(9)], bool)
    assert isinstance(next(events), Chunk)  # drawn from the prompt: no step was made yet
    events.close()  # type: ignore[attr-defined] # what generate gives is a generator
    network.gate.set()
    assert ended(generator.engine)
    assert network.steps == [2]  # 99 were asked for
    assert not generator.engine._batch.rows
    assert not generator.engine._waiting
    assert answers(generator, [request("after")])["after"].failure is None
    assert ended(generator.engine)


def test_requests_that_fail_to_come_drop_those_taken_before() -> None:
    network = Stumbling()
    network.gate.clear()
    generator = local(network, Limits(rows=2, cells=2000))

    def requests() -> Iterator[Request]:
        yield request("short", Sampling(max_tokens=1, logit_bias=NEVER_ENDS))
        yield from (request(f"{at}") for at in range(3))
        raise OSError("the disk is full")

    events = generator.generate(requests(), bool)
    assert isinstance(next(events), Outcome)
    with pytest.raises(OSError, match="the disk is full"):
        next(events)
    network.gate.set()
    assert ended(generator.engine)
    assert sum(network.steps) <= 2


@pytest.mark.parametrize(
    "trouble",
    [
        lambda network: len(network.read) == 1,  # while prompts are read
        lambda network: len(network.steps) == 1,
        lambda network: len(network.steps) == 70,  # after rows have folded
    ],
    ids=["reading", "first step", "late"],
)
def test_a_failure_of_the_model_is_an_outcome_of_all_under_way_and_the_next_are_answered(
    trouble: Callable[[Stumbling], bool],
) -> None:
    network = Stumbling()
    generator = local(network, Limits(rows=2, cells=2000))
    asked = [request(f"{at}") for at in range(AHEAD * 2)]
    expected = answers(generator, asked)
    assert ended(generator.engine)
    network.sizes.clear()
    network.trouble = trouble
    found = answers(generator, asked)
    assert len(found) == len(asked)
    for outcome in found.values():
        assert outcome.failure is not None
        assert outcome.failure.kind is OutcomeKind.ERROR
        assert outcome.failure.code == "engine"
        assert outcome.failure.message == "the model could not go on: the third wheel came off"
        assert outcome.completions == ()
    assert ended(generator.engine)
    network.trouble = lambda _: False
    again = answers(generator, asked)
    assert all(again[one.item].completions == expected[one.item].completions for one in asked)


def test_what_was_answered_before_a_failure_stays_and_has_no_second_outcome() -> None:
    network = Stumbling(lambda network: len(network.steps) == 10)
    generator = local(network)
    short = request("short", Sampling(max_tokens=4, n=2, logit_bias=NEVER_ENDS))
    echo = request("echo", Sampling(max_tokens=0, echo=True, logprobs=0))
    found = answers(generator, [short, request("long"), echo])
    assert found["short"].failure is None
    assert found["echo"].failure is None
    assert found["long"].failure is not None


@pytest.mark.parametrize(("call", "kinds"), [(1, ["error", "error"]), (2, ["ok", "error"])])
def test_a_failure_before_the_first_step_is_heard_too(
    call: int, kinds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first logits are those of the echo, which is answered before the second are needed."""
    network, calls = Stumbling(), list[Tensor]()

    def broken(states: Tensor) -> Tensor:
        calls.append(states)
        if len(calls) == call:
            raise MemoryError
        return Network.logits(network, states)

    monkeypatch.setattr(network, "logits", broken)
    asked = [
        request("echo", Sampling(max_tokens=0, echo=True, logprobs=0)),
        request("text", Sampling()),
    ]
    found = answers(local(network), asked)
    assert [found[one.item].kind for one in asked] == kinds


def test_many_threads_may_ask_at_once() -> None:
    generator = local(tiny().double(), Limits(rows=5, cells=3000))
    groups = [
        [request(f"{who}/{at}", Sampling(max_tokens=3 + 9 * at, n=1 + at % 2)) for at in range(5)]
        for who in range(8)
    ]
    expected = [answers(generator, group) for group in groups]
    found: list[dict[str, Outcome]] = [{} for _ in groups]

    def ask(who: int) -> None:
        found[who] = answers(generator, groups[who])

    asking = [Thread(target=ask, args=(who,)) for who in range(len(groups))]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(PATIENCE_S)
    for ours, theirs in zip(found, expected, strict=True):
        assert {item: one.completions for item, one in ours.items()} == {
            item: one.completions for item, one in theirs.items()
        }
    assert ended(generator.engine)


def test_one_request_may_be_handed_over_alone() -> None:
    generator = local(tiny())
    heard: list[Chunk | Outcome] = []
    done = Event()

    def reply(event: Chunk | Outcome) -> None:
        heard.append(event)
        if isinstance(event, Outcome):
            done.set()

    generator.submit([request("a", stream=True)], reply)
    assert done.wait(PATIENCE_S)
    (expected,) = answers(generator, [request("a")]).values()
    assert isinstance(heard[-1], Outcome)
    assert heard[-1].completions == expected.completions
    assert "".join(event.text for event in heard[:-1] if isinstance(event, Chunk)) == expected.text
    generator.submit([Request("b", Prompt("长" * 200), LONG)], reply)
    assert isinstance(heard[-1], Outcome)
    assert heard[-1].kind is OutcomeKind.REFUSED
    assert ended(generator.engine)


def test_latency_is_measured_by_the_clock_that_was_given() -> None:
    ticks = iter([10.0, 12.5])
    engine = engine_of(tiny())
    engine._clock = lambda: next(ticks)
    generator = LocalGenerator("local:tiny", engine, "0" * 64, clock=lambda: next(ticks))
    (outcome,) = answers(generator, [request("a", Sampling(max_tokens=2))]).values()
    assert outcome.latency_s == 2.5


def test_what_is_withdrawn_leaves_its_rows_and_the_queue() -> None:
    network = Stumbling()
    network.gate.clear()
    generator = local(network, Limits(rows=2, cells=4000))
    heard: list[Chunk | Outcome] = []
    done = Event()

    def reply(event: Chunk | Outcome) -> None:
        heard.append(event)
        done.set()

    gone = generator.submit([request("gone"), request("too")], heard.append)
    for item in ("waits", "and waits"):
        generator.submit([request(item)], heard.append)()  # taken back at once
    generator.submit([request("stays", Sampling(max_tokens=3))], reply)
    gone()
    network.gate.set()
    assert done.wait(PATIENCE_S)
    assert [event.item for event in heard] == ["stays"]
    assert len(network.steps) < 10
    assert ended(generator.engine)
