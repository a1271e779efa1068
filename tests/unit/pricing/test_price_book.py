"""The shipped book: it loads, its sources resolve, and it says what its sources say."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from xiangsheng.core.price import Kind, Quote, UnknownPrice
from xiangsheng.pricing.loading import parse, shipped
from xiangsheng.pricing.price_book import ANY, Book, open_book

BOOK = open_book()
LOG = date(2022, 2, 26)
TODAY = date(2026, 11, 25)


def amounts(name: str, kind: str, when: date, currency: str = "") -> list[str]:
    found = BOOK.find(name, Kind(kind), when, currency)
    assert isinstance(found, Quote), found
    return [f"{price.per_million.normalize():f}" for price in found.prices]


def unknown(name: str, kind: str, when: date, currency: str = "") -> UnknownPrice:
    found = BOOK.find(name, Kind(kind), when, currency)
    assert isinstance(found, UnknownPrice), found
    return found


def test_every_price_has_a_source_that_can_be_looked_up() -> None:
    files, sources = shipped()
    assert {file.name for file in files} >= {"openai.toml", "deepseek.toml", "dashscope.toml"}
    for price in BOOK.prices:
        assert price.sources, price.place
        for source in price.sources:
            assert sources[source.key] == source
            assert source.where
    for file in files:
        assert all(caching.sources for caching in file.caching)


def test_every_source_serves_something() -> None:
    used = {source.key for price in BOOK.prices for source in price.sources}
    used |= {s.key for file in BOOK.files for caching in file.caching for s in caching.sources}
    told = " ".join(price.note for price in BOOK.prices)
    assert not {key for key in shipped()[1] if key not in used and key not in told}


def test_nothing_but_what_runs_here_is_free() -> None:
    free = {price.provider for price in BOOK.prices if not price.amount}
    assert free == {"local", "ngram", "fake"}
    assert all(price.model == ANY for price in BOOK.prices if price.provider in free)


def test_what_a_batch_or_a_cached_token_costs_is_never_more() -> None:
    plain = {
        (p.name, p.currency, p.term.since, p.hours and p.hours.name, p.kind): p.per_million
        for p in BOOK.prices
        if p.per.tokens
    }
    for (name, currency, since, hours, kind), amount in plain.items():
        other = {"batch_input": "input", "cached_input": "input", "batch_output": "output"}.get(
            kind
        )
        if other and (name, currency, since, hours, Kind(other)) in plain:
            assert amount <= plain[name, currency, since, hours, Kind(other)], name


@pytest.mark.parametrize(
    ("name", "train", "base", "tuned"),
    [
        ("davinci", "30", "60", "120"),
        ("curie", "3", "6", "12"),
        ("babbage", "0.6", "1.2", "2.4"),
        ("ada", "0.4", "0.8", "1.6"),
    ],
)
def test_the_day_of_the_log(name: str, train: str, base: str, tuned: str) -> None:
    assert amounts(name, "train", LOG) == [train]
    assert amounts(name, "input", LOG) == amounts(name, "output", LOG) == [base]
    assert amounts(f"ft:{name}", "output", LOG) == [tuned]
    assert amounts(f"{name}:ft-personal-2022-02-26-08-00-00", "input", LOG) == [tuned]
    quote = BOOK.find(name, Kind.TRAIN, LOG)
    assert isinstance(quote, Quote)
    assert "LOG" in [source.key for source in quote.low.sources]
    cost = quote.low.cost(4_000_000)
    assert cost.amount == Decimal(train) * 4
    assert cost.currency == "USD"


def test_the_cut_of_2022_left_fine_tuning_as_it_was() -> None:
    assert amounts("davinci", "input", date(2022, 8, 31)) == ["60"]
    assert amounts("davinci", "input", date(2022, 9, 1)) == ["20"]
    assert amounts("davinci", "train", date(2023, 1, 1)) == ["30"]
    assert amounts("ft:davinci", "input", date(2023, 1, 1)) == ["120"]


def test_a_price_outside_what_was_seen_is_unknown_and_says_what_is_nearest() -> None:
    before = unknown("davinci", "input", date(2021, 12, 31))
    assert before.reason.en == "not known on 2021-12-31; known from 2022-02-26: 0.0600 USD / 1k"
    assert "2022-02-26" in before.reason.zh
    assert [price.amount for price in before.nearest] == [Decimal("0.0600")]
    after = unknown("davinci", "input", TODAY)
    assert after.reason.en == "not known on 2026-11-25; until 2024-01-04: 0.0200 USD / 1k"
    between = unknown("ft:gpt-3.5-turbo", "input", date(2023, 10, 1))
    assert "until <=2023-11-17" in between.reason.en
    assert "known from 2023-11-17" in between.reason.en


def test_a_promise_that_has_run_out_is_no_price() -> None:
    assert amounts("gpt-5.6-sol", "input", date(2026, 11, 21)) == ["4"]
    assert "last seen on 2026-11-21" in unknown("gpt-5.6-sol", "input", TODAY).reason.en


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("zhipu:glm-5.3", "train", "not in the copy"),
        ("moonshot:kimi-k3", "train", "no public training price"),
        ("deepseek:deepseek-flash", "train", "sells no training"),
        ("dashscope:qwen3.7-plus", "train", "disagree"),
        ("dashscope:qwen-plus-character-2025-11-06", "input", "no copy read"),
        ("ft:gpt-4o-2024-08-06", "batch_input", "nobody could confirm"),
        ("deepseek-chat", "input", "retired on 2026-07-24"),
        ("ollama:qwen3", "input", "no such price"),
        ("nonsense", "input", "no such price"),
    ],
)
def test_what_is_left_out_is_unknown_with_its_reason(name: str, kind: str, reason: str) -> None:
    assert reason in unknown(name, kind, TODAY).reason.en


def test_an_unknown_price_names_models_that_have_one() -> None:
    assert unknown("gpt-4o-mini", "train", TODAY).hint == "openai:gpt-4o-mini-2024-07-18"


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("davinci", "openai:davinci"),
        ("openai:davinci", "openai:davinci"),
        ("DAVINCI", "openai:davinci"),
        ("davinci:ft-org-2022-02-26-08-00-00", "openai:ft:davinci"),
        ("ft:gpt-4o-mini-2024-07-18:org::id", "openai:ft:gpt-4o-mini-2024-07-18"),
        ("openai:ft:gpt-4o-mini-2024-07-18:org:name:id", "openai:ft:gpt-4o-mini-2024-07-18"),
        ("ft:gpt-4o-mini-2024-07-18:org", "openai:ft:gpt-4o-mini-2024-07-18"),
        ("gpt-4o", "openai:gpt-4o"),
        ("deepseek-v4-pro", "deepseek:deepseek-v4-pro"),
        ("dashscope:deepseek-v4-pro", "dashscope:deepseek-v4-pro"),
        ("qwen-plus:thinking", "dashscope:qwen-plus:thinking"),
        ("together:Qwen/Qwen3.5-9B", "together:Qwen3.5-9B"),
        ("together:up-to-16b:sft-lora", "together:up-to-16B:sft-lora"),
        ("local:ada:ft-x-2026-01-31-09-30-00-1a2b3c4d", "local:ft:ada"),
        ("nonsense", "nonsense"),
    ],
)
def test_names_as_people_and_services_write_them(name: str, full: str) -> None:
    assert BOOK.ref(name).name == full


def test_a_snapshot_has_only_the_prices_that_are_said_of_it() -> None:
    assert amounts("gpt-4o-2024-08-06", "train", TODAY) == ["25"]
    assert unknown("gpt-4o-2024-08-06", "input", TODAY)
    assert amounts("deepseek-v4-flash", "output", date(2026, 11, 22)) == amounts(
        "deepseek-flash", "output", date(2026, 11, 22)
    )


@pytest.mark.parametrize(
    ("moment", "amount"),
    [
        ("2026-11-23T08:59+08:00", "0.66"),
        ("2026-11-23T09:00+08:00", "1.32"),
        ("2026-11-23T18:00+08:00", "0.66"),
        ("2026-11-22T10:00+08:00", "0.66"),  # a Sunday
        ("2026-08-22T10:00+08:00", "1.32"),  # a Saturday before weekends were off-peak
        ("2026-08-23T10:00+08:00", "0.66"),
        ("2026-08-16T15:59+00:00", "0.435"),
        ("2026-08-16T16:00+00:00", "0.66"),
    ],
)
def test_deepseek_by_the_hour(moment: str, amount: str) -> None:
    when = datetime.fromisoformat(moment).astimezone(UTC)
    assert amounts("deepseek-v4-pro", "input", when) == [amount]


def test_a_day_with_peak_hours_has_two_prices_and_a_weekend_one() -> None:
    assert amounts("deepseek-v4-pro", "input", date(2026, 11, 23)) == ["0.66", "1.32"]
    assert amounts("deepseek-v4-pro", "input", date(2026, 11, 22), "CNY") == ["4.5"]
    assert amounts("deepseek-v4-pro", "input", date(2026, 11, 23), "CNY") == ["4.5", "9"]
    # Sunday in UTC ends on Monday in Beijing, but before nine o'clock there.
    assert amounts("deepseek-v4-pro", "input", date(2026, 11, 22)) == ["0.66"]


def test_the_night_discount_goes_before_the_standard_price() -> None:
    night = datetime(2025, 3, 1, 17, 0, tzinfo=UTC)
    assert amounts("deepseek-chat", "input", night) == ["0.135"]
    assert amounts("deepseek-chat", "input", night.replace(hour=12)) == ["0.27"]
    assert amounts("deepseek-reasoner", "output", date(2025, 3, 1)) == ["0.55", "2.19"]
    assert amounts("deepseek-reasoner", "output", date(2025, 2, 1)) == ["2.19"]
    assert amounts("deepseek-chat", "input", date(2025, 9, 6)) == ["0.56"]


def test_the_currencies_are_two_lists() -> None:
    assert amounts("dashscope:qwen-max", "input", TODAY) == ["1.6"]
    assert amounts("dashscope:qwen-max", "input", TODAY, "CNY") == ["2.4"]
    assert amounts("dashscope:qwen3-8b", "train", TODAY) == ["6"]  # of CNY only
    assert unknown("gpt-4o", "input", TODAY, "CNY").reason.en == "it is listed in USD only"


def test_an_hour_of_training_is_no_price_of_a_token() -> None:
    found = BOOK.find("o4-mini-2025-04-16", Kind.TRAIN, date(2026, 1, 1))
    assert isinstance(found, Quote)
    with pytest.raises(ValueError, match="paid by the hour"):
        _ = found.low.per_million


def test_a_persons_own_price_comes_first_and_only_while_it_holds() -> None:
    mine = parse(
        """
[[price]]
provider = "openai"
model = "gpt-4o"
amounts = { input = "2.00" }
currency = "USD"
per = "1M"
from = "2026-11-01"
to = "2026-12-01"
[[price]]
provider = "ollama"
model = "*"
amounts = { input = "0" }
currency = "USD"
per = "1M"
from = "2026-01-01"
to = "open"
""",
        "mine.toml",
        own=True,
    )
    book = Book((mine, *BOOK.files))

    def low(name: str, when: date) -> Decimal:
        found = book.find(name, Kind.INPUT, when)
        assert isinstance(found, Quote)
        return found.low.amount

    assert low("gpt-4o", TODAY) == Decimal("2.00")
    assert low("gpt-4o", date(2026, 12, 1)) == Decimal("2.50")
    assert low("ollama:anything:7b", TODAY) == 0


def test_how_caches_count() -> None:
    caching = BOOK.caching("ft:gpt-4o-mini-2024-07-18:org::id")
    assert caching
    assert (caching.least, caching.step) == (1024, 128)
    assert BOOK.caching("davinci") is None
    newer = BOOK.caching("deepseek-flash")
    assert newer
    assert newer.whole
