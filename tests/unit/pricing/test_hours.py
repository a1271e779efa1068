"""Hours of the week: boundaries, weekends, midnight, zones."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.price import Hours
from xiangsheng.pricing.entries import schedule

PEAK = schedule(
    "peak",
    {
        "zone": "+08:00",
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "between": ["09:00-12:00", "14:00-18:00"],
    },
    "here",
)
NIGHT = schedule("night", {"zone": "+08:00", "between": ["00:30-08:30"]}, "here")
LATE = schedule("late", {"zone": "Z", "days": ["fri"], "between": ["22:00-02:00"]}, "here")


def outside(hours: Hours) -> Hours:
    return Hours(f"not {hours.name}", hours.zone, hours.days, hours.spans, outside=True)


@pytest.mark.parametrize(
    ("beijing", "holds"),
    [
        ("2026-11-23T08:59", False),  # a Monday
        ("2026-11-23T09:00", True),
        ("2026-11-23T11:59", True),
        ("2026-11-23T12:00", False),
        ("2026-11-23T13:59", False),
        ("2026-11-23T14:00", True),
        ("2026-11-23T18:00", False),
        ("2026-11-21T10:00", False),  # a Saturday
        ("2026-11-22T10:00", False),
        ("2026-11-27T17:59", True),
    ],
)
def test_peak_hours_in_beijing(beijing: str, *, holds: bool) -> None:
    moment = datetime.fromisoformat(f"{beijing}+08:00")
    assert PEAK.hold(moment) is holds
    assert PEAK.hold(moment.astimezone(UTC)) is holds
    assert outside(PEAK).hold(moment) is not holds


def test_the_same_in_utc_is_another_day() -> None:
    """Friday 17:59 UTC is Saturday in Beijing, and Sunday 01:30 UTC is still Sunday there."""
    assert not PEAK.hold(datetime(2026, 11, 27, 17, 59, tzinfo=UTC))
    assert not PEAK.hold(datetime(2026, 11, 22, 1, 30, tzinfo=UTC))
    assert PEAK.hold(datetime(2026, 11, 23, 1, 30, tzinfo=UTC))


def test_the_night_discount_begins_at_half_past_four_in_utc() -> None:
    assert not NIGHT.hold(datetime(2025, 3, 1, 16, 29, tzinfo=UTC))
    assert NIGHT.hold(datetime(2025, 3, 1, 16, 30, tzinfo=UTC))
    assert NIGHT.hold(datetime(2025, 3, 2, 0, 29, tzinfo=UTC))
    assert not NIGHT.hold(datetime(2025, 3, 2, 0, 30, tzinfo=UTC))


def test_a_span_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    friday = datetime(2026, 11, 27, tzinfo=UTC)
    assert LATE.hold(friday + timedelta(hours=22))
    assert LATE.hold(friday + timedelta(hours=25, minutes=59))
    assert not LATE.hold(friday + timedelta(hours=26))
    assert not LATE.hold(friday + timedelta(hours=1))
    assert not LATE.hold(friday + timedelta(hours=46))


@given(st.integers(0, 2 * 366 * 24 * 60))
def test_standing_changes_only_at_the_edges(minutes: int) -> None:
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    for hours in (PEAK, NIGHT, LATE):
        local = moment.astimezone(hours.zone)
        edges = sorted({*hours.edges(local.date()), *hours.edges(local.date() + timedelta(days=1))})
        begun = max(edge for edge in edges if edge <= local)
        assert hours.hold(moment) is hours.hold(begun)
