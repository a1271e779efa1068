"""ROUGE as rouge 1.0.1 has it."""

import numpy as np
import pytest

from xiangsheng.core.score import Pair
from xiangsheng.metrics.rouge import Rouge, rouge, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (".", []),
        ("..", [" "]),
        ("...", [" ", " "]),
        (" ", [" "]),
        ("你 好。", ["你好。"]),
        ("一.二", ["一", "二"]),
        (".一.", ["一"]),
        ("一. ", ["一", " "]),
        ("一..二", ["一", " ", "二"]),
    ],
)
def test_sentences_end_at_dots(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_small_example() -> None:
    one, two, long = rouge("甲乙丙", "甲丙乙丁") or (0, 0, 0)
    assert one == pytest.approx(2 * 3 / 7, abs=1e-6)
    assert two == 0
    assert long == pytest.approx(2 * 2 / 7, abs=1e-6)


def test_repeats_count_once() -> None:
    assert rouge("啊啊啊", "啊") == pytest.approx((1, 0, 1), abs=1e-6)


@pytest.mark.parametrize("pair", [("", "甲"), ("甲", ""), (".", "甲")])
def test_no_sentence_no_score(pair: tuple[str, str]) -> None:
    assert rouge(*pair) is None


def test_a_pair_without_a_score_is_dropped_or_counts_as_nothing() -> None:
    pairs = [Pair("甲", "甲", "1"), Pair("甲", "", "1")]
    for missing, expected in (("drop", 100), ("zero", 50)):
        family = Rouge(missing)
        sums = [sum(column) for column in zip(*map(family.row, pairs), strict=True)]
        assert family.conclude(sums)[0] == pytest.approx(expected, abs=1e-5)
        assert family.conclude_many(np.array(sums, float))[0] == pytest.approx(expected, abs=1e-5)
