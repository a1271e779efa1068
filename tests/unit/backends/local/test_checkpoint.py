"""Checkpoints: whole or not there."""

import json
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from trainings import HELD, Setup, documents, hyper, same, stopping_after, trained, weights
from xiangsheng.backends.local.training.checkpoint import Checkpoints, State

TENSORS = {
    "weights": {"a": torch.arange(6.0).view(2, 3), "b": torch.tensor([1.5])},
    "best": {},
    "random": {"torch": torch.arange(5, dtype=torch.uint8)},
}
STATE = State(7, 900, 12, 1.5, [(1, {"loss": 8.25}), (2, {"loss": 0.1, "valid_loss": 3.0})], 3.0, 1)


def at(step: int) -> State:
    return State(step, told=[(step, {"loss": float(step)})])


def written(folder: Path, *steps: int) -> Checkpoints:
    found = Checkpoints(folder)
    for step in steps:
        found.write(at(step), TENSORS)
    return found


def test_what_is_written_is_read_bit_for_bit(tmp_path: Path) -> None:
    place = Checkpoints(tmp_path).write(STATE, TENSORS)
    assert place.name == "step-00000007"
    found = Checkpoints(tmp_path).newest()
    assert found is not None
    state, tensors = found
    assert state == STATE
    assert tensors.keys() == TENSORS.keys()
    assert all(same(tensors[name], TENSORS[name]) for name in TENSORS)
    assert tensors["random"]["torch"].dtype == torch.uint8


def test_without_any_there_is_none(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path).newest() is None
    assert Checkpoints(tmp_path / "not there").newest() is None


def test_the_newest_two_are_kept(tmp_path: Path) -> None:
    found = written(tmp_path, 1, 2, 3, 10)
    assert [place.name for place in found.places()] == ["step-00000010", "step-00000003"]
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["step-00000003", "step-00000010"]


def test_what_was_half_written_is_ignored_and_cleared_away(tmp_path: Path) -> None:
    found = written(tmp_path, 1)
    half = tmp_path / ".step-00000002.999"
    half.mkdir()
    (half / "weights.safetensors").write_bytes(b"half of i")
    newest = found.newest()
    assert newest is not None
    assert newest[0].step == 1
    found.write(at(2), TENSORS)
    assert not half.exists()


def test_what_was_half_written_makes_room_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that was full when it was written."""
    half = tmp_path / ".step-00000002.999"
    half.mkdir()
    (half / "weights.safetensors").write_bytes(b"half of i")

    def watched(_descriptor: int) -> None:
        assert not half.exists()

    monkeypatch.setattr(os, "fsync", watched)
    written(tmp_path, 2)


def test_the_leftovers_of_an_earlier_process_of_this_number_are_no_obstacle(
    tmp_path: Path,
) -> None:
    half = tmp_path / f".step-00000002.{os.getpid()}"
    half.mkdir()
    (half / "weights.safetensors").write_bytes(b"half of i")
    newest = written(tmp_path, 2).newest()
    assert newest is not None
    assert newest[0].step == 2


def test_a_step_is_written_again_only_if_it_is_damaged(tmp_path: Path) -> None:
    """So that no kill between can take the newest one."""
    found = written(tmp_path, 1, 2)
    for tokens in (0, 5):
        found.write(State(2, tokens=5), TENSORS)
        newest = found.newest()
        assert newest is not None
        assert (newest[0].step, newest[0].tokens) == (2, tokens)
        assert len(found.places()) == 2
        cut(found.places()[0] / "state.json")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


def removed(path: Path) -> None:
    path.unlink()


def nothing(path: Path) -> None:
    path.write_text("null")


def others(path: Path) -> None:
    table = json.loads(path.read_text())
    path.write_text(json.dumps(table | {"colour": "red"}))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *(("weights.safetensors", damage) for damage in (cut, emptied, flipped, removed)),
        ("random.safetensors", flipped),
        *(("state.json", damage) for damage in (cut, emptied, removed, nothing, others)),
    ],
)
def test_a_damaged_one_is_passed_over_for_the_one_before(
    tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    found = written(tmp_path, 1, 2)
    damage(found.places()[0] / name)
    newest = found.newest()
    assert newest is not None
    assert newest[0].step == 1
    damage(found.places()[1] / name)
    assert found.newest() is None


def test_a_training_goes_on_from_the_one_before_a_damaged_one_to_the_same_end(
    tmp_path: Path,
) -> None:
    whole = Setup(tmp_path / "straight", held=documents(HELD)).training()
    trained(whole)
    setup = Setup(tmp_path / "stopped", held=documents(HELD), every=0)
    list(setup.training().run(stopping_after(6)))
    cut(setup.checkpoints.places()[0] / "optimiser.safetensors")
    again = setup.training(seed=99)
    trained(again)
    assert same(weights(again.network), weights(whole.network))


def test_a_crash_while_writing_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it happens: every call that changes the disk is the last one in its turn."""

    class CrashError(BaseException):
        pass

    calls = 0
    last = 0

    def watched(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*arguments: object) -> object:
            nonlocal calls
            calls += 1
            if calls == last:
                raise CrashError
            return real(*arguments)

        return call

    for name in ("rename", "replace"):
        monkeypatch.setattr(os, name, watched(name))
    monkeypatch.setattr(os, "fsync", watched("fsync"))
    for crash in count(1):
        folder = tmp_path / str(crash)
        calls, last = 0, 0
        found = written(folder, 1)
        calls, last = 0, crash
        try:
            found.write(at(2), TENSORS)
        except CrashError:
            newest = found.newest()
            assert newest is not None
            assert newest[0] in (at(1), at(2))
        else:
            break
    assert crash > 7  # four files, their folder, the rename, the folder around it
    last = 0
    newest = found.newest()
    assert newest is not None
    assert newest[0] == at(2)


def test_only_finite_weights_are_kept(tmp_path: Path) -> None:
    setup = Setup(tmp_path, hyper(), every=0)
    list(setup.training().run(stopping_after(5)))
    for place in setup.checkpoints.places():
        kept: dict[str, Tensor] = load_file(place / "weights.safetensors")
        assert all(bool(tensor.isfinite().all()) for tensor in kept.values())
