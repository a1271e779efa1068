"""Rates of what goes wrong: unhealthy text and requests that gave none, in percent of all items."""

from collections.abc import Sequence

import numpy as np

from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.score import Pair
from xiangsheng.metrics.names import FAILURES, HEALTH
from xiangsheng.stats.arrays import Floats
from xiangsheng.text.labels import role_drifts, spoken_lines
from xiangsheng.text.loops import SPAN, TIMES, WINDOW, repeats_line, repeats_span

DEFINITIONS = {
    "empty": "no text",
    "truncated": "finish length",
    "loop": f"{SPAN}+ characters {TIMES} times in a row or a line among the {WINDOW} before",
    "role_drift": "a label other than 0 or 1 or out of turn",
}


def kind_of(pair: Pair) -> OutcomeKind:
    """The pair's outcome; one called ok or truncated without any text is empty."""
    texts = (OutcomeKind.OK, OutcomeKind.TRUNCATED)
    return OutcomeKind.EMPTY if pair.kind in texts and not _said(pair).strip() else pair.kind


def loops(pair: Pair) -> bool:
    lines = spoken_lines(_said(pair))
    return any(map(repeats_span, lines)) or repeats_line(lines, pair.before)


def _said(pair: Pair) -> str:
    return pair.raw or pair.candidate


class Rates:
    """Health and failure rates as one family of additive metrics."""

    names = (*HEALTH, *FAILURES)
    width = 8
    method = "bootstrap"
    missing = "zero"

    def row(self, pair: Pair) -> tuple[float, ...]:
        kind = kind_of(pair)
        return (
            1,
            kind is OutcomeKind.EMPTY,
            kind is OutcomeKind.TRUNCATED,
            loops(pair),
            role_drifts(_said(pair), pair.label),
            kind is OutcomeKind.REFUSED,
            kind is OutcomeKind.FILTERED,
            kind is OutcomeKind.ERROR,
        )

    def conclude(self, sums: Sequence[float]) -> tuple[float, ...]:
        pairs, *counts = sums
        return tuple(100 * count / pairs if pairs else 0.0 for count in counts)

    def conclude_many(self, sums: Floats) -> Floats:
        return 100 * sums[..., 1:] / np.maximum(sums[..., :1], 1)

    def recipe(self, name: str) -> tuple[tuple[str, str], ...]:
        return (("counts", DEFINITIONS.get(name, f"outcome {name}")),)
