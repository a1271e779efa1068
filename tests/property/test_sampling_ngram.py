"""The n-gram generator against the slowest obvious sampler, under all parameters at once."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangsheng.backends.ngram import END_OF_TEXT, NgramGenerator, NgramModel, Piece
from xiangsheng.backends.uniform import uniform
from xiangsheng.core.generation import (
    Chunk,
    Completion,
    Finish,
    Outcome,
    Prompt,
    Request,
    Sampling,
    TokenLogprob,
)

MODEL = NgramModel.train(
    ["0: 你好啊。\n1: 您好啊！\n0: 来一段。\n1: 来一段！\n", "0: 好。\n1: 好好好。\n"], 4
).tuned([Piece("0: 包袱呢？\n1: 响了。\n")], 0.6)
GENERATOR = NgramGenerator("ngram:4", MODEL)
TOKENS = [END_OF_TEXT, *MODEL.characters]


@st.composite
def samplings(draw: st.DrawFn) -> Sampling:
    n = draw(st.integers(1, 3))
    return Sampling(
        temperature=draw(st.sampled_from([0.0, 0.3, 1.0, 1.0, 1.7])),
        top_p=draw(st.sampled_from([0.0, 0.4, 0.9, 1.0, 1.0])),
        n=n,
        max_tokens=draw(st.integers(1, 25)),
        presence_penalty=draw(st.sampled_from([-1.5, 0.0, 0.0, 0.7])),
        frequency_penalty=draw(st.sampled_from([-0.5, 0.0, 0.0, 2.0])),
        stop=tuple(draw(st.lists(st.text("\n好。01", min_size=1, max_size=3), max_size=4))),
        logit_bias=draw(st.dictionaries(st.sampled_from(TOKENS), st.floats(-100, 100), max_size=3)),
        best_of=draw(st.none() | st.integers(n, 5)),
        logprobs=draw(st.none() | st.integers(0, 5)),
        seed=draw(st.integers(0, 3)),
    )


REQUESTS = st.builds(
    Request,
    item=st.text(max_size=3),
    prompt=st.builds(Prompt, st.text("01: 好啊来\n丁", max_size=8)),
    sampling=samplings(),
)


def probabilities(chances: list[float], drawn: list[int], asked: Sampling) -> list[float]:
    logits = []
    for token, chance in enumerate(chances):
        logit = math.log(chance) + asked.logit_bias.get(TOKENS[token], 0.0)
        times = drawn.count(token)
        logit -= times * asked.frequency_penalty + (times > 0) * asked.presence_penalty
        logits.append(logit)
    top = max(logits)
    if asked.temperature == 0:
        return [float(token == logits.index(top)) for token in range(len(logits))]
    weights = [math.exp((logit - top) / asked.temperature) for logit in logits]
    weights = [weight / sum(weights) for weight in weights]
    kept: set[int] = set()
    mass = 0.0
    for token in sorted(range(len(weights)), key=lambda token: (-weights[token], token)):
        if mass >= asked.top_p < 1 and kept:
            break
        kept.add(token)
        mass += weights[token]
    total = sum(weights[token] for token in kept)
    return [w / total if token in kept else 0.0 for token, w in enumerate(weights)]


def sample(request: Request, index: int) -> tuple[Completion, float]:
    """Sample `index` and the mean log-probability of what was drawn for it."""
    asked, text = request.sampling, ""
    drawn: list[int] = []
    logprobs: list[TokenLogprob] = []
    total, finish = 0.0, Finish.LENGTH
    for step in range(asked.max_tokens):
        chances = MODEL.distribution(MODEL.read(request.prompt.text + text)).tolist()
        target = uniform(asked.seed, request.item, index, step)
        token = 0
        reached = 0.0
        for token, weight in enumerate(probabilities(chances, drawn, asked)):  # noqa: B007
            reached += weight
            if reached > target:
                break
        total += math.log(chances[token])
        drawn.append(token)
        if token == 0:
            finish = Finish.STOP
            break
        text += TOKENS[token]
        best = sorted(range(len(chances)), key=lambda token: (-chances[token], token))
        top = tuple((TOKENS[t], math.log(chances[t])) for t in best[: asked.logprobs or 0])
        logprobs.append(TokenLogprob(TOKENS[token], math.log(chances[token]), top))
        if ends := [stop for stop in asked.stop if text.endswith(stop)]:
            text, finish = text[: -max(map(len, ends))], Finish.STOP
            break
    shown = tuple(logprobs[: len(text)]) if asked.logprobs is not None else ()
    return Completion(text, finish, shown), total / len(drawn)


def obvious(request: Request) -> tuple[Completion, ...]:
    asked = request.sampling
    samples = [sample(request, index) for index in range(asked.best_of or asked.n)]
    if len(samples) > asked.n:
        samples.sort(key=lambda candidate: -candidate[1])
    return tuple(completion for completion, _ in samples[: asked.n])


def one(request: Request) -> Outcome:
    (outcome,) = GENERATOR.generate([request], lambda: False)
    assert isinstance(outcome, Outcome)
    return outcome


@settings(max_examples=200)
@given(request=REQUESTS)
def test_completions_are_those_of_the_obvious_sampler(request: Request) -> None:
    assert one(request).completions == obvious(request)


def read(text: str, top: int) -> list[tuple[str, float, list[str]]]:
    """Each character, its chance after those before it, and the likeliest in its place; one never
    seen has what the others leave.
    """
    found = []
    for place, character in enumerate(text):
        chances = MODEL.distribution(MODEL.read(text[:place])).tolist()
        known = character in MODEL.characters
        chance = chances[TOKENS.index(character)] if known else 1 - math.fsum(chances)
        best = sorted(range(len(chances)), key=lambda token: (-chances[token], token))
        found.append((character, chance, [TOKENS[token] for token in best[:top]]))
    return found


@given(request=REQUESTS, stream=st.booleans(), nothing=st.booleans())
def test_an_echo_is_the_prompt_read_character_by_character_and_then_the_same(
    *, request: Request, stream: bool, nothing: bool
) -> None:
    prompt, asked = request.prompt.text, replace(request.sampling, echo=True)
    if nothing:
        asked = replace(asked, max_tokens=0)
    echo = one(replace(request, sampling=asked)) if not stream else streamed(request, asked)
    assert echo.usage.prompt_tokens == len(prompt)
    if nothing:
        assert {(c.text, c.finish) for c in echo.completions} == {(prompt, Finish.LENGTH)}
    else:
        assert tuple(without(prompt, c) for c in echo.completions) == one(request).completions
        assert echo.usage == one(request).usage
    for completion in echo.completions:
        spelt = completion.logprobs[: len(prompt)]
        assert [(token.token, [name for name, _ in token.top]) for token in spelt] == (
            []
            if asked.logprobs is None
            else [(c, top) for c, _, top in read(prompt, asked.logprobs)]
        )
        assert [math.exp(token.logprob) for token in spelt] == pytest.approx(
            [chance for _, chance, _ in read(prompt, 0)][: len(spelt)]
        )


def without(prompt: str, echo: Completion) -> Completion:
    """The completion that an echo goes on with."""
    assert echo.text.startswith(prompt)
    assert echo.echoed == len(prompt)
    skipped = len(prompt) if echo.logprobs else 0
    return Completion(echo.generated, echo.finish, echo.logprobs[skipped:])


def streamed(request: Request, asked: Sampling) -> Outcome:
    """The outcome of a stream, whose chunks spell it, the prompt first."""
    shown: dict[int, list[str]] = {}
    stream = replace(request, sampling=asked, stream=True)
    *chunks, outcome = GENERATOR.generate([stream], lambda: False)
    for chunk in chunks:
        assert isinstance(chunk, Chunk)
        shown.setdefault(chunk.index, []).append(chunk.text)
    assert isinstance(outcome, Outcome)
    for index, completion in enumerate(outcome.completions):
        texts = shown.get(index, [])
        assert "".join(texts) == completion.text
        assert texts[:1] == ([request.prompt.text] if request.prompt.text else texts[:1])
    return outcome


@given(requests=st.lists(REQUESTS, max_size=5, unique_by=lambda request: request.item))
def test_a_line_is_the_same_alone_and_in_any_batch(requests: list[Request]) -> None:
    together = {o.item: o for o in GENERATOR.generate(requests, bool) if isinstance(o, Outcome)}
    assert list(together) == [request.item for request in requests]
    for request in requests:
        assert one(request).completions == together[request.item].completions


@given(request=REQUESTS)
def test_no_stop_is_ever_shown_in_text_or_stream(request: Request) -> None:
    shown: dict[int, str] = {}
    for event in GENERATOR.generate([replace(request, stream=True)], lambda: False):
        if isinstance(event, Chunk):
            shown[event.index] = shown.get(event.index, "") + event.text
            assert not any(stop in shown[event.index] for stop in request.sampling.stop)
        else:
            texts = [completion.text for completion in event.completions]
            assert texts == [shown.get(index, "") for index in range(request.sampling.n)]


@given(request=REQUESTS, token=st.sampled_from(TOKENS))
def test_bias_of_minus_100_bans_and_of_plus_100_forces(request: Request, token: str) -> None:
    asked = replace(request.sampling, stop=(), presence_penalty=0.0, frequency_penalty=0.0)
    banned = one(replace(request, sampling=replace(asked, logit_bias={token: -100})))
    forced = one(replace(request, sampling=replace(asked, logit_bias={token: 100})))
    for completion in banned.completions:
        assert token not in completion.text
        if token == END_OF_TEXT:
            assert completion.finish is Finish.LENGTH
    for completion in forced.completions:
        expected = "" if token == END_OF_TEXT else token * asked.max_tokens
        assert completion.text == expected
