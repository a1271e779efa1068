"""BLEU and GLEU, by hand."""

from math import exp, log, sqrt

import numpy as np
import pytest

from xiangsheng.metrics.bleu import Overlap, overlap

FAMILY = Overlap()


def scores(*pairs: tuple[str, str]) -> dict[str, float]:
    sums = [sum(column) for column in zip(*(overlap(*pair) for pair in pairs), strict=True)]
    return dict(zip(FAMILY.names, FAMILY.conclude(sums), strict=True))


def test_equal_texts_score_a_hundred() -> None:
    assert scores(("你好世界", "你好世界")) == pytest.approx(dict.fromkeys(FAMILY.names, 100))


def test_nothing_in_common_scores_nothing() -> None:
    assert scores(("你好", "再见")) == dict.fromkeys(FAMILY.names, 0)
    assert scores(("", "")) == dict.fromkeys(FAMILY.names, 0)


def test_a_small_example() -> None:
    found = scores(("abcd", "abce"))  # matches 3, 2, 1, 0 of 4, 3, 2, 1
    assert found["bleu_1"] == pytest.approx(75)
    assert found["bleu_2"] == pytest.approx(100 * sqrt(3 / 4 * 2 / 3))
    assert found["bleu_3"] == pytest.approx(100 * (3 / 4 * 2 / 3 * 1 / 2) ** 0.33)
    assert found["bleu_4"] == pytest.approx(100 * (3 / 4 * 2 / 3 * 1 / 2 * 0.1) ** 0.25)
    assert found["gleu"] == pytest.approx(100 * 6 / 10)


def test_short_candidates_are_penalised_and_long_ones_are_not() -> None:
    assert scores(("ab", "abcd"))["bleu_1"] == pytest.approx(100 * exp(1 - 4 / 2))
    assert scores(("abcdef", "abc"))["bleu_1"] == pytest.approx(50)


def test_a_pair_too_short_for_an_order_adds_one_to_its_denominator() -> None:
    found = scores(("ab", "ab"), ("c", "c"))  # two-grams: 1 match of 1, and 0 of max(1, 0)
    assert found["bleu_2"] == pytest.approx(100 * exp(0.5 * log(1 / 2)))
    assert found["gleu"] == pytest.approx(100)


def test_repeats_are_clipped() -> None:
    assert scores(("啊啊啊啊", "啊哦哦哦"))["bleu_1"] == pytest.approx(25)


def test_an_empty_candidate_costs_length_and_denominators() -> None:
    assert overlap("", "abc") == (1, 0, 3, 0, 0, 0, 0, 1, 1, 1, 1, 6)


def test_many_rows_conclude_as_one_does() -> None:
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("abcde"), size)) for size in rng.integers(0, 9, 80)]
    rows = np.array([overlap(*pair) for pair in zip(texts[:40], texts[40:], strict=True)], float)
    expected = [FAMILY.conclude(row) for row in rows.tolist()]
    assert np.allclose(FAMILY.conclude_many(rows), expected, rtol=1e-12, atol=0)
    assert (FAMILY.conclude_many(np.zeros((1, 12))) == 0).all()
