"""What the templates may call and see; no template computes."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from xiangsheng.core.money import Money
from xiangsheng.core.results import SpendingLine, Study, TaskResult, Tuning
from xiangsheng.core.words import Words
from xiangsheng.report import charts, copied, figures, learning, plain, tables, verdict, words
from xiangsheng.report.words import say

SECTIONS = (
    "headline",
    "metrics",
    "learning",
    "published",
    "charts",
    "copied",
    "health",
    "samples",
    "spending",
    "reproduce",
    "notes",
)
"""In reading order; each is a template in `parts/` and a phrase for its heading."""

SHOWN_LINES = 4
"""How many given lines a sample shows before the rest is folded away."""


def helpers() -> dict[str, Callable[..., Any] | Mapping[str, Any]]:
    """Functions of the templates, page and log alike."""
    return {
        "say": words.say,
        "metric": words.metric,
        "metrics": words.metrics,
        "system_words": words.system,
        "task_words": words.task,
        "value": figures.value,
        "plain": figures.plain,
        "signed": figures.signed,
        "interval": figures.interval,
        "share": figures.share,
        "count": figures.count,
        "ordinal": figures.ordinal,
        "settings": plain.settings,
        "metric_rows": tables.metric_rows,
        "missing_rows": tables.missing_rows,
        "outcome_kinds": tables.outcome_kinds,
        "asked": verdict.asked,
        "judge": verdict.judge,
        "main_metrics": verdict.main_metrics,
        "sentences": verdict.sentences,
        "rough": verdict.rough,
        "total": total,
        "tuning_words": tuning_words,
        "loss_words": learning.loss_words,
        "curves": learning.curves,
        "unit_words": learning.unit_words,
        "facts": learning.facts,
        "left_out": learning.left_out,
        "longest_spans": copied.longest_spans,
        "novelty_rows": copied.novelty_rows,
        "span_words": copied.span_words,
        "source_words": copied.source_words,
        "numbers_in_words": numbers_in_words,
        "draw": {
            "levels": charts.levels,
            "differences": charts.differences,
            "novelty": charts.novelty,
            "loss": charts.loss,
        },
    }


def of(study: Study) -> dict[str, Any]:
    """What the templates show that is not simply a field of the study."""
    told = {"learning": learning.is_told(study), "copied": study.copied is not None}
    untold = {part for part, is_told in told.items() if not is_told}
    return {
        "sections": [part for part in SECTIONS if part not in untold],
        "marks": verdict.MARKS,
        "ten": [
            key for key, entry in words.metrics().items() if entry.group in ("overlap", "variety")
        ],
        "comparable": tables.comparable(study),
        "numbers": tuple(tables.numbers(study)),
        "names": tuple(
            dict.fromkeys(
                found.name for task in study.tasks for found in task.systems if found.scores
            )
        ),
        "shown_lines": SHOWN_LINES,
    }


def total(lines: Iterable[SpendingLine]) -> tuple[Money, ...]:
    """One sum a currency, in order of appearance: currencies are never added up."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        currency = line.amount.currency
        sums[currency] = sums.get(currency, Decimal(0)) + line.amount.amount
    return tuple(Money(amount, currency) for currency, amount in sums.items())


def tuning_words(tuning: Tuning) -> Words:
    return say(
        "tuning_line",
        model=tuning.model,
        base=tuning.base,
        examples=tuning.examples,
        seconds=figures.seconds(tuning.seconds),
    )


def numbers_in_words(task: TaskResult, *groups: str, difference: bool = False) -> Words:
    """A chart's numbers for who cannot see it."""
    said = []
    for row in tables.metric_rows(task, *groups):
        if difference:
            if row.difference:
                said.append(_said(row.words.name, figures.signed(row.difference), ""))
            continue
        for found, score in zip(task.systems, row.scores, strict=True):
            if score:
                said.append(_said(row.words.name, figures.value(score), found.name))
    return say("chart_alt", numbers=Words.listed(said))


def _said(name: Words, number: str, system: str) -> Words:
    who = words.system(system)
    return Words(f"{name.zh} {who.zh} {number}", f"{name.en} {who.en} {number}")
