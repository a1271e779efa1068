"""How numbers look."""

import pytest

import studies
from xiangsheng.report.figures import interval, minus, plain, seconds, share, signed, value


def test_a_value_has_two_decimals_and_a_true_minus() -> None:
    assert value(studies.score(-3.456, 1.0)) == "−3.46"
    assert signed(studies.score(3.456, 1.0)) == "+3.46"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_a_dash(number: float) -> None:
    assert value(studies.score(number, None)) == "—"
    assert signed(studies.score(number, None)) == "—"


def test_zero_has_no_sign() -> None:
    assert minus("-0.00") == "0.00"
    assert signed(studies.score(-0.001, 1.0)) == "0.00"


def test_an_interval_stands_in_brackets() -> None:
    assert interval(studies.score(10.0, 1.0)) == "[9.00, 11.08]"
    assert interval(studies.score(0.5, 1.0), sign=True) == "[−0.50, +1.58]"
    assert interval(studies.score(0.5, None)) == ""
    assert interval(None) == ""


def test_a_published_third_decimal_is_kept() -> None:
    assert plain(9.725) == "9.725"
    assert plain(40.7) == "40.70"


def test_a_share_of_nothing_is_a_dash() -> None:
    assert share(0, 0) == "—"
    assert share(30, 950) == "3.2"


def test_seconds_are_rounded_when_there_are_many() -> None:
    assert seconds(1312.4) == "1,312"
    assert seconds(2.34) == "2.3"
