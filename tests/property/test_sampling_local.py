"""The local generator against the slowest obvious one, under all parameters at once."""

from collections import Counter
from dataclasses import replace
from operator import add

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import slow_generator as slow
from tiny_networks import (
    LOUD,
    NEVER_ENDS,
    TOKENIZER,
    answers,
    local,
    tiny,
)
from xiangsheng.backends.local.decode.limits import Limits
from xiangsheng.core.generation import Chunk, Finish, Outcome, Prompt, Request, Sampling

NETWORK = tiny(loud=True).double()  # so that rounding never decides
GENERATOR = local(NETWORK, Limits(rows=6, cells=1500))
TOKENS = [TOKENIZER.token(token) for token in LOUD]
CHARACTERS = "01: 你好\né😀熹\ud800"
BEFORE = ["", "", "0: 你好，来了您哪，说一段。\n1: 说", "1: 从前有座山，山里有座庙，庙里\n"]
STOPS = "0: 你好来了。\n1！é\ufffd"


@st.composite
def samplings(draw: st.DrawFn) -> Sampling:
    n = draw(st.integers(1, 3))
    echo = draw(st.booleans())
    return Sampling(
        temperature=draw(st.sampled_from([0.0, 0.5, 1.0, 1.0, 2.0])),
        top_p=draw(st.sampled_from([0.0, 0.4, 0.9, 1.0, 1.0])),
        n=n,
        max_tokens=draw(st.integers(0 if echo else 1, 14)),
        presence_penalty=draw(st.sampled_from([-2.0, 0.0, 0.0, 1.3])),
        frequency_penalty=draw(st.sampled_from([-0.7, 0.0, 0.0, 2.0])),
        stop=tuple(draw(st.lists(st.text(STOPS, min_size=1, max_size=2), max_size=4))),
        logit_bias=draw(st.dictionaries(st.sampled_from(TOKENS), st.floats(-100, 100), max_size=3)),
        best_of=draw(st.none() | st.none() | st.integers(n, 4)),
        logprobs=draw(st.none() | st.integers(0, 5)),
        seed=draw(st.integers(0, 3)),
        echo=echo,
    )


REQUESTS = st.builds(
    Request,
    item=st.text(max_size=3),
    prompt=st.builds(
        Prompt, st.builds(add, st.sampled_from(BEFORE), st.text(CHARACTERS, max_size=8))
    ),
    sampling=samplings(),
    stream=st.booleans(),
)


def compared(request: Request, outcome: Outcome) -> list[Finish]:
    """How the completions ended, once they are known to be those of the obvious generator."""
    found = slow.samples(NETWORK, request)
    expected = slow.kept(NETWORK, request, found)
    for ours, theirs in zip(outcome.completions, expected, strict=True):
        assert not slow.differences(ours, theirs, within=1e-9)
    assert outcome.usage.prompt_tokens == len(slow.prompt_tokens(request)) - 1
    assert outcome.usage.completion_tokens == sum(one.usage for one in found)
    return [completion.finish for completion in outcome.completions]


def test_outcomes_are_those_of_the_obvious_generator() -> None:
    ends = Counter[Finish]()

    @settings(max_examples=120)
    @given(st.lists(REQUESTS, min_size=1, max_size=3, unique_by=lambda request: request.item))
    def compare(requests: list[Request]) -> None:
        shown: dict[tuple[str, int], str] = {}
        outcomes: dict[str, Outcome] = {}
        for event in GENERATOR.generate(requests, bool):
            if isinstance(event, Chunk):
                assert event.item not in outcomes
                key = (event.item, event.index)
                shown[key] = shown.get(key, "") + event.text
            else:
                outcomes[event.item] = event
        for request in requests:
            outcome = outcomes.pop(request.item)
            for index, completion in enumerate(outcome.completions):
                streamed = shown.pop((request.item, index), "")
                assert streamed == (completion.text if request.stream else "")
            ends.update(compared(request, outcome))
        assert not outcomes
        assert not shown

    compare()
    assert min(ends[Finish.STOP], ends[Finish.LENGTH]) > 50, ends


LONG = [
    Sampling(max_tokens=110),
    Sampling(max_tokens=110, temperature=0.5, top_p=0.9, frequency_penalty=0.3),
    Sampling(max_tokens=100, temperature=2, presence_penalty=-1, stop=("\n1：", "。")),
    Sampling(max_tokens=90, temperature=0, presence_penalty=0.4, logprobs=2, echo=True),
]


@pytest.mark.parametrize("sampling", LONG, ids=[f"{s.temperature}" for s in LONG])
def test_long_answers_are_those_of_the_obvious_generator(sampling: Sampling) -> None:
    asked = replace(sampling, logit_bias=NEVER_ENDS)
    requests = [Request(text, Prompt(text), asked) for text in ("", "0: 你", "0: 你好\n1:")]
    outcomes = answers(GENERATOR, requests)
    for request in requests:
        compared(request, outcomes[request.item])


@settings(max_examples=30)
@given(request=REQUESTS, token=st.sampled_from(TOKENS))
def test_bias_of_minus_100_bans_and_of_plus_100_forces(request: Request, token: str) -> None:
    asked = replace(
        request.sampling,
        stop=(),
        presence_penalty=0.0,
        frequency_penalty=0.0,
        logprobs=None,
        echo=False,
        max_tokens=6,
    )
    shown = TOKENIZER.decode([TOKENIZER.id_of(token) or 0] * 6)
    for bias in (-100.0, 100.0):
        one = replace(request, sampling=replace(asked, logit_bias={token: bias}), stream=False)
        (outcome,) = answers(GENERATOR, [one]).values()
        for completion in outcome.completions:
            if bias > 0:
                assert completion.text == ("" if token in {"<|endoftext|>", "<|end|>"} else shown)
            elif len(token) == 1:
                assert token not in completion.text
