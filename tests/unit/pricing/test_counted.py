"""Prompts and examples counted: what they hold, what they share, how long answers may be."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.estimate import Span
from xiangsheng.core.price import Caching
from xiangsheng.pricing.counted import Asked, count_examples, count_prompts
from xiangsheng.tokens.counting import counter_for
from xiangsheng.tokens.estimates import EstimatingCounter, Rates

CHARACTERS = counter_for("ngram:5")
ROUGH = EstimatingCounter("rough", Rates(1.0, 1.0, 1.0, 1.0, error=0.1))


def caching(least: int, step: int = 1, *, whole: bool = False) -> Caching:
    return Caching("x", ("*",), least, step, (), whole=whole, write=Decimal(1))


def test_prompts_in_any_order_share_what_they_share() -> None:
    prompts = ("0:甲\n1:", "0:甲\n1:乙\n0:", "0:甲\n1:乙\n0:丙\n1:")
    for given_order in (prompts, prompts[::-1]):
        counted = count_prompts(CHARACTERS, Asked(given_order, most=9))
        assert counted.prompt == Span.of(6 + 10 + 14)
        assert counted.distinct == 14
        assert counted.cached(caching(1)) == (6 + 10, 14)
        assert counted.cached(caching(1, whole=True)) == (6 + 10, 14)
        assert counted.cached(caching(8, 8)) == (8, 10 + 14 - 8)


def test_a_prompt_below_the_least_neither_hits_nor_enters() -> None:
    counted = count_prompts(CHARACTERS, Asked(("aaaa", "aaaab"), most=1))
    assert counted.cached(caching(1024, 128)) == (0, 0)


def test_only_what_is_repeated_whole_counts_where_a_cache_is_so() -> None:
    counted = count_prompts(CHARACTERS, Asked(("abcx", "abcy", "abcyz"), most=1))
    assert counted.cached(caching(1))[0] == 3 + 4
    assert counted.cached(caching(1, whole=True))[0] == 4


def test_answers_are_between_nothing_and_the_most() -> None:
    asked = Asked(("问", "再问"), most=5, copies=3, answers=("四个字呢", "这里一共有八个字"))
    assert count_prompts(CHARACTERS, asked).completion == Span(0, (4 + 5) * 3, 2 * 3 * 5)
    assert count_prompts(CHARACTERS, Asked(("问",), most=5)).completion == Span(0, 5, 5)
    assert count_prompts(CHARACTERS, Asked(("问",), most=5, likely=3)).completion == Span(0, 3, 5)
    assert count_prompts(CHARACTERS, Asked(("问",), most=5, likely=9)).completion == Span(0, 5, 5)
    assert count_prompts(CHARACTERS, Asked(("问",), most=0)).completion == Span(0, 0, 0)


def test_an_estimate_spans_its_error() -> None:
    counted = count_prompts(ROUGH, Asked(("您" * 100,), most=0))
    assert counted.prompt == Span(90, 100, 110)
    examples = count_examples(ROUGH, [("您" * 50, "好" * 50)])
    assert examples.total == Span(90, 100, 110)


def test_examples_are_whole_texts() -> None:
    counted = count_examples(CHARACTERS, [("0:", "甲\n"), ("0:甲\n1:", "乙\n")])
    assert (counted.items, counted.longest, counted.distinct) == (2, 8, 8)
    assert counted.prompt == Span.of(2 + 6)
    assert counted.completion == Span.of(2 + 2)


@given(st.lists(st.text("ab", max_size=6), max_size=8), st.integers(1, 4), st.integers(1, 3))
def test_what_comes_from_a_cache_is_what_some_earlier_prompt_began_with(
    texts: list[str], least: int, step: int
) -> None:
    counted = count_prompts(CHARACTERS, Asked(tuple(texts), most=1))
    order = sorted(texts)
    hits = 0
    for place, text in enumerate(order):
        shared = max((common(text, before) for before in order[:place]), default=0)
        if shared >= least:
            hits += shared - (shared - least) % step
    assert counted.cached(caching(least, step))[0] == hits
    whole = sum(
        max((len(b) for b in order[:place] if text.startswith(b) and len(b) >= least), default=0)
        for place, text in enumerate(order)
    )
    assert counted.cached(caching(least, whole=True))[0] == whole
    assert counted.distinct + counted.cached(caching(1))[0] == counted.prompt.likely


def common(one: str, other: str) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
