"""What may honestly be said of tuned against base."""

from collections.abc import Iterator
from enum import StrEnum
from math import isfinite

from xiangsheng.core.results import TaskResult
from xiangsheng.core.score import Score
from xiangsheng.core.words import Words
from xiangsheng.report.words import metric, metrics, same, say

FEW_SCRIPTS = 20
"""Below this many independent units a percentile bootstrap is too narrow to lean on."""


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"


MARKS = {
    Verdict.BETTER: "▲",
    Verdict.WORSE: "▼",
    Verdict.HIGHER: "△",
    Verdict.LOWER: "▽",
    Verdict.UNDECIDED: "＝",
    Verdict.UNKNOWN: "？",
}


def judge(name: str, difference: Score | None) -> Verdict:
    """A difference counts only when its whole interval lies on one side of zero."""
    if (
        difference is None
        or difference.ci95 is None
        or not all(map(isfinite, (difference.value, *difference.ci95)))
    ):
        return Verdict.UNKNOWN
    low, high = difference.ci95
    if low <= 0 <= high:
        return Verdict.UNDECIDED
    rose, better = low > 0, metric(name).better
    if not better:
        return Verdict.HIGHER if rose else Verdict.LOWER
    return Verdict.BETTER if rose == (better == "higher") else Verdict.WORSE


def rough(task: TaskResult) -> bool:
    return task.scripts < FEW_SCRIPTS


def asked(task: TaskResult) -> Words:
    """What was run on what, in one sentence."""
    models = {found.name: found.model for found in task.systems}
    counts: dict[str, Words | str | int] = {"scripts": task.scripts, "items": task.items}
    if "base" in models and "tuned" in models:
        return say("asked_both", base=models["base"], **counts)
    if not models:
        return say("asked_nobody")
    return say("asked_one", model=Words.listed(same(name) for name in models.values()), **counts)


def main_metrics(task: TaskResult) -> tuple[str, ...]:
    """The metrics that the headline judges, as far as this task has their difference.

    Where a metric was also counted with empty answers as zero, that is the one to judge by.
    """
    chosen = (
        f"{key}_zero" if f"{key}_zero" in task.differences else key
        for key, entry in metrics().items()
        if entry.main
    )
    return tuple(key for key in chosen if key in task.differences)


def sentences(task: TaskResult) -> Iterator[Words]:
    """The verdict of one task in words."""
    if not task.items:
        yield say("no_items")
        return
    if not any(found.name == "tuned" for found in task.systems):
        yield say("no_tuned")
        return
    judged = {key: judge(key, task.differences[key]) for key in main_metrics(task)}
    if not judged:
        yield say("no_difference_given")
    for kind in Verdict:
        if named := [metric(key).name for key, found in judged.items() if found is kind]:
            yield say(f"says_{kind}", metrics=Words.listed(named))
    if judged and rough(task):
        yield say("rough", scripts=task.scripts)
