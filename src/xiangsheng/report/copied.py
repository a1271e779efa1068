"""What is shown of what answers took from training scripts."""

from xiangsheng.core.results import Copied, CopiedSpan, TaskResult
from xiangsheng.core.words import Words
from xiangsheng.report.tables import MetricRow, metric_rows
from xiangsheng.report.words import novelty_size, same, say

MOST = 10
"""Spans that are listed."""

_ORDERS = (4, 7, 10)
_SOURCES = 3


def longest_spans(copied: Copied) -> tuple[CopiedSpan, ...]:
    """Of the models' answers, all systems together; the real lines are a measure, not a model."""
    return tuple(span for span in copied.spans if span.system != "real")[:MOST]


def novelty_rows(task: TaskResult) -> tuple[MetricRow, ...]:
    """Three of the ten orders: the longest is as long as a span that is told."""
    return tuple(row for row in metric_rows(task, "novelty") if novelty_size(row.key) in _ORDERS)


def span_words(span: CopiedSpan) -> Words:
    key = "span_often" if span.times > 1 else "span_once"
    return say(key, characters=span.characters, times=span.times)


def source_words(span: CopiedSpan) -> Words:
    """The first few places, and how many more there are."""
    listed = Words.listed(
        say(
            "source_lines",
            script=same(source.script),
            lines=f"{source.first}–{source.last}"
            if source.last > source.first
            else str(source.first),
        )
        for source in span.sources[:_SOURCES]
    )
    more = len(span.sources[_SOURCES:])
    return say("and_more", listed=listed, more=more) if more else listed
