"""A training that is lost stops, says so, and leaves nothing broken behind."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from trainings import HELD, Setup, documents, hyper, running, same, stopping_after, weights
from xiangsheng.backends.local.training.loop import Training
from xiangsheng.core.errors import TrainingError
from xiangsheng.core.model import Schedule, TuneEvent


def far_too_high(
    folder: Path, *, every: float = 1e9, clip: float = 1.0, decay: float = 0.1
) -> Setup:
    chosen = hyper(
        epochs=40,
        learning_rate=1.0,
        learning_rate_multiplier=100.0,
        schedule=Schedule.CONSTANT,
        clip=clip,
        weight_decay=decay,
    )
    return Setup(folder, chosen, every=every)


def lost(training: Training) -> tuple[list[TuneEvent], TrainingError]:
    events: list[TuneEvent] = []
    with pytest.raises(TrainingError) as caught:
        events.extend(training.run(running))
    return events, caught.value


def finite(tensors: dict[str, Tensor]) -> bool:
    return all(bool(tensor.isfinite().all()) for tensor in tensors.values())


def test_it_names_the_step_the_rate_the_last_good_checkpoint_and_the_way_on(
    tmp_path: Path,
) -> None:
    setup = far_too_high(tmp_path, every=0)
    training = setup.training()
    _, error = lost(training)
    step = training.state.step
    kept = setup.checkpoints.places()[0].name
    assert f" at step {step + 1} of 160: training diverges at learning rate 100; " in error.message
    assert error.message.endswith(f"the last good checkpoint is {kept}")
    assert (error.code, error.where) == ("diverged", str(tmp_path))
    assert error.hint.startswith("lower the rate: leave tuning.learning_rate")
    ((name, value),) = re.findall(r"--set tuning\.(\w+)=(\S+)", error.hint)
    assert Setup(tmp_path, hyper(**{name: float(value)})).course.rate == pytest.approx(0.003)


def test_without_a_checkpoint_the_beginning_is_the_last_good_one(tmp_path: Path) -> None:
    _, error = lost(far_too_high(tmp_path).training())
    assert error.message.endswith("the last good checkpoint is the beginning")


@pytest.mark.parametrize(("clip", "decay"), [(1.0, 0.1), (0.0, 0.1), (0.0, 1.0), (1.0, 1.0)])
def test_no_checkpoint_ever_holds_weights_that_are_not_finite(
    tmp_path: Path, clip: float, decay: float
) -> None:
    setup = far_too_high(tmp_path, every=0, clip=clip, decay=decay)
    seen = set()
    with suppress(TrainingError):
        for _ in setup.training().run(running):
            seen |= {place.name for place in setup.checkpoints.places()}
            places = setup.checkpoints.places()
            assert all(finite(load_file(place / "weights.safetensors")) for place in places)
    assert len(seen) > 1
    for place in setup.checkpoints.places():
        assert finite(load_file(place / "weights.safetensors"))


def having_lost(folder: Path, *losses: float) -> Training:
    """A training whose steps so far had these losses; the next one's is about 8.3."""
    training = Setup(folder).training()
    training.state.told = [(step, {"loss": loss}) for step, loss in enumerate(losses, 1)]
    return training


def test_a_loss_that_stays_above_the_first_one_is_lost_though_it_is_a_number(
    tmp_path: Path,
) -> None:
    _, error = lost(having_lost(tmp_path, 5.0, *[5.0] * 19, *[7.5] * 19))
    assert error.message.startswith("the loss is 8.")
    assert " at step 1 of 8: training diverges" in error.message


@pytest.mark.parametrize(
    "losses",
    [
        (7.5, *[7.0] * 18, 20.0),  # one bad batch
        (7.5, *[8.3] * 60),  # a little worse is no divergence
        (1.0, *[8.0] * 18),  # too soon to tell
        (0.1, *[8.0] * 60),  # one easy batch to begin with
        (7.9,),
    ],
)
def test_a_training_that_is_not_lost_goes_on(tmp_path: Path, losses: tuple[float, ...]) -> None:
    assert next(iter(having_lost(tmp_path, *losses).run(running))).step == 1


def broken_after(training: Training, step: int, where: str) -> None:
    """A gradient, or the weights, turn into no numbers in that step."""
    real = training._optimiser.step
    taken = 0

    def breaking() -> None:
        nonlocal taken
        taken += 1
        real()
        if taken == step:
            with torch.no_grad():
                training.network.embeddings[3, 3] = float(where)

    training._optimiser.step = breaking  # type: ignore[method-assign, assignment]


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_weights_broken_by_the_last_step_are_not_handed_on(tmp_path: Path, value: str) -> None:
    """No loss comes after it that would tell."""
    training = Setup(tmp_path).training()
    broken_after(training, 8, value)
    events, error = lost(training)
    assert len(events) == 8
    assert error.message.startswith("weights are not finite at step 8 of 8: training diverges")


def test_weights_broken_before_a_stop_are_not_kept(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    training = setup.training()
    broken_after(training, 3, "nan")
    with pytest.raises(TrainingError, match="weights are not finite at step 3"):
        list(training.run(stopping_after(3)))
    assert setup.checkpoints.places() == []


def test_weights_broken_before_a_validation_are_noticed_there(tmp_path: Path) -> None:
    training = Setup(tmp_path, hyper(patience=1), held=documents(HELD)).training()
    broken_after(training, 4, "nan")
    _, error = lost(training)
    assert error.message.startswith("the validation loss is nan at step 4 of 8")
    assert training.state.curve("valid_loss") == []


def test_a_gradient_that_is_not_finite_takes_no_step(tmp_path: Path) -> None:
    training = Setup(tmp_path, hyper(clip=0)).training()
    before = weights(training.network)
    last = training.network.last
    last.register_hook(lambda gradient: gradient * float("inf"))  # type: ignore[no-untyped-call]
    _, error = lost(training)
    assert "the gradient is " in error.message
    assert " at step 1 of 8" in error.message
    assert same(weights(training.network), before)
