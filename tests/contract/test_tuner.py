"""What every Tuner promises."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from xiangsheng.backends.ngram import NgramModel, NgramTuner, load
from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example, Message, Span
from xiangsheng.core.model import Control, TuneEvent, TuneSpec
from xiangsheng.core.ports import Tuner
from xiangsheng.core.rendering import Format, Rendering

NAME = "ngram:3:ft-x-2026-01-02-03-04-05-0a1b2c3d"
SPEC = TuneSpec(NAME, "ngram:3", Rendering(Format.SCRIPT, header=""))
EXAMPLES = [
    Example(str(place), (Span(f"0: 开场{place}\n", False), Span("1: 接话。\n", True)))
    for place in range(12)
]
HELD = Example("held", (Span("0: 开场0\n1: 接话。\n", True),), split="valid")


def tuner(waited: list[float] | None = None) -> NgramTuner:
    base = NgramModel.train(["0: 你好。\n1: 您好。\n"], 3)
    return NgramTuner(base, sleep=(waited if waited is not None else []).append)


def always(wish: Control) -> Callable[[], Control]:
    return lambda: wish


@pytest.fixture(params=[tuner], ids=["ngram"])
def port(request: pytest.FixtureRequest) -> Tuner:
    made: Tuner = request.param()
    return made


def test_the_last_event_alone_carries_the_model(port: Tuner, tmp_path: Path) -> None:
    events = list(port.tune(SPEC, EXAMPLES, tmp_path, always(Control.RUN)))
    assert [event.model is None for event in events] == [True] * (len(events) - 1) + [False]
    model = events[-1].model
    assert model is not None
    assert (model.name, model.base, model.rendering) == (SPEC.name, SPEC.base, SPEC.rendering)
    assert len(model.digest) == 64
    assert any(tmp_path.iterdir())


def test_steps_go_up_to_the_total(port: Tuner, tmp_path: Path) -> None:
    events = list(port.tune(SPEC, EXAMPLES, tmp_path, always(Control.RUN)))
    steps = [event.step for event in events]
    assert steps == sorted(steps)
    assert steps[-1] == events[-1].total
    assert all(event.message for event in events)


def test_loss_goes_down(port: Tuner, tmp_path: Path) -> None:
    events = list(port.tune(SPEC, [*EXAMPLES, HELD], tmp_path, always(Control.RUN)))
    assert events[-1].metrics["loss"] < events[0].metrics["loss"]
    assert events[-1].metrics["valid_loss"] < events[0].metrics["valid_loss"]


def test_the_same_gives_the_same_and_the_rendering_is_part_of_it(
    port: Tuner, tmp_path: Path
) -> None:
    def digest(spec: TuneSpec, examples: list[Example], folder: str) -> str:
        (tmp_path / folder).mkdir()
        *_, last = port.tune(spec, examples, tmp_path / folder, always(Control.RUN))
        assert last.model is not None
        return last.model.digest

    first = digest(SPEC, EXAMPLES, "a")
    assert digest(SPEC, EXAMPLES, "b") == first
    assert digest(TuneSpec(NAME, "ngram:3", Rendering()), EXAMPLES, "c") != first
    assert digest(SPEC, EXAMPLES[:-1], "d") != first


@pytest.mark.parametrize("at", [0, 1, 2])
def test_cancel_ends_without_a_model(port: Tuner, tmp_path: Path, at: int) -> None:
    wishes = iter([*[Control.RUN] * at, *[Control.CANCEL] * 9])
    events = list(port.tune(SPEC, EXAMPLES, tmp_path, lambda: next(wishes)))
    assert all(event.model is None for event in events)
    assert not list(tmp_path.iterdir())


def test_pause_waits_and_then_goes_on(tmp_path: Path) -> None:
    waited: list[float] = []
    wishes: Iterator[Control] = iter([Control.PAUSE] * 3 + [Control.RUN] * 9)
    events = list(tuner(waited).tune(SPEC, EXAMPLES, tmp_path, lambda: next(wishes)))
    assert len(waited) == 3
    assert events[-1].model is not None


def test_a_tuned_model_can_be_tuned_again(tmp_path: Path) -> None:
    once, twice = tmp_path / "once", tmp_path / "twice"
    once.mkdir()
    twice.mkdir()
    assert finished(tuner().tune(SPEC, EXAMPLES, once, always(Control.RUN)))
    more = [Example("m", (Span("0: 又一段\n", True),))]
    again = NgramTuner(load(once)).tune(TuneSpec(NAME, NAME, Rendering()), more, twice, running)
    assert finished(again)
    assert len(load(twice).tries) == 3
    assert sum(load(twice).weights) == pytest.approx(1)


def test_nothing_to_learn_and_chats_are_said(tmp_path: Path) -> None:
    chat = Example("7", messages=(Message("user", "你好"),))
    for examples, said in (([], "no text"), ([HELD], "no text"), ([chat], "is a chat")):
        with pytest.raises(DataError, match=said):
            list(tuner().tune(SPEC, examples, tmp_path, running))


def running() -> Control:
    return Control.RUN


def finished(events: Iterator[TuneEvent]) -> bool:
    *_, last = events
    return last.model is not None
