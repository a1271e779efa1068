"""Dates as price lists write them, and what they leave open."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.errors import UsageError
from xiangsheng.core.price import Standing
from xiangsheng.pricing.moments import parse_term, parse_when, parse_zone

BEIJING = parse_zone("+08:00")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", NOW),
        ("2022-02-26", date(2022, 2, 26)),
        ("2026-11-23T10:00+08:00", at("2026-11-23T02:00+00:00")),
        ("2026-11-23 10:00+08", at("2026-11-23T02:00+00:00")),
        ("2026-11-23T10:00Z", at("2026-11-23T10:00+00:00")),
    ],
)
def test_on_is_a_day_or_a_moment(text: str, found: object) -> None:
    assert parse_when(text, NOW) == found


@pytest.mark.parametrize("text", ["26.2.2022", "2022-02-30", "2022-02", "2026-11-23T10:00", "now"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a date"):
        parse_when(text, NOW)


def test_an_exact_term_ends_before_its_last_moment() -> None:
    term = parse_term("2022-01-01", "2022-09-01T00:00Z", UTC)
    assert term.at(at("2021-12-31T23:59+00:00")) is Standing.NOT
    assert term.at(at("2022-01-01T00:00+00:00")) is Standing.SURE
    assert term.at(at("2022-08-31T23:59+00:00")) is Standing.SURE
    assert term.at(at("2022-09-01T00:00+00:00")) is Standing.NOT


def test_a_price_that_was_seen_may_be_older() -> None:
    term = parse_term("<=2022-07-03", "2022-09-01", UTC)
    assert term.at(at("2022-07-02T23:59+00:00")) is Standing.MAYBE
    assert term.at(at("2022-07-03T00:00+00:00")) is Standing.SURE


def test_of_a_month_only_the_last_day_is_sure() -> None:
    term = parse_term("<=2024-12", "open", UTC)
    assert term.at(at("2024-12-30T23:59+00:00")) is Standing.MAYBE
    assert term.at(at("2024-12-31T00:00+00:00")) is Standing.SURE
    assert term.at(at("2030-01-01T00:00+00:00")) is Standing.SURE


def test_still_true_on_a_day_says_nothing_of_the_next() -> None:
    term = parse_term("2026-08-21", ">=2026-11-21", UTC)
    assert term.at(at("2026-11-21T23:59+00:00")) is Standing.SURE
    assert term.at(at("2026-11-22T00:00+00:00")) is Standing.MAYBE


def test_gone_by_a_day_is_sure_on_its_first_only() -> None:
    term = parse_term("2023-08-22", "<=2023-11-17", UTC)
    assert term.at(at("2023-08-22T23:00+00:00")) is Standing.SURE
    assert term.at(at("2023-09-30T00:00+00:00")) is Standing.MAYBE
    assert term.at(at("2023-11-17T00:00+00:00")) is Standing.NOT


def test_a_price_of_unknown_start_is_sure_on_its_last_day() -> None:
    term = parse_term("", "2026-07-30", UTC)
    assert term.at(at("2026-07-28T23:59+00:00")) is Standing.MAYBE
    assert term.at(at("2026-07-29T00:00+00:00")) is Standing.SURE
    assert term.at(at("2026-07-30T00:00+00:00")) is Standing.NOT


def test_a_price_seen_once_is_sure_on_that_day() -> None:
    term = parse_term("<=2026-01-05", "", UTC)
    assert term.at(at("2026-01-05T12:00+00:00")) is Standing.SURE
    assert term.at(at("2026-01-06T00:00+00:00")) is Standing.MAYBE


def test_a_chinese_list_begins_its_days_in_beijing() -> None:
    term = parse_term("2025-02-09", "open", BEIJING)
    assert term.at(at("2025-02-08T15:59+00:00")) is Standing.NOT
    assert term.at(at("2025-02-08T16:00+00:00")) is Standing.SURE


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("", ""),
        ("", "open"),
        ("2022-13-01", "open"),
        ("yesterday", "open"),
        ("2022-02-02", "2022-02-01"),
    ],
)
def test_terms_that_cannot_be(since: str, until: str) -> None:
    with pytest.raises(ValueError, match=r"known|date|month|ends"):
        parse_term(since, until, UTC)


def test_a_zone_that_nobody_knows() -> None:
    with pytest.raises(ValueError, match="no time zone 'Mars/Olympus'"):
        parse_zone("Mars/Olympus")


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(1, 2000),
    st.sampled_from(["", "<="]),
    st.sampled_from(["", ">=", "<=", "exact", "open"]),
    st.integers(-3000, 5000),
)
def test_what_is_sure_lies_within_what_may_be(
    start: date, length: int, before: str, after: str, away: int
) -> None:
    end = start + timedelta(days=length)
    until = {"": "", "open": "open", "exact": end.isoformat()}.get(after, f"{after}{end}")
    term = parse_term(f"{before}{start}", until, UTC)
    moment = datetime(start.year, start.month, start.day, tzinfo=UTC) + timedelta(days=away)
    standing = term.at(moment)
    if away == 0:
        assert standing is Standing.SURE
    if standing is Standing.SURE:
        assert moment >= term.first
        assert until == "open" or moment.date() <= end
    if away < 0:
        assert standing is (Standing.MAYBE if before else Standing.NOT)
