"""What every Tuner promises."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tiny_networks import TOKENIZER, tiny
from trainings import always, hyper, running, stopping_after
from xiangsheng.backends.local import folder as folders
from xiangsheng.backends.local.training.tune import LocalTuner
from xiangsheng.backends.ngram import NgramModel, NgramTuner, load
from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example, Message, Span
from xiangsheng.core.model import Control, TunedModel, TuneEvent, TuneSpec
from xiangsheng.core.ports import Tuner
from xiangsheng.core.rendering import Format, Rendering

MADE = "ft-x-2026-01-02-03-04-05-0a1b2c3d"
SCRIPT = Rendering(Format.SCRIPT, header="")
EXAMPLES = [
    Example(str(place), (Span(f"0: 开场{place}\n", False), Span("1: 接话。\n", True)))
    for place in range(12)
]
HELD = Example("held", (Span("0: 开场0\n1: 接话。\n", True),), split="valid")


@dataclass
class Subject:
    """A tuner, and what to ask it for; `waited` is what it slept while paused."""

    tuner: Tuner
    base: str
    waited: list[float]
    folder: Path

    def spec(self, rendering: Rendering = SCRIPT, **changed: object) -> TuneSpec:
        return TuneSpec(f"{self.base}:{MADE}", self.base, rendering, hyper(**changed))

    def tune(
        self,
        examples: Sequence[Example] = EXAMPLES,
        *,
        at: str = "a",
        control: Callable[[], Control] = running,
        spec: TuneSpec | None = None,
    ) -> list[TuneEvent]:
        """All events; the model's files are in `files(at)`, and each `at` has its checkpoint."""
        files, checkpoint = self.files(at), self.folder / at / "checkpoint"
        files.mkdir(parents=True, exist_ok=True)
        checkpoint.mkdir(exist_ok=True)
        return list(self.tuner.tune(spec or self.spec(), examples, files, checkpoint, control))

    def files(self, at: str = "a") -> Path:
        return self.folder / at / "model"


def ngram(folder: Path) -> Subject:
    waited: list[float] = []
    base = NgramModel.train(["0: 你好。\n1: 您好。\n"], 3)
    return Subject(NgramTuner(base, sleep=waited.append), "ngram:3", waited, folder)


def local(folder: Path) -> Subject:
    waited: list[float] = []
    base = folder / "base"
    base.mkdir()
    weights = folders.save(tiny(width=16), TOKENIZER, base, chats=False)
    made = LocalTuner(base, "ada", weights, TOKENIZER, sleep=waited.append)
    return Subject(made, "local:ada", waited, folder)


@pytest.fixture(params=[ngram, local], ids=lambda make: make.__name__)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    made: Subject = request.param(tmp_path)
    return made


def made_by(events: Sequence[TuneEvent]) -> TunedModel:
    model = events[-1].model
    assert model is not None
    return model


def test_the_last_event_alone_carries_the_model(subject: Subject) -> None:
    events = subject.tune()
    assert [event.model is None for event in events] == [True] * (len(events) - 1) + [False]
    model, spec = made_by(events), subject.spec()
    assert (model.name, model.base, model.rendering) == (spec.name, spec.base, spec.rendering)
    assert len(model.digest) == 64
    assert any(subject.files().iterdir())


def test_steps_go_up_to_the_total_and_the_first_and_the_last_say_something(
    subject: Subject,
) -> None:
    events = subject.tune()
    steps = [event.step for event in events]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == (0, events[-1].total)
    assert {event.total for event in events} == {events[-1].total}
    assert events[0].message
    assert events[-1].message == "saved"


@pytest.mark.parametrize("name", ["loss", "valid_loss"])
def test_losses_go_down(subject: Subject, name: str) -> None:
    events = subject.tune([*EXAMPLES, HELD], spec=subject.spec(epochs=3, learning_rate=0.01))
    found = [event.metrics[name] for event in events if name in event.metrics]
    assert len(found) > 1
    assert found[-1] < found[0]


def test_without_examples_held_out_there_is_no_validation(subject: Subject) -> None:
    assert not any("valid_loss" in event.metrics for event in subject.tune())


def test_the_same_gives_the_same_and_the_rendering_is_part_of_it(subject: Subject) -> None:
    first = made_by(subject.tune()).digest
    assert made_by(subject.tune(at="b")).digest == first
    assert made_by(subject.tune(at="c", spec=subject.spec(Rendering()))).digest != first
    assert made_by(subject.tune(EXAMPLES[:-1], at="d")).digest != first
    same, again = sorted(subject.files().iterdir()), sorted(subject.files("b").iterdir())
    assert [file.name for file in same] == [file.name for file in again]
    assert [file.read_bytes() for file in same] == [file.read_bytes() for file in again]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_cancel_ends_without_a_model(subject: Subject, at: int) -> None:
    events = subject.tune(control=stopping_after(at))
    assert all(event.model is None for event in events)
    assert not list(subject.files().iterdir())


@pytest.mark.parametrize("at", [0, 1, 2])
def test_what_was_stopped_is_gone_on_with_and_ends_as_if_it_had_not_been(
    subject: Subject, at: int
) -> None:
    straight = subject.tune([*EXAMPLES, HELD])
    subject.tune([*EXAMPLES, HELD], at="stopped", control=stopping_after(at))
    again = subject.tune([*EXAMPLES, HELD], at="stopped")
    assert made_by(again) == made_by(straight)
    for name in ("loss", "valid_loss"):
        losses = [{e.step: e.metrics.get(name) for e in events} for events in (straight, again)]
        assert losses[0] == losses[1]


def test_models_of_the_last_epochs_but_one_are_kept_where_that_is_asked_for(
    subject: Subject,
) -> None:
    """As long as their event is looked at; none is where a tuner has no epochs."""
    if subject.base == "ngram:3":
        assert not any(event.kept for event in subject.tune(spec=replace(subject.spec(), keeps=2)))
        return
    assert isinstance(subject.tuner, LocalTuner)
    files, checkpoint = subject.files(), subject.folder / "a" / "checkpoint"
    files.mkdir(parents=True)
    checkpoint.mkdir()
    spec, kept = replace(subject.spec(epochs=4), keeps=2), dict[int, str]()
    for event in subject.tuner.tune(spec, EXAMPLES, files, checkpoint, running):
        if event.kept:
            folder = files / f"step-{event.step}"
            kept[event.step] = folders.load(folder, TOKENIZER)[1]
            assert event.kept.name == f"{spec.name}:ckpt-step-{event.step}"
    assert list(kept) == [12, 18]
    assert len({*kept.values(), folders.load(files, TOKENIZER)[1]}) == 3
    assert not list(files.glob("step-*"))


def test_pause_waits_and_then_goes_on(subject: Subject) -> None:
    wishes: Iterator[Control] = iter([Control.PAUSE] * 3)
    events = subject.tune(control=lambda: next(wishes, Control.RUN))
    assert len(subject.waited) == 3
    assert made_by(events)


def test_cancel_ends_a_pause(subject: Subject) -> None:
    wishes: Iterator[Control] = iter([Control.PAUSE] * 3)
    events = subject.tune(control=lambda: next(wishes, Control.CANCEL))
    assert all(event.model is None for event in events)


@pytest.mark.parametrize("examples", [[], [HELD]])
def test_nothing_to_learn_is_said(subject: Subject, examples: list[Example]) -> None:
    with pytest.raises(DataError, match="no text to learn from"):
        subject.tune(examples)


def test_the_digest_is_that_of_the_base(subject: Subject, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = (ngram if subject.base == "ngram:3" else local)(tmp_path / "other")
    assert len(subject.tuner.digest) == 64
    assert subject.tuner.digest == other.tuner.digest
    if isinstance(other.tuner, LocalTuner):
        other.tuner = replace(other.tuner, weights="0" * 64)
    else:
        other.tuner = NgramTuner(NgramModel.train(["0: 再见。\n"], 3))
    assert subject.tuner.digest != other.tuner.digest


def test_an_n_gram_model_can_be_tuned_again(tmp_path: Path) -> None:
    first, more = ngram(tmp_path), [Example("m", (Span("0: 又一段\n", True),))]
    assert made_by(first.tune())
    second = replace(first, tuner=NgramTuner(load(first.files())))
    assert made_by(second.tune(more, at="twice"))
    assert len(load(second.files("twice")).tries) == 3
    assert sum(load(second.files("twice")).weights) == pytest.approx(1)


def test_an_n_gram_model_says_that_it_takes_no_chats(tmp_path: Path) -> None:
    chat = Example("7", messages=(Message("user", "你好"),))
    with pytest.raises(DataError, match="is a chat"):
        ngram(tmp_path).tune([chat])


def test_who_asks_at_once_for_the_end_gets_nothing(subject: Subject) -> None:
    assert all(e.model is None for e in subject.tune(control=always(Control.CANCEL)))
