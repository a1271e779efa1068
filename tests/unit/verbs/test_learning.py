"""What a training said, gathered."""

import pytest

from xiangsheng.core.model import TuneEvent
from xiangsheng.verbs.learning import Curve, told


def test_losses_are_kept_by_step_and_told_again_they_are_the_same() -> None:
    curve = Curve()
    events = [
        TuneEvent(0, 3, "begins", settings={"epochs": "1"}),
        TuneEvent(1, 3, metrics={"loss": 3.0, "tokens": 10, "seconds": 1.0}),
        TuneEvent(2, 3, metrics={"loss": 2.0, "valid_loss": 2.5, "tokens": 20, "seconds": 2.00049}),
    ]
    for event in (*events[:2], *events[1:]):
        curve.take(event)
    made = curve.made(model="m", base="b", examples=2, characters=9, seconds=77)
    assert made.curve == ((1, 3.0), (2, 2.0))
    assert made.validation == ((2, 2.5),)
    assert (made.steps, made.tokens, made.seconds, made.unit) == (2, 20, 2.0, "token")
    assert made.settings == {"epochs": "1"}


def test_a_training_that_counts_no_tokens_is_timed_from_outside() -> None:
    curve = Curve()
    curve.take(TuneEvent(1, 2, "counted", metrics={"loss": 1.0}))
    made = curve.made(model="m", base="b", examples=2, characters=9, seconds=0.25)
    assert (made.steps, made.tokens, made.seconds, made.unit) == (0, 0, 0.25, "character")


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (TuneEvent(0, 3, "3 texts to learn"), "3 texts to learn"),
        (TuneEvent(1, 3, metrics={"loss": 3.25}), "loss 3.250"),
        (TuneEvent(1, 3, metrics={"loss": 3.0, "valid_loss": 4.0}), "loss 3.000 · held out 4.000"),
        (
            TuneEvent(1, 3, metrics={"loss": 3.0, "tokens": 4096, "seconds": 2.0}),
            "loss 3.000 · 2,048 tokens/s",
        ),
        (TuneEvent(1, 3, metrics={"loss": 3.0, "tokens": 9, "seconds": 0.0}), "loss 3.000"),
        (TuneEvent(3, 3, "saved"), "saved"),
    ],
)
def test_how_it_stands_is_said_in_a_few_words(event: TuneEvent, words: str) -> None:
    assert told(event) == words
