"""Numbers and prices are said as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.corpus.composer.numbers import priced, said

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"),
        (2, "两"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (115, "一百一十五"),
        (120, "一百二十"),
        (222, "两百二十二"),
        (1005, "一千零五"),
        (1050, "一千零五十"),
        (3020, "三千零二十"),
        (12_000, "一万两千"),
        (20_000, "两万"),
        (30_005, "三万零五"),
        (100_080, "十万零八十"),
        (1_250_000, "一百二十五万"),
    ],
)
def test_numbers(number: int, text: str) -> None:
    assert said(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2, "两块"),
        (40, "四十块"),
        (105, "一百零五块"),
        (120, "一百二"),
        (250, "两百五"),
        (400, "四百块"),
        (1200, "一千二"),
        (1250, "一千两百五十块"),
        (3600, "三千六"),
        (35_000, "三万五"),
        (35_200, "三万五千两百块"),
        (120_000, "十二万块"),
    ],
)
def test_prices(number: int, text: str) -> None:
    assert priced(number) == text


def heard(text: str) -> int:
    """What a listener writes down: a slow, obvious reference."""
    total, part, digit = 0, 0, 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character == "万":
            total, part, digit = (part + digit) * 10_000, 0, 0
        else:
            size = {"十": 10, "百": 100, "千": 1000}[character]
            part += (digit or 1) * size
            digit = 0
    return total + part + digit


@given(st.integers(0, 99_999_999))
def test_what_is_said_is_heard(number: int) -> None:
    assert heard(said(number)) == number
