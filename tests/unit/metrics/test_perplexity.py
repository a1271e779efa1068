"""Perplexity of lines that were read."""

import math

import numpy as np
import pytest

from xiangsheng.core.errors import UsageError
from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.score import Pair
from xiangsheng.metrics import LEARNING, compare, evaluate
from xiangsheng.metrics.perplexity import Perplexity

FAMILY = Perplexity()


def script(name: str, nats: float | None, characters: int = 4) -> Pair:
    kind = OutcomeKind.ERROR if nats is None else OutcomeKind.OK
    return Pair("您好", "", name, kind, raw="0:您好\n", nats=nats, characters=characters)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], 0),
        ([script("1", None)], 0),
        ([script("1", 0.0)], 1),
        ([script("1", 4 * math.log(8))], 8),
        # Characters count alike, whichever script they are in.
        ([script("1", 3 * math.log(2), 3), script("2", math.log(32), 1)], 4),
        ([script("1", 4 * math.log(8)), script("2", None)], 8),
    ],
)
def test_perplexity(pairs: list[Pair], expected: float) -> None:
    sums = [sum(column) for column in zip(*map(FAMILY.row, pairs), strict=True)] or [0, 0, 0]
    assert FAMILY.conclude(sums) == pytest.approx((expected,))
    assert FAMILY.conclude_many(np.array([sums, sums])) == pytest.approx(
        np.array([[expected], [expected]])
    )


def test_it_is_measured_alone_and_has_an_interval() -> None:
    pairs = [script(str(n), n * 1.5, n + 1) for n in range(1, 9)]
    (name, score), *others = evaluate(pairs, which=LEARNING, resamples=300).items()
    assert (name, others) == ("perplexity", [])
    assert score.value == pytest.approx(math.exp(sum(n * 1.5 for n in range(1, 9)) / 44))
    assert score.ci95 is not None
    assert 1 < score.ci95[0] < score.value < score.ci95[1]
    fields = dict(score.signature.fields)
    assert fields["per"] == "character, line breaks counted, labels and given lines not"
    assert (fields["missing"], fields["outcomes"], score.n) == ("drop", "ok 8", 8)


def test_what_was_not_read_is_left_out_and_said() -> None:
    pairs = [script("1", 4.0), script("2", 8.0), script("3", None)]
    score = evaluate(pairs, which=LEARNING, resamples=300)["perplexity"]
    assert score.value == pytest.approx(math.exp(12 / 8))
    assert score.ci95 == pytest.approx((math.exp(1), math.exp(2)))
    assert (score.n, score.units) == (2, 2)
    assert dict(score.signature.fields)["outcomes"] == "ok 2, error 1"


def test_of_nothing_read_there_is_no_number() -> None:
    for pairs in ([], [script("1", None), script("2", None)]):
        assert evaluate(pairs, which=LEARNING, resamples=50) == {}
        assert compare(pairs, pairs, which=LEARNING, resamples=50) == {}


def test_a_difference_is_of_the_scripts_that_both_have_read() -> None:
    base = [script("1", 8.0), script("2", 8.0), script("3", None), script("4", 40.0)]
    tuned = [script("1", 4.0), script("2", 4.0), script("3", 0.0), script("4", None)]
    score = compare(base, tuned, which=LEARNING, resamples=50)["perplexity"]
    assert score.value == pytest.approx(math.exp(1) - math.exp(2))
    assert score.ci95 == pytest.approx((score.value, score.value))
    assert (score.n, score.units) == (2, 2)


def test_it_is_not_mixed_with_metrics_of_answers() -> None:
    with pytest.raises(UsageError, match="on lines that were read"):
        evaluate([script("1", 4.0)], which=["gleu", "perplexity"])
    assert "perplexity" not in evaluate([script("1", 4.0)])
