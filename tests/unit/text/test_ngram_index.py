"""The n-gram index, against searching the text itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.text.ngram_index import NgramIndex

LINE = st.text("ab好\U0001f602\n", max_size=30)


def by_search(lines: list[str], text: str, orders: int) -> tuple[tuple[int, int], ...]:
    known = "\n".join(lines).split("\n")
    counts = []
    for n in range(1, orders + 1):
        grams = [
            line[start : start + n]
            for line in text.split("\n")
            for start in range(len(line) - n + 1)
        ]
        counts.append((sum(all(g not in line for line in known) for g in grams), len(grams)))
    return tuple(counts)


@given(st.lists(LINE, max_size=5), LINE)
def test_it_finds_what_searching_finds(lines: list[str], text: str) -> None:
    assert NgramIndex(lines, 6).novel(text) == by_search(lines, text, 6)


def test_ngrams_do_not_cross_lines() -> None:
    index = NgramIndex(["你好", "吗？"], 2)
    assert index.novel("好吗") == ((0, 2), (1, 1))
    assert index.novel("你好\n吗？") == ((0, 4), (0, 2))


@pytest.mark.parametrize("lines", [[], [""], ["", ""]])
def test_against_nothing_all_is_new(lines: list[str]) -> None:
    assert NgramIndex(lines, 3).novel("你好") == ((2, 2), (1, 1), (0, 0))


def test_every_occurrence_counts() -> None:
    assert NgramIndex(["好"], 1).novel("坏坏好好") == ((2, 4),)


def test_lone_surrogates_are_characters_too() -> None:
    assert NgramIndex(["\ud800a"], 2).novel("\ud800a") == ((0, 2), (0, 1))
