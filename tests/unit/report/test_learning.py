"""What is said of learning."""

import re
from dataclasses import replace

import pytest

import studies
from xiangsheng import report
from xiangsheng.core.results import Study, Tuning
from xiangsheng.core.words import Words
from xiangsheng.report.learning import (
    MOST_POINTS,
    curves,
    facts,
    is_told,
    left_out,
    loss_words,
    thinned,
    unit_words,
)


def tuning(**changes: object) -> Tuning:
    found = studies.full().tuning
    assert found is not None
    return replace(found, **changes)  # type: ignore[arg-type]


def section(study: Study) -> str:
    found = re.search(r'<section id="learning".*?</section>', report.html(study), re.DOTALL)
    return found[0] if found else ""


def test_training_comes_before_what_is_held_out() -> None:
    assert [curve.held_out for curve in curves(tuning())] == [False, True]
    assert [curve.held_out for curve in curves(tuning(curve=()))] == [True]
    assert curves(tuning(curve=(), validation=((1, float("inf")),))) == ()
    assert curves(None) == ()


def test_a_curve_ends_with_its_loss_and_the_exponential() -> None:
    (curve,) = curves(tuning(curve=((0, 3.0), (1, 2.0)), validation=()))
    assert (curve.loss, curve.perplexity) == ("2.000", "7.39")


@pytest.mark.parametrize("last", [float("nan"), float("inf"), 1e6])
def test_a_training_that_broke_has_no_perplexity(last: float) -> None:
    (curve,) = curves(tuning(curve=((0, 3.0), (1, last)), validation=()))
    assert curve.perplexity == "—"
    assert curve.loss == ("1000000.000" if last == 1e6 else "—")


def test_a_long_curve_keeps_its_ends() -> None:
    points = tuple((step, float(step)) for step in range(12_345))
    kept = thinned(points)
    assert len(kept) == len(set(kept)) == MOST_POINTS
    assert (kept[0], kept[-1]) == (points[0], points[-1])
    assert thinned(points[:MOST_POINTS]) == points[:MOST_POINTS]


def test_the_curves_are_told_to_who_cannot_see_them() -> None:
    told = loss_words(tuning(curve=((0, 3.0), (5, 1.5), (9, 2.0)), validation=((0, 4.0), (9, 3.0))))
    assert told.en == (
        "Loss on training examples goes from 3.000 at step 0 to 2.000 at step 9; the lowest is "
        "1.500. Loss on held-out examples goes from 4.000 at step 0 to 3.000 at step 9; the "
        "lowest is 3.000."
    )
    assert told.zh.count("。") == 2


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("", Words("词元", "token")),
        ("token", Words("词元", "token")),
        ("character", Words("字", "character")),
        ("byte", Words("byte", "byte")),
    ],
)
def test_a_unit_nobody_described_is_called_by_its_own_name(unit: str, words: Words) -> None:
    assert unit_words(tuning(unit=unit)) == words


def test_what_was_not_counted_is_not_told() -> None:
    told = facts(tuning(steps=1200, tokens=0, settings={"epochs": "2"}))
    assert [(name.en, text) for name, text in told] == [("Steps", "1,200"), ("epochs", "2")]


def test_scripts_that_were_not_read_are_counted() -> None:
    assert [words.en for words in left_out(studies.real_lines())] == [
        "base: 1 of 50 scripts could not be read and are left out."
    ]
    reading = studies.real_lines()
    silent = replace(reading.systems[1], scores={})
    assert [words.en for words in left_out(replace(reading, systems=(silent,)))] == [
        "tuned: 50 of 50 scripts could not be read and are left out."
    ]


def test_lower_is_better() -> None:
    page = section(studies.full())
    assert "Tuning made it better on Perplexity." in page
    assert "−226.30" in page


def test_a_run_of_before_has_no_such_section() -> None:
    old = replace(studies.full(), real_lines=None, tuning=tuning(curve=(), validation=()))
    for study in (studies.base_only(), studies.nothing(), old):
        assert not is_told(study)
        assert section(study) == ""
        assert "#learning" not in report.html(study)
        assert "Learning" not in report.lab_log(study)


def test_a_run_of_before_still_shows_how_its_model_was_trained() -> None:
    page = section(replace(studies.few(), real_lines=None))
    assert "Loss (nats per token) by step" in page
    assert "12.18" in page
    assert "Real lines" not in page


def test_a_model_that_gave_no_logprobs_has_no_numbers_and_no_verdict() -> None:
    reading = studies.real_lines()
    silent = tuple(replace(found, scores={}) for found in reading.systems)
    study = replace(studies.full(), real_lines=replace(reading, systems=silent, differences={}))
    for text in (section(study), report.lab_log(study)):
        assert "There are no numbers to list." in text
        assert "better on Perplexity" not in text


def test_perplexity_is_nowhere_among_percentages() -> None:
    page = report.html(studies.full())
    published = page.partition('<section id="published"')[2].partition("</section>")[0]
    assert "Perplexity" not in published
    assert "In percent, but for perplexity" in page
    assert "In percent, but for perplexity" not in report.html(studies.base_only())
