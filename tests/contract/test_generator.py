"""What every Generator promises, whichever model answers."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from slow_generator import differences
from tiny_networks import local, tiny
from xiangsheng.backends import fake
from xiangsheng.backends.local.decode.limits import Limits
from xiangsheng.backends.local.generate import AHEAD, LocalGenerator
from xiangsheng.backends.names import FAKES
from xiangsheng.backends.ngram import NgramGenerator, NgramModel, Piece
from xiangsheng.core.example import Message
from xiangsheng.core.generation import (
    Chunk,
    Completion,
    Finish,
    Outcome,
    OutcomeKind,
    Prompt,
    Request,
    Sampling,
    TokenLogprob,
)
from xiangsheng.core.money import LOCAL
from xiangsheng.core.ports import Generator

BASE = NgramModel.train(
    ["0: 你好啊，来了。\n1: 来了，您好！\n0: 说段相声。\n", "0: 好。\n1: 好！\n"], 3
)
TUNED = BASE.tuned([Piece("0: 包袱响了。\n1: 没响。\n")], 0.7)


def no_wait(_seconds: float) -> None:
    pass


GENERATORS: list[Generator] = [
    NgramGenerator("ngram:3", BASE),
    NgramGenerator("ngram:3:ft-x-2026-01-02-03-04-05-0a1b2c3d", TUNED),
    *(fake.generator(f"fake:{kind}", sleep=no_wait) for kind in FAKES),
    fake.generator("fake:flaky?every=1"),
    local(tiny(loud=True).double(), Limits(rows=2, cells=1000)),
]

pytestmark = pytest.mark.parametrize("generator", GENERATORS, ids=lambda g: g.name)

SAMPLINGS = [
    Sampling(),
    Sampling(temperature=0, max_tokens=40),
    Sampling(temperature=0.7, top_p=0.9, n=3, max_tokens=30, stop=("\n",)),
    Sampling(n=2, best_of=5, logprobs=2, max_tokens=12, stop=("。\n", "\n1:")),
    Sampling(presence_penalty=1.5, frequency_penalty=-0.5, logit_bias={"好": 3.0}, seed=9),
]
REQUESTS = [
    Request(f"script {place}/{turn}", Prompt(text), sampling)
    for place, sampling in enumerate(SAMPLINGS)
    for turn, text in enumerate(["0: 你好啊\n1:", "", "\U0010ffff\ud800陌生\n0:", "0: 说"])
]


def ahead(generator: Generator) -> int:
    """How many requests are taken before their turn at most, where many are answered at once."""
    if isinstance(generator, LocalGenerator):
        return AHEAD * generator.engine.limits.rows
    return 0


def running() -> bool:
    return False


def answer(generator: Generator, requests: Iterable[Request]) -> dict[str, Outcome]:
    """Outcomes by item, without the time they took."""
    outcomes = [o for o in generator.generate(requests, running) if isinstance(o, Outcome)]
    assert all(outcome.latency_s >= 0 for outcome in outcomes)
    return {o.item: Outcome(o.item, o.model, o.completions, o.failure, o.usage) for o in outcomes}


def alike(generator: Generator, ours: Outcome, theirs: Outcome) -> bool:
    """The same, but for what company does to the last digits of a neural log-probability."""
    within = 1e-4 if isinstance(generator, LocalGenerator) else 0.0
    pairs = zip(ours.completions, theirs.completions, strict=True)
    return replace(ours, completions=()) == replace(theirs, completions=()) and not any(
        differences(one, other, within) for one, other in pairs
    )


def test_every_request_has_one_outcome(generator: Generator) -> None:
    outcomes = list(generator.generate(REQUESTS, running))
    assert sorted(outcome.item for outcome in outcomes) == sorted(r.item for r in REQUESTS)
    for outcome in outcomes:
        assert isinstance(outcome, Outcome)
        assert outcome.model == generator.name


def test_an_outcome_is_n_completions_or_a_failure(generator: Generator) -> None:
    outcomes = answer(generator, REQUESTS)
    for request in REQUESTS:
        outcome = outcomes[request.item]
        if outcome.failure is None:
            assert len(outcome.completions) == request.sampling.n
            assert outcome.kind in {OutcomeKind.OK, OutcomeKind.EMPTY, OutcomeKind.TRUNCATED}
        else:
            assert outcome.completions == ()
            assert outcome.failure.message
            assert outcome.kind in {OutcomeKind.REFUSED, OutcomeKind.FILTERED, OutcomeKind.ERROR}


def test_completions_respect_max_tokens_and_stops(generator: Generator) -> None:
    told = [replace(one, sampling=replace(one.sampling, logprobs=0)) for one in REQUESTS]
    outcomes = answer(generator, told)
    for request in REQUESTS:
        for completion in outcomes[request.item].completions:
            tokens = len(completion.logprobs)
            assert len(completion.text) <= tokens <= request.sampling.max_tokens
            assert not any(stop in completion.text for stop in request.sampling.stop)
            if completion.finish is Finish.LENGTH:
                assert tokens == request.sampling.max_tokens


def test_logprobs_come_when_asked_and_spell_the_text(generator: Generator) -> None:
    outcomes = answer(generator, REQUESTS)
    for request in REQUESTS:
        for completion in outcomes[request.item].completions:
            spelt = "".join(token.token for token in completion.logprobs)
            asked = request.sampling.logprobs
            assert spelt == ("" if asked is None else completion.text)
            for token in completion.logprobs:
                assert token.logprob <= 0
                assert len(token.top) <= (asked or 0)
                assert list(token.top) == sorted(token.top, key=lambda top: -top[1])


def echoed(request: Request) -> Request:
    return replace(request, sampling=replace(request.sampling, echo=True))


def test_an_echo_is_the_prompt_and_then_the_same_answer(generator: Generator) -> None:
    plain = answer(generator, REQUESTS)
    for item, outcome in answer(generator, map(echoed, REQUESTS)).items():
        prompt = next(request.prompt.text for request in REQUESTS if request.item == item)
        assert outcome.failure == plain[item].failure
        assert (outcome.kind, outcome.usage) == (plain[item].kind, plain[item].usage)
        assert outcome.generated == plain[item].text
        for echo, completion in zip(outcome.completions, plain[item].completions, strict=True):
            assert echo.text == prompt + completion.text
            assert (echo.generated, echo.finish) == (completion.text, completion.finish)


def test_the_logprobs_of_an_echo_spell_the_prompt_too(generator: Generator) -> None:
    plain = answer(generator, REQUESTS)
    for item, outcome in answer(generator, map(echoed, REQUESTS)).items():
        for echo, completion in zip(outcome.completions, plain[item].completions, strict=True):
            asked = next(r.sampling.logprobs for r in REQUESTS if r.item == item)
            spelt = "".join(token.token for token in echo.logprobs)
            assert spelt == ("" if asked is None else echo.text)
            ours = echo.logprobs[len(echo.logprobs) - len(completion.logprobs) :]
            assert not differences(replace(completion, logprobs=ours), completion, within=1e-4)
            assert all(token.logprob <= 0 for token in echo.logprobs)


def test_an_echo_of_no_tokens_is_the_prompt_alone(generator: Generator) -> None:
    sampling = Sampling(echo=True, max_tokens=0, logprobs=0)
    requests = [replace(request, sampling=sampling) for request in REQUESTS]
    for request, outcome in zip(requests, answer(generator, requests).values(), strict=True):
        for completion in outcome.completions:
            assert completion.text == request.prompt.text
            assert "".join(token.token for token in completion.logprobs) == request.prompt.text
            assert (completion.finish, completion.kind) == (Finish.LENGTH, OutcomeKind.OK)
        assert outcome.usage.completion_tokens == 0


def test_the_prompt_is_the_first_chunk_of_an_echo(generator: Generator) -> None:
    streamed = [replace(echoed(request), stream=True) for request in REQUESTS]
    chunks: dict[tuple[str, int], list[str]] = {}
    for event in generator.generate(streamed, running):
        if isinstance(event, Chunk):
            chunks.setdefault((event.item, event.index), []).append(event.text)
            continue
        prompt = next(request.prompt.text for request in REQUESTS if request.item == event.item)
        for index, completion in enumerate(event.completions):
            texts = chunks.pop((event.item, index), [])
            assert "".join(texts) == completion.text
            assert not prompt or texts[0] == prompt
    assert not chunks


def test_usage_counts_what_was_read_and_drawn(generator: Generator) -> None:
    outcomes = answer(generator, REQUESTS)
    for request in REQUESTS:
        outcome = outcomes[request.item]
        if outcome.failure is not None:
            assert outcome.usage.completion_tokens == 0
            continue
        most = request.sampling.max_tokens * (request.sampling.best_of or request.sampling.n)
        read = outcome.usage.prompt_tokens
        if generator.name.startswith(("ngram:", "fake:")):
            assert read == len(request.prompt.text)
        else:  # their tokens may be parts of a character
            assert read >= len(request.prompt.text)
        assert sum(len(c.text) for c in outcome.completions) <= outcome.usage.completion_tokens
        assert outcome.usage.completion_tokens <= most


def test_an_answer_does_not_depend_on_its_company(generator: Generator) -> None:
    together = answer(generator, REQUESTS)
    reverse = answer(generator, reversed(REQUESTS))
    assert all(alike(generator, reverse[item], together[item]) for item in together)
    for request in REQUESTS[::3]:
        ((item, alone),) = answer(generator, [request]).items()
        assert alike(generator, alone, together[item])


def test_chunks_come_only_when_asked_and_spell_the_completions(generator: Generator) -> None:
    streamed = [Request(r.item, r.prompt, r.sampling, stream=True) for r in REQUESTS]
    streamed += [replace(echoed(r), item=f"{r.item} echoed") for r in streamed]
    texts: dict[tuple[str, int], str] = {}
    logprobs: dict[tuple[str, int], tuple[TokenLogprob, ...]] = {}
    outcomes: dict[str, Outcome] = {}
    for event in generator.generate(streamed, running):
        if isinstance(event, Chunk):
            assert event.item not in outcomes
            assert event.text
            key = (event.item, event.index)
            texts[key] = texts.get(key, "") + event.text
            logprobs[key] = (*logprobs.get(key, ()), *event.logprobs)
            assert texts[key].startswith("".join(token.token for token in logprobs[key]))
        else:
            outcomes[event.item] = event
    plain = answer(generator, [replace(request, stream=False) for request in streamed])
    for item, outcome in outcomes.items():
        assert alike(generator, replace(outcome, latency_s=0), plain[item])
        for index, completion in enumerate(outcome.completions):
            assert texts.pop((item, index), "") == completion.text
            told = logprobs.get((item, index), ())
            assert told == completion.logprobs[: len(told)]
            assert all(not token.token for token in completion.logprobs[len(told) :])
    assert not texts


def test_requests_are_taken_as_they_are_needed(generator: Generator) -> None:
    """One at a time, or as many ahead as are answered together and a bounded number more."""
    taken: list[str] = []

    def requests() -> Iterator[Request]:
        for request in REQUESTS:
            taken.append(request.item)
            yield request

    for done, outcome in enumerate(generator.generate(requests(), running), 1):
        assert isinstance(outcome, Outcome)
        assert done <= len(taken) <= done + ahead(generator)
        assert taken == [request.item for request in REQUESTS[: len(taken)]]
        assert outcome.item in taken


@pytest.mark.parametrize("after", [0, 1, 3])
def test_once_cancelled_no_request_is_taken(generator: Generator, after: int) -> None:
    waiting = iter(REQUESTS)
    answered: list[Chunk | Outcome] = []
    for event in generator.generate(waiting, lambda: len(answered) >= after):
        answered.append(event)  # noqa: PERF402 - the list is looked at while it grows
    taken = len(answered)
    assert sorted(event.item for event in answered) == sorted(
        request.item for request in REQUESTS[:taken]
    )
    assert after <= taken <= after + (after and ahead(generator))
    assert next(waiting) is REQUESTS[taken]


def test_messages_are_answered_or_fail_as_an_outcome(generator: Generator) -> None:
    prompt = Prompt(messages=(Message("system", "对口相声"), Message("user", "你好")))
    outcomes = answer(generator, [Request("chat", prompt, Sampling())])
    assert set(outcomes) == {"chat"}
    if outcomes["chat"].failure is None:
        assert isinstance(outcomes["chat"].completions[0], Completion)


def test_models_here_cost_nothing_and_have_digests_of_their_own(generator: Generator) -> None:
    assert generator.price == LOCAL
    assert len(generator.digest) == 64
    assert generator.digest == generator.digest
    assert sum(other.digest == generator.digest for other in GENERATORS) == 1
