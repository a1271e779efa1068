"""Amounts as people read them."""

from decimal import Decimal

import pytest

from xiangsheng.cli.amounts import grouped, plain_amount, told
from xiangsheng.core.estimate import Cost


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0.00"),
        ("120", "120.00"),
        ("2.4", "2.40"),
        ("22.80666", "22.81"),
        ("0.5", "0.50"),
        ("0.02134", "0.0213"),
        ("0.0000567", "0.0000567"),
        ("0.99999", "1.00"),
        ("0.005", "0.005"),
        ("2.345", "2.35"),
    ],
)
def test_two_decimals_and_more_where_it_is_little(value: str, text: str) -> None:
    assert plain_amount(Decimal(value)) == text


def test_thousands_are_grouped_for_people_only() -> None:
    assert grouped(Decimal("14414.09568")) == "14,414.10"
    assert grouped(Decimal("0.0213")) == "0.0213"


def test_a_range_is_told_where_there_is_one() -> None:
    one = Decimal(1)
    assert told(Cost(one, one, one, "USD")) == "1.00 USD"
    assert told(Cost(one, 2 * one, 3 * one, "CNY")) == "2.00 CNY (1.00 – 3.00)"
