"""Price files: TOML text to checked entries, and the book that comes with the package."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from xiangsheng.core.errors import DataError
from xiangsheng.core.price import Caching, Hours, ListedPrice, Source
from xiangsheng.files.text import read_file
from xiangsheng.pricing import entries
from xiangsheng.pricing.entries import Defaults, StatedUnknown, bad
from xiangsheng.pricing.moments import parse_zone

T = TypeVar("T")

ZONES = {"USD": UTC, "CNY": parse_zone("+08:00")}
"""Where a date without a time begins: Chinese price lists give the dates of Beijing."""

LIMIT = 4 * 1024 * 1024
_SECTIONS = {"provider", "price", "unknown", "caching", "schedules", "sources"}


@dataclass(frozen=True, slots=True)
class PriceFile:
    """All that one file says, in its order."""

    name: str
    prices: tuple[ListedPrice, ...]
    unknown: tuple[StatedUnknown, ...] = ()
    caching: tuple[Caching, ...] = ()


def parse(
    text: str, name: str, sources: Mapping[str, Source] | None = None, *, own: bool = False
) -> PriceFile:
    """The entries of a file; `own` is one of a person, who may leave sources out.

    Raises DataError (`price_book`) with file, line where it is known, and the entry's number.
    """
    table = _table(text, name)
    here = {
        key: entries.source(key, value, f"{name}: source {key}")
        for key, value in _inner(table, "sources", name).items()
    }
    schedules: dict[str, Hours] = {
        key: entries.schedule(key, value, f"{name}: schedule {key}")
        for key, value in _inner(table, "schedules", name).items()
    }
    provider = table.get("provider", "")
    if not isinstance(provider, str):
        raise bad(name, "provider is no text", 'write provider = "openai"')
    defaults = Defaults(name, provider, ZONES, schedules, {**(sources or {}), **here}, own)

    def each(section: str, read: Callable[[Any, str, Defaults], T]) -> list[T]:
        rows = table.get(section, [])
        if not isinstance(rows, list):
            raise bad(name, f"{section} is one table", f"write [[{section}]], in two brackets")
        places = _places(text, name, section, len(rows))
        return [read(row, place, defaults) for row, place in zip(rows, places, strict=True)]

    listed = tuple(price for some in each("price", _listed) for price in some)
    _refuse_overlaps(listed)
    stated = tuple(each("unknown", entries.unknown))
    return PriceFile(name, listed, stated, tuple(each("caching", entries.caching)))


def _listed(row: Any, place: str, defaults: Defaults) -> list[ListedPrice]:
    return list(entries.prices(row, place, defaults))


def load(path: Path, sources: Mapping[str, Source]) -> PriceFile:
    """A person's own file; DataError as for `parse`, or where it cannot be read."""
    data = read_file(path, LIMIT)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad(str(path), f"is not UTF-8: {error}", "save it as UTF-8") from error
    return parse(text, str(path), sources, own=True)


@cache
def shipped() -> tuple[tuple[PriceFile, ...], Mapping[str, Source]]:
    """The book's own files, by name, and its sources."""
    folder = files("xiangsheng.pricing") / "book"
    texts = {item.name: item.read_text("utf-8") for item in folder.iterdir()}
    sources = sources_of(texts.pop("sources.toml"), "sources.toml")
    names = sorted(name for name in texts if name.endswith(".toml"))
    return tuple(parse(texts[name], name, sources) for name in names), sources


def sources_of(text: str, name: str) -> Mapping[str, Source]:
    return {
        key: entries.source(key, value, f"{name}: source {key}")
        for key, value in _table(text, name, sections=None).items()
    }


def _table(text: str, name: str, sections: set[str] | None = _SECTIONS) -> dict[str, Any]:
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise bad(name, f"is not TOML: {error}", "mend the line named") from error
    for key in table if sections is not None else ():
        if key not in _SECTIONS:
            known = "[[price]], [sources.KEY], [schedules.NAME], provider"
            raise bad(name, f"unknown part {key}", f"a price file has {known}")
    return table


def _inner(table: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise bad(name, f"{key} is no table", f"write [{key}.NAME]")
    return value


def _places(text: str, name: str, section: str, count: int) -> Sequence[str]:
    """Where each `[[section]]` begins, if that can be told from the text."""
    heading = re.compile(rf"\s*\[\[\s*{section}\s*\]\]")
    lines = [at for at, line in enumerate(text.split("\n"), 1) if heading.match(line)]
    if len(lines) != count:
        return [f"{name}: {section} {number}" for number in range(1, count + 1)]
    return [f"{name}:{line}: {section} {number}" for number, line in enumerate(lines, 1)]


def _refuse_overlaps(listed: Iterable[ListedPrice]) -> None:
    """Two prices of one thing at one time cannot both be right."""
    groups: dict[object, list[ListedPrice]] = {}
    for price in listed:
        hours = price.hours.name if price.hours else ""
        what = (price.provider, price.model, price.variant, price.tuned, price.kind)
        groups.setdefault((*what, price.currency, hours), []).append(price)
    for group in groups.values():
        for one, after in pairwise(sorted(group, key=lambda price: price.term.first)):
            if one.term.last is None or after.term.first < one.term.last:
                raise overlap(one, after)


def overlap(one: ListedPrice, other: ListedPrice) -> DataError:
    return bad(
        other.place,
        f"{other.kind_name} of {other.name} holds while that of {one.place} does",
        'end the one where the other begins: to = "…"',
    )
