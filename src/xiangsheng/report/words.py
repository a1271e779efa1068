"""What the report says, always in both languages."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from xiangsheng.core.words import Words


@dataclass(frozen=True, slots=True)
class MetricWords:
    """How a metric is called and explained, and where it is shown.

    `better` is `higher`, `lower` or empty when a change is neither good nor bad in itself.
    """

    name: Words
    help: Words | None
    group: str
    better: str = ""
    main: bool = False


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("xiangsheng.report").joinpath(name).read_text("utf-8"))


@cache
def phrases() -> Mapping[str, Words]:
    return {key: Words(**both) for key, both in _read("words.toml")["phrases"].items()}


def say(key: str, **values: Words | str | int) -> Words:
    """The phrase `key`, filled in."""
    return phrases()[key].fill(**values)


def same(text: str) -> Words:
    """A name that is the same in both languages."""
    return Words(text, text)


@cache
def metrics() -> Mapping[str, MetricWords]:
    """The metrics that have words, in the order in which they are shown."""
    return {
        key: MetricWords(
            name=Words(**entry["name"]),
            help=Words(**entry["help"]),
            group=entry["group"],
            better=entry.get("better", ""),
            main=entry.get("main", False),
        )
        for key, entry in _read("metrics.toml").items()
    }


def metric(key: str) -> MetricWords:
    """The words for a metric; one that has none is called by its own name."""
    known = metrics().get(key) or metrics().get(key.removesuffix("_rate"))
    if known:
        return known
    plain, _, way = key.rpartition("_")
    if way in ("zero", "drop") and plain in metrics():
        return counting(plain, way)
    if (size := novelty_size(key)) is not None:
        name = Words(f"新意（{size} 字）", f"Novelty, {size}-grams")
        return MetricWords(name, None, "novelty")
    return MetricWords(same(key), None, "other")


def counting(key: str, way: str) -> MetricWords:
    """A metric's words with how it counts missing answers, `zero` or `drop`, said in its name."""
    entry = metrics()[key]
    name = say("counted", metric=entry.name, way=say(f"missing_{way}"))
    return replace(entry, name=name, help=None, group="missing")


def novelty_size(key: str) -> int | None:
    """The n of `novelty_n`; None for any other metric."""
    match = re.fullmatch(r"novelty_(\d+)", key)
    return int(match[1]) if match else None


def system(name: str) -> Words:
    """`real` are the real lines, where they stand beside the systems as a measure."""
    known = {"base": "base", "tuned": "tuned", "real": "real_lines"}
    return say(known[name]) if name in known else same(name)


def task(name: str) -> Words:
    """A task by its words, its own name beside them."""
    key = name.replace("-", "_")
    return phrases()[key] if key in ("next_line", "last_ten", "real_lines") else same(name)
