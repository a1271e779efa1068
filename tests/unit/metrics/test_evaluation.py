"""From pairs to scores."""

import random
from dataclasses import replace

import pytest

from xiangsheng import metrics
from xiangsheng.core.errors import UsageError
from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.score import Pair
from xiangsheng.metrics.evaluation import compare, evaluate
from xiangsheng.metrics.names import ALL, NOVELTY, TEN, WITHOUT_TRAINING
from xiangsheng.metrics.ten import ten

TRAINING = ["今天天气不错", "您贵姓啊"]
WORDS = "今天天气真的不错啊您说是不是呢，我看也是。"


def script(seed: int, units: int = 6, lines: int = 5) -> list[Pair]:
    """Made-up pairs, some empty, some failed; `seed` changes candidates only."""
    source, draw = random.Random(1), random.Random(seed)
    pairs = []
    for index in range(units * lines):
        reference = "".join(source.choices(WORDS, k=source.randint(3, 15)))
        candidate = "".join(draw.choices(WORDS, k=draw.randint(0, 15)))
        kind = OutcomeKind.OK if candidate else OutcomeKind.FILTERED
        pairs.append(Pair(reference, candidate, f"script {index // lines}", kind, raw=candidate))
    return pairs


def test_every_metric_is_given_in_the_order_of_tables() -> None:
    assert tuple(evaluate(script(0), resamples=20)) == WITHOUT_TRAINING
    assert tuple(evaluate(script(0), training=TRAINING, resamples=20)) == ALL
    assert evaluate(script(0), which=[]) == {}
    assert tuple(evaluate(script(0), which=["gleu", "bleu_1"], resamples=20)) == ("bleu_1", "gleu")


def test_values_are_those_without_intervals() -> None:
    pairs = script(0)
    scores = evaluate(pairs, which=TEN, resamples=20)
    plain = ten([(pair.candidate, pair.reference) for pair in pairs])
    assert {name: score.value for name, score in scores.items()} == pytest.approx(plain, abs=1e-12)


def test_every_interval_holds_its_estimate_and_stays_in_percent() -> None:
    for score in evaluate(script(0), training=TRAINING, resamples=200).values():
        assert score.ci95 is not None
        assert 0 <= score.ci95[0] <= score.value <= score.ci95[1] <= 100


def test_the_order_of_pairs_does_not_matter() -> None:
    pairs = script(0)
    shuffled = random.Random(7).sample(pairs, len(pairs))
    expected = evaluate(pairs, training=TRAINING, resamples=50)
    assert evaluate(shuffled, training=TRAINING, resamples=50) == expected


def test_the_same_seed_gives_the_same_interval_and_another_does_not() -> None:
    first, again, other = (
        evaluate(script(0), which=["bleu_1"], resamples=50, seed=seed)["bleu_1"]
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first.value == other.value
    assert first.ci95 != other.ci95


def test_an_interval_does_not_depend_on_what_else_is_asked() -> None:
    pairs = script(0, units=90)
    alone = evaluate(pairs, which=["bleu_1"], resamples=700)["bleu_1"].ci95
    assert alone == pytest.approx(evaluate(pairs, resamples=700)["bleu_1"].ci95, abs=1e-9)


def test_below_two_units_there_is_no_interval() -> None:
    for score in evaluate(script(0, units=1), training=TRAINING).values():
        assert score.ci95 is None
        assert ("interval", "none") in score.signature.fields


def test_no_pairs_score_nothing() -> None:
    for score in evaluate([], training=TRAINING).values():
        assert (score.value, score.ci95, score.n, score.units) == (0, None, 0, 0)


def test_a_failure_counts_as_the_empty_string_but_for_dropped_rouge() -> None:
    pairs = script(0)
    answered = sum(bool(pair.candidate) for pair in pairs)
    scores = evaluate(pairs, resamples=20)
    assert scores["bleu_1"].n == scores["rouge_1_zero"].n == len(pairs)
    assert scores["rouge_1"].n == answered < len(pairs)
    ratio = answered / len(pairs)
    assert scores["rouge_1_zero"].value == pytest.approx(scores["rouge_1"].value * ratio)
    assert scores["filtered"].value == pytest.approx(100 * (1 - ratio))


def test_a_signature_tells_all_that_changes_the_number() -> None:
    scores = evaluate(script(0), training=TRAINING, resamples=30, seed=4, unit="episode")
    fields = dict(scores["bleu_3"].signature.fields)
    assert fields["name"] == "bleu_3"
    assert fields["tokens"] == "char"
    assert fields["smoothing"] == "method1 epsilon 0.1"
    assert fields["weights"] == "0.33 0.33 0.33 0"
    assert fields["missing"] == "zero"
    assert fields["unit"] == "episode, 6"
    assert fields["resamples"] == "30"
    assert fields["seed"] == "4"
    assert "filtered" in fields["outcomes"]
    assert {"numpy", "xiangsheng", "n"} <= fields.keys()
    assert dict(scores["rouge_l"].signature.fields)["missing"] == "drop"
    jackknifed = dict(scores["novelty_4"].signature.fields)
    assert "jackknife" in jackknifed["interval"]
    assert "seed" not in jackknifed
    for score in scores.values():
        assert len(str(score.signature).split("|")) == len(score.signature.fields)


def test_novelty_is_the_share_that_training_lacks() -> None:
    pairs = [Pair("您好", "今天真好", "1"), Pair("您好", "天气", "2")]
    scores = evaluate(pairs, training=TRAINING, which=NOVELTY)
    assert scores["novelty_1"].value == pytest.approx(100 * 2 / 6)
    assert scores["novelty_2"].value == pytest.approx(100 * 2 / 4)
    assert scores["novelty_4"].value == 100
    assert scores["novelty_5"].value == 0  # nothing generated is that long


def test_a_difference_is_tuned_less_base() -> None:
    base, tuned = script(0), script(5)
    before, after = (evaluate(p, training=TRAINING, resamples=20) for p in (base, tuned))
    for name, score in compare(base, tuned, training=TRAINING, resamples=200).items():
        assert score.value == pytest.approx(after[name].value - before[name].value, abs=1e-12)
        assert score.ci95 is not None
        assert score.ci95[0] <= score.value <= score.ci95[1]
        assert ("difference", "tuned − base") in score.signature.fields


def test_a_system_does_not_differ_from_itself() -> None:
    for score in compare(script(0), script(0), training=TRAINING, resamples=50).values():
        assert (score.value, score.ci95) == (0, (0, 0))


def test_pairing_narrows_the_interval() -> None:
    base = script(0, units=30)
    tuned = [replace(pair, candidate=pair.candidate + "啊") for pair in base]
    difference = compare(base, tuned, which=["bleu_1"], resamples=400)["bleu_1"].ci95
    alone = evaluate(base, which=["bleu_1"], resamples=400)["bleu_1"].ci95
    assert difference is not None
    assert alone is not None
    assert difference[1] - difference[0] < alone[1] - alone[0]


def test_different_items_are_not_compared() -> None:
    base = script(0)
    with pytest.raises(UsageError, match="not asked the same items") as caught:
        compare(base, base[:-1])
    assert caught.value.code == "different_items"
    with pytest.raises(UsageError, match="not asked the same items"):
        compare(base[:-1], base)


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(UsageError, match="no metric is called meteor") as caught:
        evaluate([], which=["meteor"])
    assert "bleu_1" in caught.value.hint
    with pytest.raises(UsageError, match="training data"):
        evaluate([], which=["novelty_4"])
    with pytest.raises(UsageError, match="resamples is 0"):
        evaluate([], resamples=0)


def test_the_package_offers_the_entry_points() -> None:
    assert metrics.evaluate is evaluate
    assert metrics.compare is compare
    assert metrics.TEN is TEN
    with pytest.raises(AttributeError, match="no attribute meteor"):
        metrics.meteor  # type: ignore[attr-defined] # noqa: B018
