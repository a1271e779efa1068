"""Health and failure rates."""

import pytest

from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.score import Pair
from xiangsheng.metrics.rates import Rates, kind_of, loops

FAMILY = Rates()


def wrong(pair: Pair) -> set[str]:
    """The rates that a pair raises."""
    _, *flags = FAMILY.row(pair)
    return {name for name, flag in zip(FAMILY.names, flags, strict=True) if flag}


def test_a_good_line_raises_none() -> None:
    assert wrong(Pair("您好", "您好", "1", before=("您贵姓", "免贵"))) == set()


@pytest.mark.parametrize("kind", ["truncated", "refused", "filtered", "error", "empty"])
def test_outcomes_raise_their_own(kind: str) -> None:
    text = "没说完的" if kind == "truncated" else ""
    assert wrong(Pair("您好", text, "1", kind=OutcomeKind(kind))) == {kind}


def test_a_blank_text_is_empty_whatever_it_is_called() -> None:
    assert kind_of(Pair("您好", " \n", "1")) is OutcomeKind.EMPTY
    assert kind_of(Pair("您好", "", "1", kind=OutcomeKind.TRUNCATED)) is OutcomeKind.EMPTY
    assert kind_of(Pair("您好", "", "1", kind=OutcomeKind.ERROR)) is OutcomeKind.ERROR


def test_a_line_that_was_just_said_is_a_loop() -> None:
    assert loops(Pair("您好", "是啊", "1", before=("是啊", "对")))
    assert not loops(Pair("您好", "是啊", "1", before=("是啊", "二", "三", "四", "五")))


def test_loops_are_found_in_all_that_was_generated() -> None:
    assert wrong(Pair("您好", "对", "1", raw="对\n1:好\n0:对\n1:好")) == {"loop"}


def test_labels_are_read_from_all_that_was_generated() -> None:
    assert wrong(Pair("您好", "对", "1", raw="对\n2:我也来了", label="1")) == {"role_drift"}
    assert wrong(Pair("您好", "对", "1", raw="对\n0:好", label="1")) == set()


def test_rates_are_percent_of_all_items() -> None:
    pairs = [Pair("您好", "", "1", kind=OutcomeKind.REFUSED)] + [Pair("您好", "好", "1")] * 3
    sums = [sum(column) for column in zip(*map(FAMILY.row, pairs), strict=True)]
    values = dict(zip(FAMILY.names, FAMILY.conclude(sums), strict=True))
    assert values["refused"] == 25
    assert values["empty"] == 0
