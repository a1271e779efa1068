"""Rows of a price file, checked one by one: each mistake is said with file, line and number."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from xiangsheng.core.errors import DataError
from xiangsheng.core.price import Caching, Hours, Kind, ListedPrice, Per, Source
from xiangsheng.core.words import Words
from xiangsheng.pricing.moments import parse_term, parse_zone

CURRENCIES = ("USD", "CNY")
STATES = ("", "beta", "promotion", "retired")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_PRICE = {
    *("provider", "model", "models", "tuned", "variant", "amounts", "currency", "per"),
    *("from", "to", "hours", "region", "sources", "note", "state"),
}
_UNKNOWN = {"models", "tuned", "kinds", "currency", "from", "reason", "reason_zh"}
_CACHING = {"models", "least", "step", "whole", "write", "sources", "note"}
_SCHEDULE = {"zone", "days", "between"}
_SOURCE = {"where", "dated", "seen", "first_hand"}


@dataclass(frozen=True, slots=True)
class StatedUnknown:
    """Prices that the book says nobody knows, and why. Empty `kinds` are all of them.

    `since` is the day from which on nobody does; None: always.
    """

    provider: str
    models: tuple[str, ...]
    kinds: tuple[str, ...]
    currency: str
    reason: Words
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a file says once for all of its rows."""

    name: str
    provider: str
    zones: Mapping[str, tzinfo]
    schedules: Mapping[str, Hours]
    sources: Mapping[str, Source]
    own: bool


class Row:
    """A TOML table whose values are taken out by kind; errors name its place."""

    def __init__(self, table: Any, place: str, keys: set[str]) -> None:
        if not isinstance(table, dict):
            raise bad(place, "is not a table", "write it as the price page shows")
        self.table, self.place = table, place
        for key in table:
            if key not in keys:
                near = get_close_matches(key, keys, 1)
                known = ", ".join(sorted(keys))
                hint = f"did you mean {near[0]}?" if near else f"known here: {known}"
                raise bad(place, f"unknown key {key}", hint)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.table.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise bad(self.place, f"{key} is {_shown(value)}", f'write {key} = "…", as text')
        return value

    def flag(self, key: str) -> bool:
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            raise bad(self.place, f"{key} is {_shown(value)}", f"write {key} = true, or leave it")
        return value

    def count(self, key: str, default: int | None = None) -> int:
        value = self.table.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise bad(self.place, f"{key} is {_shown(value)}", f"write {key} = 64, a whole number")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise bad(self.place, f"{key} is {_shown(value)}", f'write {key} = ["…", "…"]')
        return tuple(value)

    def choice(self, key: str, among: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in among:
            known = ", ".join(one for one in among if one)
            raise bad(self.place, f"{key} is {value!r}", f"it can be {known}")
        return value


def bad(place: str, message: str, hint: str) -> DataError:
    return DataError(message, where=place, hint=hint, code="price_book")


def prices(table: Any, place: str, defaults: Defaults) -> Iterator[ListedPrice]:
    """The prices of a row: one for each of its models and each of its amounts."""
    row = Row(table, place, _PRICE)
    provider = row.text("provider", defaults.provider)
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", provider):
        raise bad(
            place, f"the provider is {provider!r}", 'write provider = "openai", small letters'
        )
    models = row.texts("models") or (row.text("model"),)
    currency = row.choice("currency", CURRENCIES)
    zone = defaults.zones[currency]
    try:
        term = parse_term(row.text("from", ""), row.text("to", ""), zone)
    except ValueError as error:
        raise bad(place, str(error), 'write from = "2026-01-31" and to = "open"') from error
    amounts = row.table.get("amounts")
    if not isinstance(amounts, dict) or not amounts:
        raise bad(place, "has no amounts", 'write amounts = { input = "0.15", output = "0.60" }')
    per = Per(row.choice("per", tuple(Per)))
    for model in models:
        for kind, amount in amounts.items():
            yield ListedPrice(
                provider=provider,
                model=model,
                kind=_kind(kind, place),
                amount=_decimal(amount, kind, place),
                currency=currency,
                per=per,
                term=term,
                sources=_sources(row, defaults),
                zone=zone,
                tuned=row.flag("tuned"),
                variant=row.text("variant", ""),
                hours=_hours(row, defaults.schedules),
                region=row.text("region", ""),
                note=row.text("note", ""),
                state=row.choice("state", STATES, ""),
                place=place,
                own=defaults.own,
            )


def _kind(text: str, place: str) -> Kind:
    try:
        return Kind(text)
    except ValueError as error:
        near = get_close_matches(text.removeprefix("ft_"), list(Kind), 1)
        known = ", ".join(Kind)
        hint = f"did you mean {near[0]}?" if near else f"amounts are {known}"
        if text.startswith("ft_"):
            hint = "say tuned = true, and leave ft_ out"
        raise bad(place, f"unknown kind of price {text}", hint) from error


def _decimal(value: Any, key: str, place: str) -> Decimal:
    hint = f'write {key} = "0.06": a decimal in quotation marks, which is exact'
    if not isinstance(value, str):
        raise bad(place, f"{key} is {_shown(value)}, which is no text", hint)
    try:
        amount = Decimal(value)
    except InvalidOperation as error:
        raise bad(place, f"{key} is {value!r}, which is no number", hint) from error
    if not amount.is_finite() or amount < 0 or amount > 1_000_000:
        raise bad(place, f"{key} is {value!r}", "an amount is from 0 to 1,000,000")
    return amount


def _sources(row: Row, defaults: Defaults) -> tuple[Source, ...]:
    """By their keys; a person's own file may give a sentence, or nothing but itself."""
    found = []
    for key in row.texts("sources"):
        if key in defaults.sources:
            found.append(defaults.sources[key])
        elif defaults.own:
            found.append(Source(key, key))
        else:
            near = get_close_matches(key, defaults.sources, 1)
            hint = f"did you mean {near[0]}?" if near else "add it to sources.toml"
            raise bad(row.place, f"unknown source {key}", hint)
    if not found and not defaults.own:
        raise bad(row.place, "has no source", 'write sources = ["KEY"]')
    return tuple(found) or (Source(defaults.name, defaults.name),)


def _hours(row: Row, schedules: Mapping[str, Hours]) -> Hours | None:
    text = row.text("hours", "")
    if not text:
        return None
    name = text.removeprefix("not ")
    if name not in schedules:
        known = ", ".join(schedules) or "none"
        raise bad(row.place, f"unknown hours {name}", f"schedules of this file: {known}")
    hours = schedules[name]
    if name == text:
        return hours
    return Hours(text, hours.zone, hours.days, hours.spans, outside=True)


def schedule(name: str, table: Any, place: str) -> Hours:
    row = Row(table, place, _SCHEDULE)
    days = row.texts("days") or DAYS
    if unknown := set(days) - set(DAYS):
        raise bad(place, f"unknown day {min(unknown)}", f"days are {', '.join(DAYS)}")
    spans = []
    for text in row.texts("between"):
        found = re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", text)
        start, end = (
            (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4]))
            if found
            else (0, 0)
        )
        if start == end or max(start, end) > 24 * 60:
            raise bad(place, f"{text!r} is no span of hours", 'write between = ["09:00-12:00"]')
        spans.append((start, end))
    if not spans:
        raise bad(place, "says no hours", 'write between = ["09:00-12:00"]')
    try:
        zone = parse_zone(row.text("zone"))
    except ValueError as error:
        raise bad(place, str(error), 'write zone = "+08:00"') from error
    return Hours(name, zone, frozenset(map(DAYS.index, days)), tuple(spans))


def source(key: str, table: Any, place: str) -> Source:
    row = Row(table, place, _SOURCE)
    dated, first_hand = row.text("dated", ""), row.flag("first_hand")
    return Source(key, row.text("where"), dated, _day(row, "seen"), first_hand)


def _day(row: Row, key: str) -> date | None:
    text = row.text(key, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise bad(row.place, f"{key} is {text!r}", f'write {key} = "2026-10-21"') from error


def unknown(table: Any, place: str, defaults: Defaults) -> StatedUnknown:
    row = Row(table, place, _UNKNOWN)
    kinds = tuple(str(_kind(kind, place)) for kind in row.texts("kinds"))
    if row.flag("tuned"):
        kinds = tuple(f"ft_{kind}" for kind in kinds)
    reason = Words(row.text("reason_zh"), row.text("reason"))
    currency = row.choice("currency", ("", *CURRENCIES), "")
    return StatedUnknown(
        defaults.provider, row.texts("models"), kinds, currency, reason, _day(row, "from")
    )


def caching(table: Any, place: str, defaults: Defaults) -> Caching:
    row = Row(table, place, _CACHING)
    return Caching(
        provider=defaults.provider,
        models=row.texts("models"),
        least=row.count("least", 1),
        step=row.count("step", 1),
        sources=_sources(row, defaults),
        whole=row.flag("whole"),
        write=_decimal(row.text("write", "1"), "write", place),
        note=row.text("note", ""),
    )


def _shown(value: Any) -> str:
    return "missing" if value is None else repr(value)[:60]
