"""Rows to show, the same for the page and for the lab log."""

from collections.abc import Iterator
from dataclasses import dataclass

from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.results import Study, TaskResult
from xiangsheng.core.score import Score
from xiangsheng.core.words import Words
from xiangsheng.report.verdict import Verdict, judge
from xiangsheng.report.words import (
    MetricWords,
    counting,
    metric,
    metrics,
    say,
    system,
    task,
)

ROUGE = ("rouge_1", "rouge_2", "rouge_l")


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric: a score for each system in the task's order, and the paired difference."""

    key: str
    words: MetricWords
    scores: tuple[Score | None, ...]
    difference: Score | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SignedNumber:
    task: Words
    system: Words
    metric: Words
    score: Score
    is_difference: bool


def metric_rows(result: TaskResult, *groups: str) -> tuple[MetricRow, ...]:
    """The metrics of these groups; overlap and variety keep a row for what was not measured."""
    return tuple(
        _row(result, key, metric(key)) for key in _keys(result) if metric(key).group in groups
    )


def _row(result: TaskResult, key: str, entry: MetricWords) -> MetricRow:
    difference = result.differences.get(key)
    scores = tuple(found.scores.get(key) for found in result.systems)
    return MetricRow(key, entry, scores, difference, judge(key, difference))


def _keys(result: TaskResult) -> Iterator[str]:
    """Known metrics in their order, then the rest in theirs."""
    present = dict.fromkeys(
        [key for found in result.systems for key in found.scores] + list(result.differences)
    )
    for key, entry in metrics().items():
        if key in present or (present and entry.group in {"overlap", "variety"}):
            yield key
    yield from (key for key in present if key not in metrics())


def missing_rows(result: TaskResult) -> tuple[MetricRow, ...]:
    """Every ROUGE that was counted both ways, an empty answer as zero and left out."""
    rows: list[MetricRow] = []
    for key in ROUGE:
        ways = _ways(result, key)
        if len(ways) > 1:
            rows += (_row(result, ways[way], counting(key, way)) for way in ("zero", "drop"))
    return tuple(rows)


def _ways(result: TaskResult, key: str) -> dict[str, str]:
    """Under which name each way of counting stands; the signature of the plain name says which."""
    ways: dict[str, str] = {}
    for found in result.systems:
        for name in (key, f"{key}_zero", f"{key}_drop"):
            if score := found.scores.get(name):
                way = dict(score.signature.fields).get("missing", "")
                if way in {"zero", "drop"}:
                    ways.setdefault(way, name)
    return ways


def outcome_kinds(result: TaskResult) -> tuple[OutcomeKind, ...]:
    """ok, empty and truncated always; the failures where there are any."""
    always = (OutcomeKind.OK, OutcomeKind.EMPTY, OutcomeKind.TRUNCATED)
    return tuple(
        kind
        for kind in OutcomeKind
        if kind in always or any(found.outcomes.get(kind) for found in result.systems)
    )


def comparable(study: Study) -> TaskResult | None:
    """The task whose numbers stand beside the published ones: next line, else the first."""
    return next((found for found in study.tasks if found.name == "next-line"), None) or next(
        iter(study.tasks), None
    )


def numbers(study: Study) -> Iterator[SignedNumber]:
    """Every number of the study with what it is of."""
    for result in (*study.tasks, *filter(None, [study.real_lines])):
        for found in result.systems:
            for key, score in found.scores.items():
                yield SignedNumber(
                    task(result.name), system(found.name), metric(key).name, score, False
                )
        for key, score in result.differences.items():
            yield SignedNumber(task(result.name), say("difference"), metric(key).name, score, True)
