"""What is shown of learning: loss curves, where they end, and what real lines were left out."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, isfinite

from xiangsheng.core.results import Study, TaskResult, Tuning
from xiangsheng.core.words import Words
from xiangsheng.report import figures
from xiangsheng.report.words import same, say, system

MOST_POINTS = 400
"""As many as a chart of this width can show; more would only make the page larger."""

_UNITS = {"": "unit_token", "token": "unit_token", "character": "unit_character"}
_LARGEST = 700.0  # nats, beyond which a perplexity is no number a machine can hold


@dataclass(frozen=True, slots=True)
class Curve:
    """Loss by step in nats per token, on the examples learned from or on those held out.

    `points` are finite, and there is one at least; `last` is where it ended, finite or not.
    """

    held_out: bool
    points: tuple[tuple[int, float], ...]
    last: float

    @property
    def name(self) -> Words:
        return say("held_out") if self.held_out else say("training_examples")

    @property
    def loss(self) -> str:
        """At the end."""
        return f"{self.last:.3f}" if isfinite(self.last) else figures.ABSENT

    @property
    def perplexity(self) -> str:
        """At the end; per token."""
        known = isfinite(self.last) and self.last < _LARGEST
        return f"{exp(self.last):,.2f}" if known else figures.ABSENT


def curves(tuning: Tuning | None) -> tuple[Curve, ...]:
    """Training first, then held-out examples; none that has no finite point."""
    found = ((False, tuning.curve), (True, tuning.validation)) if tuning else ()
    return tuple(
        Curve(held_out, finite, points[-1][1])
        for held_out, points in found
        if (finite := tuple(point for point in points if isfinite(point[1])))
    )


def thinned(points: tuple[tuple[int, float], ...]) -> tuple[tuple[int, float], ...]:
    """At most `MOST_POINTS` of them, evenly apart, the first and the last among them."""
    if len(points) <= MOST_POINTS:
        return points
    last = MOST_POINTS - 1
    return tuple(points[place * (len(points) - 1) // last] for place in range(MOST_POINTS))


def unit_words(tuning: Tuning) -> Words:
    """What a token of that model is."""
    key = _UNITS.get(tuning.unit)
    return say(key) if key else same(tuning.unit)


def loss_words(tuning: Tuning) -> Words:
    """The loss curves for who cannot see them."""
    told = [_told(curve) for curve in curves(tuning)]
    return Words("".join(words.zh for words in told), " ".join(words.en for words in told))


def _told(curve: Curve) -> Words:
    (first_step, first), (last_step, last) = curve.points[0], curve.points[-1]
    return say(
        "chart_loss_alt",
        examples=curve.name,
        first_step=first_step,
        last_step=last_step,
        first=f"{first:.3f}",
        last=f"{last:.3f}",
        lowest=f"{min(found for _, found in curve.points):.3f}",
    )


def facts(tuning: Tuning) -> tuple[tuple[Words, str], ...]:
    """Counts and settings of a training, as far as it has any."""
    counted = ((say("steps"), tuning.steps), (say("tokens"), tuning.tokens))
    return (
        *((name, f"{count:,}") for name, count in counted if count),
        *((same(name), text) for name, text in tuning.settings.items()),
    )


def left_out(reading: TaskResult) -> Iterator[Words]:
    """Which system could not read how many of the scripts."""
    for found in reading.systems:
        asked = sum(found.outcomes.values())
        read = max((score.n for score in found.scores.values()), default=0)
        if read < asked:
            yield say("left_out", system=system(found.name), count=asked - read, scripts=asked)


def is_told(study: Study) -> bool:
    """Whether there is anything to say of learning; runs of earlier versions may have nothing."""
    return study.real_lines is not None or bool(curves(study.tuning) or curves(study.building))
