"""From pairs to scores: every number with its interval and its recipe."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from xiangsheng import __version__
from xiangsheng.core.errors import UsageError
from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.score import Pair, Score, Signature
from xiangsheng.metrics.distinct import NAMES as DISTINCT
from xiangsheng.metrics.family import Family
from xiangsheng.metrics.names import ALL, LEARNING, NOVELTY, WITHOUT_TRAINING
from xiangsheng.metrics.perplexity import Perplexity
from xiangsheng.metrics.port import families
from xiangsheng.metrics.rates import kind_of
from xiangsheng.metrics.sampling import Sampled, sample, sample_distinct

INTERVALS = {
    "bootstrap": "percentile bootstrap 95%, widened to its estimate",
    "jackknife": "delete-one jackknife 95%, normal",
}


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is evaluated and how; the same for both systems of a comparison."""

    which: tuple[str, ...]
    families: tuple[Family, ...]
    resamples: int
    seed: int
    unit: str


def evaluate(
    pairs: Sequence[Pair],
    *,
    training: Iterable[str] | None = None,
    resamples: int = 10_000,
    seed: int = 0,
    which: Iterable[str] | None = None,
    unit: str = "script",
) -> dict[str, Score]:
    """The scores of one system, by name, in the order of `names.ALL`.

    `which` picks metrics; without it all of `names.ALL` are given, novelty only with the lines of
    the `training` data. Perplexity, of pairs that were read, is measured alone. `unit` says in the
    signature what `Pair.unit` names. The order of pairs does not matter. Below two units there are
    no intervals; of no pairs every value is 0, but where nothing was read there is no perplexity.

    Raises UsageError for an unknown metric, novelty without training data, perplexity beside
    others, or no resamples.
    """
    plan = _plan(which, training, resamples, seed, unit)
    (units,) = _grouped(plan, pairs)
    outcomes = (("outcomes", _kinds(pairs)),)
    return {
        name: Score(
            value=sampled.estimate,
            ci95=sampled.interval() if len(units) > 1 else None,
            signature=_signature(name, sampled, plan, len(units), outcomes),
            n=sampled.pairs,
            units=len(units),
        )
        for name, sampled in _sample(units, plan).items()
    }


def compare(
    base: Sequence[Pair],
    tuned: Sequence[Pair],
    *,
    training: Iterable[str] | None = None,
    resamples: int = 10_000,
    seed: int = 0,
    which: Iterable[str] | None = None,
    unit: str = "script",
) -> dict[str, Score]:
    """The differences tuned − base on the same items, by name, in percentage points.

    Both systems are resampled, or left out, unit by unit together. Options are those of
    `evaluate`; `n` is the smaller of the two systems' pairs. A script whose lines one system could
    not read is left out of the perplexities of both.

    Raises UsageError as `evaluate` does, and where the two were not asked the same items.
    """
    plan = _plan(which, training, resamples, seed, unit)
    _require_same_items(base, tuned)
    units, others = _grouped(plan, base, tuned)
    before, after = _sample(units, plan), _sample(others, plan)
    outcomes = (("outcomes", f"{_kinds(tuned)} − {_kinds(base)}"), ("difference", "tuned − base"))
    return {
        name: Score(
            value=after[name].estimate - before[name].estimate,
            ci95=after[name].interval_of_change(before[name]) if len(units) > 1 else None,
            signature=_signature(name, after[name], plan, len(units), outcomes),
            n=min(before[name].pairs, after[name].pairs),
            units=len(units),
        )
        for name in before
    }


def _plan(
    which: Iterable[str] | None,
    training: Iterable[str] | None,
    resamples: int,
    seed: int,
    unit: str,
) -> _Plan:
    everything = WITHOUT_TRAINING if training is None else ALL
    wanted = set(everything if which is None else which)
    if unknown := wanted.difference(ALL, LEARNING):
        raise UsageError(
            f"no metric is called {', '.join(sorted(unknown))}",
            hint=f"choose from {', '.join((*ALL, *LEARNING))}",
            code="unknown_metric",
        )
    if wanted.intersection(ALL) and wanted.intersection(LEARNING):
        raise UsageError(
            "perplexity is measured on lines that were read, the other metrics on answers",
            hint="ask for perplexity alone",
            code="unknown_metric",
        )
    if training is None and wanted.intersection(NOVELTY):
        raise UsageError(
            "novelty is measured against training data, and none was given",
            hint="give the training data, or leave novelty out",
            code="novelty_needs_training",
        )
    if resamples < 1:
        raise UsageError(f"resamples is {resamples}", hint="give at least 1; 10000 is usual")
    known = (*families(training if wanted.intersection(NOVELTY) else None), Perplexity())
    return _Plan(
        tuple(name for name in (*ALL, *LEARNING) if name in wanted),
        tuple(family for family in known if wanted.intersection(family.names)),
        resamples,
        seed,
        unit,
    )


def _grouped(plan: _Plan, *systems: Sequence[Pair]) -> list[list[list[Pair]]]:
    """Each system's units. Of perplexity a unit that one of them could not read is none: left in,
    it would be drawn into samples that hold nothing.
    """
    unread: set[str] = set()
    if plan.which == LEARNING:
        unread = {pair.unit for pairs in systems for pair in pairs if pair.nats is None}
    return [_units(pair for pair in pairs if pair.unit not in unread) for pairs in systems]


def _units(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """Pairs by unit, units in the order of their names: the bootstrap depends on nothing else."""
    grouped: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        grouped[pair.unit].append(pair)
    return [grouped[name] for name in sorted(grouped)]


def _sample(units: list[list[Pair]], plan: _Plan) -> dict[str, Sampled]:
    sampled = sample(units, plan.families, plan.resamples if len(units) > 1 else 0, plan.seed)
    if set(plan.which).intersection(DISTINCT):
        sampled |= sample_distinct(units)
    # Of lines that nobody read there is no perplexity, rather than one of 0.
    return {name: sampled[name] for name in plan.which if name in ALL or sampled[name].pairs}


def _require_same_items(base: Iterable[Pair], tuned: Iterable[Pair]) -> None:
    left, right = (Counter((pair.unit, pair.reference) for pair in p) for p in (base, tuned))
    if left != right:
        unit, reference = min((left - right) or (right - left))
        raise UsageError(
            f"the two systems were not asked the same items: {unit} has {reference[:20]!r} "
            f"{left[unit, reference]} times in one and {right[unit, reference]} in the other",
            hint="compare runs on the same prompts",
            code="different_items",
        )


def _kinds(pairs: Iterable[Pair]) -> str:
    """How many items came out how, e.g. `ok 941, empty 9`."""
    counts = Counter(map(kind_of, pairs))
    return ", ".join(f"{kind} {counts[kind]}" for kind in OutcomeKind if counts[kind]) or "none"


def _signature(
    name: str, sampled: Sampled, plan: _Plan, units: int, more: tuple[tuple[str, str], ...]
) -> Signature:
    resampled: tuple[tuple[str, str], ...] = (("interval", "none"),)
    if units > 1:
        resampled = (("interval", INTERVALS[sampled.method]), ("numpy", np.__version__))
        if sampled.method == "bootstrap":
            resampled += (("resamples", str(plan.resamples)), ("seed", str(plan.seed)))
    return Signature(
        (
            ("name", name),
            *sampled.recipe,
            ("missing", sampled.missing),
            ("n", str(sampled.pairs)),
            *more,
            ("unit", f"{plan.unit}, {units}"),
            *resampled,
            ("xiangsheng", __version__),
        )
    )
