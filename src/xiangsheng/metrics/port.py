"""Every metric behind the `Metric` port: one number a name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import add
from typing import Any

from xiangsheng.core.ports import Metric
from xiangsheng.core.score import Pair
from xiangsheng.metrics.bleu import Overlap
from xiangsheng.metrics.distinct import NAMES, ratio, seen
from xiangsheng.metrics.family import Family
from xiangsheng.metrics.novelty import Novelty
from xiangsheng.metrics.rates import Rates
from xiangsheng.metrics.rouge import Rouge


@dataclass(frozen=True, slots=True)
class Sums:
    """Numbers that add. Without any it is the stats of no pair."""

    values: tuple[float, ...] = ()

    def __add__(self, other: Sums) -> Sums:
        if not self.values or not other.values:
            return Sums(self.values or other.values)
        return Sums(tuple(map(add, self.values, other.values)))


@dataclass(frozen=True, slots=True)
class Types:
    """Distinct n-grams, which unite, and how many n-grams there are in all, which add."""

    types: frozenset[str] = frozenset()
    total: int = 0

    def __add__(self, other: Types) -> Types:
        return Types(self.types | other.types, self.total + other.total)


@dataclass(frozen=True, slots=True)
class Additive:
    """One metric of a family."""

    family: Family
    name: str

    def observe(self, pair: Pair) -> Sums:
        return Sums(self.family.row(pair))

    def conclude(self, stats: Sums) -> float:
        """Percent; 0 for the stats of no pair."""
        if not stats.values:
            return 0.0
        return self.family.conclude(stats.values)[self.family.names.index(self.name)]


@dataclass(frozen=True, slots=True)
class Distinct:
    """Distinct n-grams / all n-grams, over all candidates together."""

    name: str

    def observe(self, pair: Pair) -> Types:
        types, total = seen([pair.candidate])[NAMES.index(self.name)]
        return Types(frozenset(types), total)

    def conclude(self, stats: Types) -> float:
        """Percent; 0 for the stats of no text."""
        return ratio(len(stats.types), stats.total)


def families(training: Iterable[str] | None = None) -> tuple[Family, ...]:
    """All families of additive metrics; novelty needs the lines of the training data."""
    known: tuple[Family, ...] = (Overlap(), Rouge("drop"), Rouge("zero"), Rates())
    return known if training is None else (*known, Novelty(training))


def catalogue(training: Iterable[str] | None = None) -> dict[str, Metric[Any]]:
    """Every metric by its name; novelty only with the lines of the training data."""
    metrics: list[Metric[Any]] = [Distinct(name) for name in NAMES]
    metrics += (Additive(family, name) for family in families(training) for name in family.names)
    return {metric.name: metric for metric in metrics}
