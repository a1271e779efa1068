"""N-grams and how many of them two texts share."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.text.ngrams import clipped_matches, lengthen, ngrams

SHORT = st.text("哎呦你好", max_size=40)


def test_ngrams_are_in_order_and_repeat() -> None:
    assert ngrams("哈哈哈好", 2) == ["哈哈", "哈哈", "哈好"]
    assert ngrams("哈", 2) == []


@given(SHORT, st.integers(1, 6))
def test_lengthening_gives_the_next_order(text: str, n: int) -> None:
    assert lengthen(ngrams(text, n), text) == ngrams(text, n + 1)


def test_a_text_is_the_list_of_its_unigrams() -> None:
    assert lengthen("你好吗", "你好吗") == ["你好", "好吗"]


@pytest.mark.parametrize(
    ("left", "right", "matches"),
    [
        ("你你你", "你你", 2),
        ("你", "你你你", 1),
        ("", "你", 0),
        ("你好", "再见", 0),
        ("abc", "cba", 3),
    ],
)
def test_matches_are_clipped(left: str, right: str, matches: int) -> None:
    assert clipped_matches(left, right) == matches


@given(st.text("abcdefghijklmn", max_size=80), st.text("abcdefghijklmn", max_size=80))
def test_matches_are_the_overlap_of_two_counters(left: str, right: str) -> None:
    assert clipped_matches(left, right) == (Counter(left) & Counter(right)).total()
