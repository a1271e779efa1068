"""Counted work and prices → ranges, other ways, and what is missing."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.estimate import Cost, Estimate, Span, Way
from xiangsheng.core.price import UnknownPrice
from xiangsheng.pricing.counted import Asked, count_examples, count_prompts, known_tokens
from xiangsheng.pricing.estimating import Asking, estimate_prompts, estimate_training, together
from xiangsheng.pricing.loading import parse
from xiangsheng.pricing.price_book import Book, open_book
from xiangsheng.tokens.counting import counter_for

CHARACTERS = counter_for("ngram:5")
GPT3 = counter_for("davinci")
LOG = date(2022, 2, 26)
MINE = """
provider = "mine"

[schedules.peak]
zone = "Z"
between = ["09:00-12:00"]

[[price]]
model = "m"
amounts = { input = "1.00", cached_input = "0.10", output = "4.00", batch_input = "0.50", batch_output = "2.00" }
currency = "USD"
per = "1M"
from = "2026-01-01"
to = "open"

[[price]]
model = "m"
amounts = { input = "2.00", cached_input = "0.20", output = "8.00", batch_input = "1.00", batch_output = "4.00" }
currency = "USD"
per = "1M"
from = "2026-01-01"
to = "open"
hours = "peak"

[[price]]
model = "m"
amounts = { train = "6" }
currency = "CNY"
per = "1M"
from = "2026-01-01"
to = "open"

[[caching]]
models = ["m"]
least = 4
write = "1.25"
"""
BOOK = Book((parse(MINE, "mine.toml", own=True), *open_book().files))


def asking(model: str, on: date = LOG) -> Asking:
    return Asking(BOOK, model, on)


def training(model: str, tokens: int, epochs: int) -> Estimate:
    found = estimate_training(asking(model), GPT3, known_tokens(tokens), epochs)
    assert isinstance(found, Estimate)
    return found


def prompts(*texts: str, on: date, most: int = 10) -> Estimate:
    asked = Asked(texts, most=most)
    found = estimate_prompts(
        asking("mine:m", on), CHARACTERS, count_prompts(CHARACTERS, asked), asked
    )
    assert isinstance(found, Estimate)
    return found


def way(estimate: Estimate, name: str) -> Way:
    return next(way for way in estimate.ways if way.name == name)


@pytest.mark.parametrize(
    ("model", "amount"),
    [("davinci", "120"), ("curie", "12"), ("babbage", "2.4"), ("ada", "1.6")],
)
def test_a_million_tokens_in_four_epochs_on_the_day_of_the_log(model: str, amount: str) -> None:
    cost = training(model, 1_000_000, 4).cost
    assert (cost.low, cost.amount, cost.high) == (Decimal(amount),) * 3
    assert cost.currency == "USD"


def test_what_runs_here_is_free_and_has_no_other_way() -> None:
    found = training("local:davinci", 1_000_000, 4)
    assert found.cost.high == 0
    assert not found.ways


def test_the_range_of_a_day_with_peak_hours_spans_both_prices() -> None:
    found = prompts("abcd", "abcde", on=date(2026, 11, 25))
    assert found.cost.low == Decimal(9) / 1_000_000  # nine tokens, nothing written, off-peak
    assert found.cost.high == Decimal(9 * 2 + 20 * 8) / 1_000_000
    assert any("both prices" in said.en for said in found.assumptions)


def test_ways_with_their_prices() -> None:
    found = prompts("abcd", "abcde", "xyz", on=date(2026, 11, 25))
    # Four tokens come from the cache; five enter it, at a quarter more; three are too few.
    cached = way(found, "cached")
    assert cached.cost
    assert cached.cost.high == Decimal("0.000001") * (
        8 * 2 + Decimal(4) * Decimal("0.2") + 5 * 2 * Decimal("0.25") + 30 * 8
    )
    batch = way(found, "batch")
    assert batch.cost
    assert batch.cost.high == found.cost.high / 2
    assert batch.times_less(found.cost) == 2
    once = way(found, "once")
    assert once.cost
    assert once.cost.low == Decimal("0.000008")


def test_a_way_without_a_price_says_why() -> None:
    asked = Asked(("0:您好\n1:",), most=0)
    found = estimate_prompts(asking("davinci"), GPT3, count_prompts(GPT3, asked), asked)
    assert isinstance(found, Estimate)
    assert way(found, "cached").cost is None
    assert "no prompt cache is known" in way(found, "cached").why.en
    assert "batch price is unknown" in way(found, "batch").why.en


def test_the_script_rendering_of_the_same_lines() -> None:
    pairs = [("0:甲\n1:", "乙\n"), ("0:甲\n1:乙\n0:", "丙\n"), ("0:甲\n1:乙\n0:丙\n1:", "丁\n")]
    turns = count_examples(GPT3, pairs)
    whole = count_examples(GPT3, [("0:", "甲\n1:乙\n0:丙\n1:丁\n")])
    found = estimate_training(asking("davinci"), GPT3, turns, 4, whole)
    assert isinstance(found, Estimate)
    script = way(found, "script")
    assert script.cost
    assert script.cost.amount * turns.total.likely == found.cost.amount * whole.total.likely
    alone = estimate_training(asking("davinci"), GPT3, turns, 4)
    assert isinstance(alone, Estimate)
    assert [w.name for w in alone.ways] == ["once"]


def test_prompts_that_may_not_be_asked_are_not_in_the_least() -> None:
    asked = Asked(("0:您好\n1:",), most=0, sure=False)
    found = estimate_prompts(asking("davinci"), GPT3, count_prompts(GPT3, asked), asked)
    assert isinstance(found, Estimate)
    assert found.cost.low == 0 < found.cost.amount == found.cost.high
    assert any("log-probabilities" in said.en for said in found.assumptions)


def test_an_hour_of_training_cannot_be_estimated() -> None:
    ask = Asking(BOOK, "o4-mini-2025-04-16", date(2026, 1, 1))
    found = estimate_training(ask, GPT3, known_tokens(10), 1)
    assert isinstance(found, UnknownPrice)
    assert "paid by the hour" in found.reason.en


def test_the_currency_is_the_one_that_has_all_prices() -> None:
    ask = Asking(BOOK, "mine:m", date(2026, 11, 25))
    found = estimate_training(ask, GPT3, known_tokens(1_000_000), 1)
    assert isinstance(found, Estimate)
    assert (found.cost.amount, found.cost.currency) == (Decimal(6), "CNY")
    in_usd = estimate_training(Asking(BOOK, "mine:m", LOG, "USD"), GPT3, known_tokens(1), 1)
    assert isinstance(in_usd, UnknownPrice)


def test_two_currencies_are_never_added() -> None:
    one = Cost(Decimal(1), Decimal(1), Decimal(1), "USD")
    with pytest.raises(ValueError, match="cannot add CNY to USD"):
        _ = one + Cost(Decimal(1), Decimal(1), Decimal(1), "CNY")


def test_a_run_is_the_sum_of_its_parts() -> None:
    on = date(2026, 11, 25)
    parts = {"next-line": prompts("abcd", on=on), "last-ten": prompts("abcde", "b", on=on, most=3)}
    found = together("mine:m", parts, 6)
    assert found.items == 3
    assert found.tokens.prompt == Span.of(10)
    assert found.tokens.distinct == 6
    assert found.cost.high == sum(part.cost.high for part in parts.values())
    batch = way(found, "batch")
    assert batch.cost
    assert batch.cost.high * 2 == found.cost.high
    said = [words.en for words in found.assumptions]
    assert len(said) == len(set(said))
    assert any(line.startswith("last-ten: answers: nothing") for line in said)


@given(
    st.lists(st.text("甲乙ab\n:", min_size=1, max_size=12), min_size=1, max_size=6),
    st.integers(0, 9),
)
def test_the_likely_lies_between_the_least_and_the_most(texts: list[str], most: int) -> None:
    found = prompts(*texts, on=date(2026, 11, 25), most=most)
    for cost in (found.cost, *(w.cost for w in found.ways if w.cost)):
        assert Decimal(0) <= cost.low <= cost.amount <= cost.high
    assert found.prompt_cost + found.completion_cost == found.cost.amount
    assert found.tokens.distinct is not None
    assert found.tokens.distinct <= found.tokens.prompt.likely
    once = way(found, "once").cost
    assert once
    assert once.amount <= found.cost.amount
