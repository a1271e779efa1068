"""Tokens of many texts, with what they share counted once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import c3_folder
from xiangsheng.core.rendering import Rendering
from xiangsheng.corpus.study import bundled, study_data
from xiangsheng.prefix.caching import Granularity, cached
from xiangsheng.prefix.forest import Forest
from xiangsheng.prefix.growing import Added
from xiangsheng.prepare.questions import next_line_prompts
from xiangsheng.prepare.render import examples
from xiangsheng.pricing.tokens import distinct, shares
from xiangsheng.tokens.counting import counter_for
from xiangsheng.tokens.estimates import EstimatingCounter, Rates

GPT3 = counter_for("davinci")


def test_a_text_that_goes_on_is_paid_for_once() -> None:
    characters = counter_for("ngram:5")
    texts = ["0:甲\n1:", "0:甲\n1:乙\n0:", "0:甲", "1:"]
    assert list(shares(characters, texts)) == [
        Added(6, 0),
        Added(10, 6),
        Added(3, 3),
        Added(2, 0),
    ]
    assert distinct(characters, iter(texts)) == 6 + 4 + 2


@given(st.lists(st.text(st.sampled_from("您好a 。\n"), max_size=10), max_size=10))
def test_it_is_the_forest_over_all_tokens(texts: list[str]) -> None:
    for counter in (GPT3, counter_for("local:ada"), counter_for("ngram:2")):
        assert distinct(counter, texts) == Forest.of([counter.encode(t) for t in texts]).distinct


@pytest.mark.parametrize("model", ["davinci", "local:ada"])
def test_turns_of_our_own_scripts_are_the_forest_over_all_tokens(model: str) -> None:
    counter = counter_for(model)
    rendered = examples(bundled().train[:6], Rendering())
    for texts in ([e.prompt for e in rendered], [e.prompt + e.completion for e in rendered]):
        encoded = [counter.encode(text) for text in texts]
        assert counter.count_all(texts) == list(map(len, encoded))
        assert distinct(counter, texts) == Forest.of(encoded).distinct


def test_an_estimate_counts_what_no_earlier_text_began_with() -> None:
    counter = EstimatingCounter("some", Rates(2.0, 1.0, 1.0, 1.0, error=0.2))
    texts = ["0:您好\n1:", "0:您好\n1:您\n", "0:您", "0:她"]
    assert list(shares(counter, iter(texts))) == [
        Added(9, 0),
        Added(12, 9),
        Added(4, 4),
        Added(4, 2),
    ]
    assert distinct(counter, texts) == 9 + 3 + 2


def test_a_cache_finds_what_came_before() -> None:
    characters = counter_for("ngram:5")
    requests = list(shares(characters, ["a" * 70, "a" * 130, "a" * 129 + "b", "b" * 200]))
    assert [added.shared for added in requests] == [0, 70, 129, 0]
    assert cached(requests, Granularity(64, 64)) == 64 + 128


@pytest.mark.real_data
def test_the_950_prompts_hold_the_distinct_tokens_that_are_known() -> None:
    rendering = Rendering(header="", space=False)
    prompts = [
        question.prompt.text
        for script in study_data(c3_folder()).test
        for question in next_line_prompts(script, rendering)
    ]
    assert distinct(GPT3, prompts) == 39_994
    assert distinct(GPT3, reversed(prompts)) == 39_994
    assert sum(added.tokens for added in shares(GPT3, prompts)) == 380_111


@pytest.mark.real_data
def test_turns_of_the_real_scripts_repeat_each_token_76_times() -> None:
    rendered = examples(study_data(c3_folder()).train, Rendering())
    tokens = unshared = 0
    for added in shares(GPT3, (example.prompt + example.completion for example in rendered)):
        tokens += added.tokens
        unshared += added.tokens - added.shared
    assert (len(rendered), tokens, unshared) == (34_901, 120_117_464, 1_570_116)
