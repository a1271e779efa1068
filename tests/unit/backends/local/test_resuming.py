"""A training that was stopped goes on as if it had not been, to the last bit."""

from collections.abc import Generator
from itertools import count
from pathlib import Path

import pytest
import torch

from support import missing
from trainings import (
    HELD,
    Setup,
    documents,
    hyper,
    losses,
    running,
    same,
    stopping_after,
    trained,
    weights,
)
from xiangsheng.backends.local.training.job import resolved
from xiangsheng.backends.local.training.loop import Training
from xiangsheng.core.model import Precision, Schedule, TuneEvent


def setup(folder: Path, precision: Precision = Precision.FP32, every: float = 1e9) -> Setup:
    """Eight steps, two validations."""
    if precision is Precision.BF16 and resolved(Precision.AUTO) is not Precision.BF16:
        missing("bf16", "this processor has no instructions for it")
    return Setup(folder, hyper(precision=precision), held=documents(HELD), every=every)


def straight(
    folder: Path, precision: Precision = Precision.FP32
) -> tuple[Training, list[TuneEvent]]:
    training = setup(folder, precision).training()
    return training, trained(training)


precisions = pytest.mark.parametrize("precision", [Precision.FP32, Precision.BF16])


@precisions
def test_stopped_after_any_step_it_ends_with_the_same_weights_and_the_same_curve(
    tmp_path: Path, precision: Precision
) -> None:
    whole, events = straight(tmp_path / "straight", precision)
    for stop in range(8):
        stopped = setup(tmp_path / f"{stop}", precision)
        list(stopped.training().run(stopping_after(stop)))
        again = stopped.training(seed=99)  # what it begins with does not matter any more
        told = trained(again)
        assert same(weights(again.network), weights(whole.network)), stop
        assert again.state.told == whole.state.told
        for name in ("loss", "valid_loss"):
            assert losses(told, name) == losses(events, name), stop


@precisions
def test_begun_anew_at_every_single_step_it_is_the_same(
    tmp_path: Path, precision: Precision
) -> None:
    whole, _ = straight(tmp_path / "straight", precision)
    stopped = setup(tmp_path / "stopped", precision)
    for steps in count():
        training = stopped.training(seed=steps)
        list(training.run(stopping_after(1)))
        if training.done:
            break
        assert training.state.step == steps + 1
    assert steps == 7
    assert same(weights(training.network), weights(whole.network))


def test_left_alone_after_any_event_it_goes_on_from_the_checkpoint_of_that_step(
    tmp_path: Path,
) -> None:
    """Nobody says cancel: the process is gone, and what is on the disk is all there is."""
    whole, _ = straight(tmp_path / "straight")
    for stop in range(1, 9):
        left = setup(tmp_path / f"{stop}", every=0)
        events = left.training().run(running)
        assert isinstance(events, Generator)
        for _ in range(stop):
            next(events)
        events.close()
        # The checkpoint of a step is written once its event has been taken.
        places = left.checkpoints.places()
        assert [place.name for place in places[:1]] == [f"step-{stop - 1:08d}"][: stop - 1]
        again = left.training()
        trained(again)
        assert same(weights(again.network), weights(whole.network)), stop


def test_a_training_that_was_done_is_done(tmp_path: Path) -> None:
    finished = setup(tmp_path, every=0)
    first = finished.training()
    expected = losses(trained(first))
    again = finished.training(seed=99)
    assert losses(trained(again)) == expected
    assert again.done
    assert same(weights(again.network), weights(first.network))


def test_early_stopping_is_resumed_with_its_best_weights_and_its_patience(tmp_path: Path) -> None:
    patient = hyper(epochs=60, patience=3, schedule=Schedule.CONSTANT)
    whole = Setup(tmp_path / "straight", patient, held=documents(HELD)).training()
    expected = trained(whole)
    best = min(whole.state.curve("valid_loss"), key=lambda found: found[1])[0]
    for stop in (best - 1, best, best + 5, best + 8):
        stopped = Setup(tmp_path / f"{stop}", patient, held=documents(HELD))
        list(stopped.training().run(stopping_after(stop)))
        again = stopped.training(seed=99)
        assert losses(trained(again), "valid_loss") == losses(expected, "valid_loss")
        assert again.state.step == whole.state.step == best + 12
        assert same(weights(again.network), weights(whole.network)), stop


def test_two_threads_resume_to_the_same_bits(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        whole, _ = straight(tmp_path / "straight")
        stopped = setup(tmp_path / "stopped")
        list(stopped.training().run(stopping_after(3)))
        torch.set_num_threads(1)
        again = stopped.training()
        trained(again)
        assert again.job.threads == 2
        assert same(weights(again.network), weights(whole.network))
    finally:
        torch.set_num_threads(before)


def test_tokens_and_time_go_on_counting(tmp_path: Path) -> None:
    _, events = straight(tmp_path / "straight")
    stopped = setup(tmp_path / "stopped")
    list(stopped.training().run(stopping_after(5)))
    *_, last = stopped.training().run(running)
    for name in ("tokens", "seconds"):
        assert last.metrics[name] == events[-1].metrics[name]


def test_whatever_is_drawn_goes_on_where_it_was(tmp_path: Path) -> None:
    """Nothing is drawn yet; a dropout would be."""
    stopped = setup(tmp_path)
    torch.manual_seed(5)
    list(stopped.training().run(stopping_after(1)))
    expected = torch.rand(3)
    torch.manual_seed(6)
    list(stopped.training().run(stopping_after(0)))
    assert torch.equal(torch.rand(3), expected)
