"""What every metric owes its callers."""

from functools import reduce
from itertools import permutations
from operator import add
from typing import Any

import pytest

from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.ports import Metric
from xiangsheng.core.score import Pair
from xiangsheng.metrics import ALL, catalogue, evaluate

TRAINING = ("今天天气不错啊", "您贵姓", "免贵姓王")
PAIRS = (
    Pair("今天天气不错", "今天天气真不错啊，您说是不是", "甲"),
    Pair("您贵姓", "", "甲", OutcomeKind.ERROR),
    Pair("免贵姓王", "王，王，王.", "乙", OutcomeKind.TRUNCATED, before=("王",), raw="王\n2:谁？"),
    Pair("是啊", "是啊", "丙", before=("是啊",), label="1"),
)
METRICS = catalogue(TRAINING)

Any_ = Metric[Any]
every_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)


def close(left: float, right: float) -> bool:
    return abs(left - right) < 1e-9


def test_the_catalogue_has_every_name_once() -> None:
    assert set(METRICS) == set(ALL)
    assert all(metric.name == name for name, metric in METRICS.items())


def test_without_training_data_there_is_no_novelty() -> None:
    assert set(METRICS) - set(catalogue()) == {f"novelty_{n}" for n in range(1, 11)}


@every_metric
def test_adding_is_associative(metric: Any_) -> None:
    a, b, c = map(metric.observe, PAIRS[:3])
    assert close(metric.conclude((a + b) + c), metric.conclude(a + (b + c)))


@every_metric
def test_the_order_does_not_matter(metric: Any_) -> None:
    stats = [metric.observe(pair) for pair in PAIRS]
    values = [metric.conclude(reduce(add, order)) for order in permutations(stats)]
    assert all(close(value, values[0]) for value in values)


@every_metric
def test_nothing_is_neutral_and_concludes_to_zero(metric: Any_) -> None:
    seen = metric.observe(PAIRS[0])
    nothing = type(seen)()
    assert metric.conclude(nothing) == 0
    assert metric.conclude(seen + nothing) == metric.conclude(nothing + seen)
    assert metric.conclude(seen + nothing) == metric.conclude(seen)


@every_metric
def test_an_empty_pair_is_taken(metric: Any_) -> None:
    value = metric.conclude(metric.observe(Pair("", "", "甲")))
    assert value == (100 if metric.name == "empty" else 0)


@every_metric
def test_values_are_percent(metric: Any_) -> None:
    for pair in PAIRS:
        assert 0 <= metric.conclude(metric.observe(pair)) <= 100


@every_metric
def test_observing_changes_nothing(metric: Any_) -> None:
    stats = metric.observe(PAIRS[0])
    before = metric.conclude(stats)
    reduce(add, map(metric.observe, PAIRS), stats)
    assert metric.conclude(stats) == before
    assert metric.observe(PAIRS[0]) == stats


@every_metric
def test_a_score_is_the_conclusion_within_its_interval(metric: Any_) -> None:
    concluded = metric.conclude(reduce(add, map(metric.observe, PAIRS)))
    score = evaluate(PAIRS, training=TRAINING, which=[metric.name], resamples=100)[metric.name]
    assert close(score.value, concluded)
    assert score.ci95 is not None
    assert score.ci95[0] <= score.value <= score.ci95[1]
    assert ("name", metric.name) in score.signature.fields
