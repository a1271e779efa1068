"""Dates and times as price lists and people write them.

2022-02-26               a day
2024-12                  a month
2026-08-16T16:00Z        a moment; Z, +08 and +08:00 are zones
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from xiangsheng.core.errors import UsageError
from xiangsheng.core.price import Term

When = date | datetime
"""A day, which begins and ends where the price list is at home, or an aware moment."""

_WRITTEN = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)"
    r"(?:-(?P<day>\d\d)(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::\d\d)?(?P<zone>Z|[+-]\d\d(?::?\d\d)?))?)?"
)
_DAY = timedelta(days=1)


def parse_when(text: str, now: datetime) -> When:
    """What `--on` says; `now` where it says nothing. Raises UsageError."""
    if not text:
        return now
    found = _WRITTEN.fullmatch(text)
    try:
        if found and found["hour"]:
            return _moment(found)
        if found and found["day"]:
            return date.fromisoformat(text)
    except ValueError as error:
        raise _no_date(text) from error
    raise _no_date(text)


def _no_date(text: str) -> UsageError:
    return UsageError(
        f"'{text}' is not a date",
        hint="write 2022-02-26, or with a time and its zone 2026-11-23T10:00+08:00",
        code="date",
    )


def parse_zone(text: str) -> tzinfo:
    """`Z`, `+08:00` or a name such as Asia/Shanghai. Raises ValueError."""
    if text == "Z":
        return UTC
    if found := re.fullmatch(r"([+-])(\d\d):?(\d\d)?", text):
        length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(length if found[1] == "+" else -length)
    try:
        return ZoneInfo(text)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"there is no time zone {text!r} on this machine") from error


def parse_term(since: str, until: str, zone: tzinfo) -> Term:
    """From when to when. Raises ValueError.

    `since` is a date, `<=` and one on which it was seen, or nothing where nobody knows. `until` is
    the date from which on it is no more, `>=` and one on which it was still seen, `<=` and one by
    which it was gone, `open` where no end is known, or nothing.
    """
    earliest, first = _since(since, zone)
    if until == "open":
        last = latest = None
    elif until.startswith(">="):
        last, latest = _span(until[2:], zone)[1], None
    elif until.startswith("<="):
        last, latest = None, _span(until[2:], zone)[0]
    elif until:
        last = latest = _span(until, zone)[0]
    else:
        last = latest = None
    if first is None:
        if latest is None:
            raise ValueError("neither from nor to is known")
        first = latest - _DAY  # it was the price that ended then
        last = latest
    elif last is None and until != "open":
        last = first + _DAY  # it was seen that day, and no more is known
    if latest is not None and first >= latest:
        raise ValueError(f"it ends ({until}) before it begins ({since})")
    return Term(since, until, first, last, earliest, latest)


def _since(text: str, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Not before when, and known from when."""
    if not text:
        return None, None
    if text.startswith("<="):
        start, end = _span(text[2:], zone)
        # Of a month that it was seen in, only the last day is sure.
        return None, max(start, end - _DAY)
    start, _ = _span(text, zone)
    return start, start


def _span(text: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first moment of a written date, and that after it."""
    found = _WRITTEN.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a date")
    if found["hour"]:
        moment = _moment(found)
        return moment, moment
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"] or 1)
    start = datetime(year, month, day, tzinfo=zone)
    if found["day"]:
        return start, start + _DAY
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
    return start, following


def _moment(found: re.Match[str]) -> datetime:
    day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    zone = parse_zone(found["zone"])
    return datetime(
        day.year, day.month, day.day, int(found["hour"]), int(found["minute"]), tzinfo=zone
    ).astimezone(UTC)


def day_of(when: When) -> date:
    return when.date() if isinstance(when, datetime) else when


def day_bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """A day's first moment in a zone, and the next day's."""
    following = day + _DAY
    return (
        datetime(day.year, day.month, day.day, tzinfo=zone),
        datetime(following.year, following.month, following.day, tzinfo=zone),
    )


def stretches(start: datetime, end: datetime, edges: Iterator[datetime]) -> tuple[datetime, ...]:
    """The moments at which something may change, from `start` until before `end`."""
    return (start, *sorted({edge for edge in edges if start < edge < end}))
