"""One pass over a system's pairs: every metric's estimate and what its interval is made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np

from xiangsheng.core.score import Pair
from xiangsheng.metrics import distinct
from xiangsheng.metrics.family import Family
from xiangsheng.stats.arrays import Floats
from xiangsheng.stats.bootstrap import percentile_interval, resampled_sums
from xiangsheng.stats.jackknife import jackknife_interval

Recipe = tuple[tuple[str, str], ...]
Units = Sequence[Sequence[Pair]]


@dataclass(frozen=True, slots=True)
class Sampled:
    """One metric of one system, in percent.

    `replicates` are its values on bootstrap samples, or without one unit each, as `method` says;
    `pairs` is how many pairs counted.
    """

    estimate: float
    replicates: Floats
    method: str
    missing: str
    pairs: int
    recipe: Recipe

    def interval(self) -> tuple[float, float]:
        return interval(self.estimate, self.replicates, self.method, (0.0, 100.0))

    def interval_of_change(self, base: "Sampled") -> tuple[float, float]:
        """Of this system's value less that of `base`, sampled on the same units and seed."""
        change = self.estimate - base.estimate
        return interval(change, self.replicates - base.replicates, self.method, (-100.0, 100.0))


def interval(
    estimate: float, replicates: Floats, method: str, bounds: tuple[float, float]
) -> tuple[float, float]:
    if method == "bootstrap":
        return percentile_interval(replicates, estimate)
    return jackknife_interval(replicates, estimate, bounds)


def sample(
    units: Units, families: Sequence[Family], resamples: int, seed: int
) -> dict[str, Sampled]:
    """Every metric of the families, by name. All bootstraps of a call share their samples."""
    tables = [_table(units, family) for family in families]
    booted = [t for t, f in zip(tables, families, strict=True) if f.method == "bootstrap"]
    drawn = resampled_sums(np.hstack(booted), resamples, seed) if booted else np.empty((0, 0))
    sampled = {}
    column = 0
    for family, table in zip(families, tables, strict=True):
        totals = [fsum(values) for values in table.T]
        if family.method == "bootstrap":
            replicates = family.conclude_many(drawn[:, column : column + len(totals)])
            column += len(totals)
        else:
            replicates = family.conclude_many(np.array(totals) - table)
        values = family.conclude(totals)
        for index, name in enumerate(family.names):
            sampled[name] = Sampled(
                values[index],
                replicates[:, index],
                family.method,
                family.missing,
                int(totals[0]),
                family.recipe(name),
            )
    return sampled


def sample_distinct(units: Units) -> dict[str, Sampled]:
    """Distinct-1 and Distinct-2, which count types and so are no function of sums."""
    variety = [distinct.seen(pair.candidate for pair in unit) for unit in units]
    pairs = sum(map(len, units))
    sampled = {}
    for index, name in enumerate(distinct.NAMES):
        seen = [of_unit[index] for of_unit in variety]
        types = set().union(*(types for types, _ in seen))
        sampled[name] = Sampled(
            distinct.ratio(len(types), sum(total for _, total in seen)),
            distinct.leave_one_out(seen),
            "jackknife",
            "zero",
            pairs,
            (("tokens", "char"), ("n-gram", str(distinct.ORDERS[index]))),
        )
    return sampled


def _table(units: Units, family: Family) -> Floats:
    """What each unit adds: one row a unit. The order of pairs within a unit does not matter."""
    rows = [[fsum(column) for column in zip(*map(family.row, unit), strict=True)] for unit in units]
    return np.array(rows, dtype=float).reshape(len(units), family.width)
