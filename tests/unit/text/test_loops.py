"""Loops: spans three times in a row, lines that come back."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.text.loops import repeats_line, repeats_span

NAIVE = re.compile(r"(.{4,})\1\1", re.DOTALL)


@pytest.mark.parametrize(
    "text",
    [
        "我说什么我说什么我说什么",
        "好，你来吧你来吧！你来吧！你来吧！再见",
        "哈" * 12,
        "\n\n\n\n" * 3,
        "x" * 5000,
        "甲" + "这是一段很长的话，它一共说了三遍。" * 3 + "乙",
    ],
)
def test_a_span_three_times_in_a_row_is_a_loop(text: str) -> None:
    assert repeats_span(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "哈" * 11,
        "我说什么我说什么",
        "哈哈哈，嘿嘿嘿，呵呵呵",
        "对不对对不对对不对",  # the span is three characters long
        "我说什么，我说什么呀我说什么",
    ],
)
def test_less_is_not(text: str) -> None:
    assert not repeats_span(text)


@given(st.text("ab", max_size=60) | st.text("abc", max_size=60))
def test_it_finds_what_backtracking_finds(text: str) -> None:
    assert repeats_span(text) == (NAIVE.search(text) is not None)


@given(st.text(max_size=20), st.text(min_size=4, max_size=30), st.text(max_size=20))
def test_a_planted_loop_is_found_anywhere(head: str, span: str, tail: str) -> None:
    assert repeats_span(head + span * 3 + tail)


def thue_morse(size: int) -> str:
    return "".join(str(index.bit_count() & 1) for index in range(size))


@pytest.mark.parametrize(
    "text",
    [
        thue_morse(20_000),  # full of squares, without a cube
        "".join(random.Random(3).choices("甲乙丙丁戊己庚辛", k=20_000)),
        "啊" * 11 + "哦",
    ],
)
def test_long_lines_without_a_loop_are_read_to_their_end(text: str) -> None:
    assert not repeats_span(text)


def test_a_line_equal_to_one_of_the_four_before_is_a_loop() -> None:
    before = ("是啊。", "二", "三", "四")
    assert repeats_line([" 是啊。"], before)
    assert not repeats_line(["是啊。"], (*before, "五"))
    assert repeats_line(["甲", "乙", "甲"])
    assert not repeats_line(["甲", "乙", "丙"], ("丁", "丁"))
    assert not repeats_line([], ("丁", "丁"))
