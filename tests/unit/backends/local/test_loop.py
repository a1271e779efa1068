"""The training loop: what it learns, measures and tells."""

import math
from pathlib import Path

import pytest
import torch

from support import missing
from tiny_networks import TOKENIZER
from trainings import (
    HELD,
    LINES,
    Setup,
    always,
    documents,
    hyper,
    losses,
    running,
    same,
    stopping_after,
    trained,
    weights,
)
from xiangsheng.backends.local.training import loop
from xiangsheng.backends.local.training.job import resolved
from xiangsheng.backends.local.training.loss import weighted
from xiangsheng.backends.local.training.packing import pack
from xiangsheng.core.model import Control, Hyperparameters, Precision, Schedule


def test_the_loss_falls_until_the_lines_are_known_by_heart(tmp_path: Path) -> None:
    setup = Setup(tmp_path, hyper(epochs=40))
    found = losses(trained(setup.training()))
    assert list(found) == list(range(1, 161))
    assert found[1] == pytest.approx(math.log(TOKENIZER.size), abs=0.3)
    assert found[160] < 1


def test_what_was_learned_is_what_the_network_then_says(tmp_path: Path) -> None:
    training = Setup(tmp_path, hyper(epochs=60)).training()
    events = trained(training)
    _, sums = weighted(training.network, pack(documents()))
    assert sums.accuracy > 0.8
    assert events[-1].metrics["accuracy"] > 0.8


def test_every_step_tells_loss_perplexity_accuracy_rate_tokens_and_time(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    events = trained(setup.training())
    names = {"loss", "perplexity", "accuracy", "whole", "rate", "tokens", "examples", "seconds"}
    assert {frozenset(event.metrics) for event in events} == {frozenset(names)}
    for event in events:
        assert event.metrics["perplexity"] == pytest.approx(math.exp(event.metrics["loss"]))
        assert 0 <= event.metrics["accuracy"] <= 1
        assert event.metrics["rate"] == setup.course.rate_at(event.step - 1)
        assert (event.step, event.total) == (event.metrics["seconds"], 8)  # a tick a step
    tokens = sum(len(document.tokens) for document in documents())
    assert [e.metrics["tokens"] for e in events][3::4] == [tokens, 2 * tokens]
    assert [e.metrics["examples"] for e in events] == [2, 4, 6, 8, 10, 12, 14, 16]


def test_held_out_texts_are_measured_after_each_epoch_and_not_learned(tmp_path: Path) -> None:
    held = documents(HELD)
    alone, measured = Setup(tmp_path / "a"), Setup(tmp_path / "b", held=held)
    one, other = alone.training(), measured.training()
    trained(one)
    events = trained(other)
    assert same(weights(one.network), weights(other.network))
    assert list(losses(events, "valid_loss")) == [4, 8]
    last = events[-1].metrics
    _, sums = weighted(other.network, pack(held))
    assert last["valid_loss"] == pytest.approx(sums.loss, rel=1e-5)
    assert last["valid_perplexity"] == pytest.approx(math.exp(sums.loss), rel=1e-4)
    assert last["valid_accuracy"] == sums.accuracy


def test_many_held_out_texts_are_measured_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = Setup(tmp_path / "a", held=documents(LINES * 3))
    expected = losses(trained(setup.training()), "valid_loss")
    monkeypatch.setattr(loop, "TOKENS_AT_ONCE", 64)
    again = Setup(tmp_path / "b", held=documents(LINES * 3))
    assert losses(trained(again.training()), "valid_loss") == pytest.approx(expected, rel=1e-4)


PATIENT = hyper(epochs=60, patience=3, schedule=Schedule.CONSTANT)


def test_early_stopping_ends_when_held_out_texts_get_worse_and_keeps_the_best_weights(
    tmp_path: Path,
) -> None:
    held = documents(HELD)
    training = Setup(tmp_path, PATIENT, held=held).training()
    found = losses(trained(training), "valid_loss")
    best = min(found, key=lambda step: found[step])
    assert training.done
    assert list(found)[-1] == best + 3 * 4 < training.course.steps
    _, sums = weighted(training.network, pack(held))
    assert sums.loss == pytest.approx(found[best], rel=1e-5)
    # They are those of a training that ended there.
    short = Setup(tmp_path / "short", PATIENT, held=held).training()
    list(short.run(stopping_after(best)))
    assert same(weights(short.network), weights(training.network))


def test_without_patience_or_texts_held_out_it_goes_on_to_the_end(tmp_path: Path) -> None:
    for number, setup in enumerate(
        (
            Setup(tmp_path / "0", hyper(epochs=30), held=documents(HELD)),
            Setup(tmp_path / "1", hyper(epochs=30, patience=1)),
        )
    ):
        training = setup.training()
        assert trained(training)[-1].step == training.course.steps == 120, number


def largest_step(tmp_path: Path, clip: float) -> float:
    """How far the first gradient reaches, after clipping."""
    training = Setup(tmp_path, hyper(clip=clip)).training()
    seen: list[float] = []
    step = training._optimiser.step

    def watched() -> None:
        gradients = [weights.grad for weights in training.network.parameters()]
        seen.append(float(torch.stack([g.norm() for g in gradients if g is not None]).norm()))
        step()

    training._optimiser.step = watched  # type: ignore[method-assign, assignment]
    trained(training)
    return max(seen)


def test_gradients_are_clipped(tmp_path: Path) -> None:
    free = largest_step(tmp_path / "0", 0)
    assert free > 0.5
    assert largest_step(tmp_path / "1", 0.25) == pytest.approx(0.25, rel=1e-3)
    assert largest_step(tmp_path / "2", 1000) == pytest.approx(free)


def test_pause_waits_and_changes_nothing(tmp_path: Path) -> None:
    straight, paused = Setup(tmp_path / "a"), Setup(tmp_path / "b")
    one, other = straight.training(), paused.training()
    trained(one)
    wishes = iter([Control.RUN, *[Control.PAUSE] * 5])
    events = list(other.run(lambda: next(wishes, Control.RUN)))
    assert len(paused.waited) == 5
    assert len(events) == 8
    assert same(weights(one.network), weights(other.network))


@pytest.mark.parametrize("steps", [0, 3])
def test_cancel_ends_with_a_checkpoint_and_not_done(tmp_path: Path, steps: int) -> None:
    setup = Setup(tmp_path)
    training = setup.training()
    assert len(list(training.run(stopping_after(steps)))) == steps
    assert not training.done
    assert [place.name for place in setup.checkpoints.places()] == [f"step-{steps:08d}"]


def test_cancel_ends_a_pause(tmp_path: Path) -> None:
    wishes = iter([Control.PAUSE, Control.PAUSE, Control.CANCEL])
    assert list(Setup(tmp_path).training().run(lambda: next(wishes))) == []


def test_a_batch_in_parts_is_the_whole_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Setup(tmp_path / "a", hyper(batch_size=8)).training()
    expected = losses(trained(whole))
    monkeypatch.setattr(loop, "TOKENS_AT_ONCE", 16)
    split = Setup(tmp_path / "b", hyper(batch_size=8)).training()
    assert losses(trained(split)) == pytest.approx(expected, rel=1e-4)
    for name, tensor in weights(whole.network).items():
        # Small products and large ones are rounded by two libraries; Adam makes the most of it.
        torch.testing.assert_close(weights(split.network)[name], tensor, atol=1e-3, rtol=1e-3)


def test_checkpoints_come_every_so_many_seconds(tmp_path: Path) -> None:
    """The clock ticks three times a step: when it begins, when it ends, and to see."""
    setup = Setup(tmp_path, every=9)
    saved = []
    for event in setup.training().run(running):
        places = setup.checkpoints.places()
        saved.append((event.step, places[0].name if places else None))
    assert dict(saved) == {
        **dict.fromkeys((1, 2, 3), None),
        **dict.fromkeys((4, 5, 6), "step-00000003"),
        **dict.fromkeys((7, 8), "step-00000006"),
    }


def test_the_threads_of_the_job_are_used_and_the_others_given_back(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)
    try:
        training = Setup(tmp_path).training()
        torch.set_num_threads(before)
        seen = {torch.get_num_threads() for _ in training.run(running)}
        assert (seen, torch.get_num_threads()) == ({before + 1}, before)
    finally:
        torch.set_num_threads(before)


def test_another_seed_is_another_order_and_another_model(tmp_path: Path) -> None:
    one = Setup(tmp_path / "a", hyper(seed=1)).training()
    other = Setup(tmp_path / "b", hyper(seed=2)).training()
    trained(one)
    trained(other)
    assert not same(weights(one.network), weights(other.network))


def has_bf16() -> bool:
    return resolved(Precision.AUTO) is Precision.BF16


def test_auto_is_bf16_only_where_the_processor_has_it() -> None:
    found = torch.cpu.get_capabilities()
    has = bool(found.get("avx512_bf16") or found.get("amx_bf16"))
    assert has_bf16() is has
    for chosen in (Precision.FP32, Precision.BF16):
        assert resolved(chosen) is chosen


def test_bf16_learns_as_well_and_keeps_its_weights_in_fp32(tmp_path: Path) -> None:
    if not has_bf16():
        missing("bf16", "this processor has no instructions for it")
    half = Setup(tmp_path / "a", hyper(epochs=20, precision=Precision.BF16)).training()
    full = Setup(tmp_path / "b", hyper(epochs=20)).training()
    one, other = losses(trained(half)), losses(trained(full))
    assert one != other
    assert one[80] == pytest.approx(other[80], rel=0.1)
    assert {tensor.dtype for tensor in weights(half.network).values()} == {torch.float32}


def test_nothing_is_learned_at_a_rate_of_nothing(tmp_path: Path) -> None:
    training = Setup(tmp_path, hyper(learning_rate=0)).training()
    before = weights(training.network)
    trained(training)
    assert same(weights(training.network), before)


def test_control_is_asked_before_every_step(tmp_path: Path) -> None:
    asked = []

    def control() -> Control:
        asked.append(Control.RUN)
        return always(Control.RUN)()

    training = Setup(tmp_path, Hyperparameters(epochs=1, batch_size=1)).training()
    list(training.run(control))
    assert len(asked) == len(documents())
