"""What the report dares to say."""

from dataclasses import replace

import pytest

import studies
from xiangsheng.core.score import Score
from xiangsheng.report.verdict import Verdict, asked, judge, main_metrics, rough, sentences


def difference(low: float, high: float) -> Score:
    return replace(studies.score((low + high) / 2, 1.0), ci95=(low, high))


@pytest.mark.parametrize(
    ("metric", "low", "high", "expected"),
    [
        ("gleu", 0.1, 2.0, Verdict.BETTER),
        ("gleu", -2.0, -0.1, Verdict.WORSE),
        ("gleu", -0.1, 2.0, Verdict.UNDECIDED),
        ("gleu", 0.0, 2.0, Verdict.UNDECIDED),
        ("gleu", -2.0, 0.0, Verdict.UNDECIDED),
        ("loop", -9.0, -1.0, Verdict.BETTER),
        ("loop", 1.0, 9.0, Verdict.WORSE),
        ("distinct_2", 0.1, 2.0, Verdict.HIGHER),
        ("distinct_2", -2.0, -0.1, Verdict.LOWER),
        ("never_heard_of", 0.1, 2.0, Verdict.HIGHER),
        ("rouge_l_zero", 0.1, 2.0, Verdict.BETTER),
        ("gleu", float("nan"), 2.0, Verdict.UNKNOWN),
    ],
)
def test_a_difference_counts_only_on_one_side_of_zero(
    metric: str, low: float, high: float, expected: Verdict
) -> None:
    assert judge(metric, difference(low, high)) is expected


def test_without_an_interval_nothing_is_judged() -> None:
    assert judge("gleu", studies.score(5.0, None)) is Verdict.UNKNOWN
    assert judge("gleu", None) is Verdict.UNKNOWN


def test_the_headline_judges_rouge_with_empty_answers_as_zero() -> None:
    assert main_metrics(studies.task()) == ("bleu_4", "gleu", "rouge_l_zero", "distinct_2")


def test_the_headline_falls_back_to_plain_rouge() -> None:
    task = studies.task()
    kept = {key: found for key, found in task.differences.items() if not key.endswith("_zero")}
    assert "rouge_l" in main_metrics(replace(task, differences=kept))


def test_every_main_metric_is_in_exactly_one_sentence() -> None:
    task = studies.few().tasks[0]
    said = [sentence.en for sentence in sentences(task)]
    for name in ("BLEU-4", "GLEU", "ROUGE-L", "Distinct-2"):
        assert sum(name in sentence for sentence in said) == 1
    assert any("no difference that this test set can show" in sentence for sentence in said)
    assert any("no interval could be worked out" in sentence for sentence in said)


@pytest.mark.parametrize(("scripts", "expected"), [(19, True), (20, False)])
def test_intervals_are_called_rough_below_twenty_scripts(scripts: int, expected: bool) -> None:  # noqa: FBT001
    task = studies.task(scripts=scripts)
    assert rough(task) is expected
    assert any("rough" in sentence.en for sentence in sentences(task)) is expected


def test_one_sentence_says_what_was_asked_of_whom() -> None:
    assert asked(studies.task()).en == (
        "local:ada, before and after fine-tuning, answered the same 950 prompts from 50 scripts."
    )
    assert asked(studies.base_only().tasks[0]).zh == "local:ada 回答了 50 个剧本里的 950 道题。"


def test_a_base_alone_is_not_compared() -> None:
    assert [found.en for found in sentences(studies.base_only().tasks[0])] == [
        "Only one system was measured; no tuned model stands beside it."
    ]


def test_no_items_means_no_verdict() -> None:
    assert [found.zh for found in sentences(studies.nothing().tasks[0])] == [
        "这项任务一道题也没有问，所以没有数字可比。"
    ]
