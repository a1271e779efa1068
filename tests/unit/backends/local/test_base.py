"""Building a base: the same lines make the same one."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch

from tiny_networks import TOKENIZER
from trainings import losses, running, stopping_after
from xiangsheng.backends.local.folder import load
from xiangsheng.backends.local.ladder import RUNGS, Rung
from xiangsheng.backends.local.training import base as bases
from xiangsheng.backends.local.training.base import BaseSpec, BaseText, base_spec, build, of_lines
from xiangsheng.core.errors import DataError
from xiangsheng.core.model import Precision, TuneEvent

TEXT = "您说雨伞等人是不是好长短句"
LINES = tuple(TEXT[n % 7 :][: 3 + n % 5] + "。" for n in range(60))
SMALL = Rung("ada", 16, 1, 2, 32, 128, 3e-2, 3_000, 2, 1000)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rung that is built in a moment, from texts of three lines, of which each sixth is held."""
    monkeypatch.setitem(RUNGS, "ada", SMALL)
    monkeypatch.setattr(bases, "LINES", 3)
    monkeypatch.setattr(bases, "HELD", 6)
    monkeypatch.setattr(bases, "ENOUGH_TOKENS", 0)


@dataclass
class Building:
    folder: Path
    spec: BaseSpec

    def build(self, steps: int | None = None, every: float = 60.0) -> list[TuneEvent]:
        for part in (self.model, self.checkpoint):
            part.mkdir(parents=True, exist_ok=True)
        control = running if steps is None else stopping_after(steps)
        return list(build(self.spec, self.model, self.checkpoint, control, every=every))

    @property
    def model(self) -> Path:
        return self.folder / "model"

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint"

    @property
    def weights(self) -> bytes:
        return (self.model / "model.safetensors").read_bytes()


def spec_of(
    size: str, lines: Sequence[str], epochs: int | None = None, *, seed: int = 0
) -> BaseSpec:
    return base_spec(size, of_lines(lines, "umbrellas"), epochs, seed)


def fp32(spec: BaseSpec) -> BaseSpec:
    return replace(spec, hyper=replace(spec.hyper, precision=Precision.FP32))


def test_lines_epochs_and_seed_are_its_identity_and_so_is_its_size() -> None:
    usual = spec_of("ada", LINES)
    others = [
        spec_of("ada", LINES[1:]),
        spec_of("ada", (*LINES[1:], LINES[0])),
        spec_of("ada", LINES, 3),
        spec_of("ada", LINES, seed=1),
        spec_of("babbage", LINES),
    ]
    assert len({usual.digest, *(other.digest for other in others)}) == 6
    assert spec_of("ada", list(LINES)).digest == usual.digest
    assert spec_of("ada", LINES, SMALL.epochs).digest == usual.digest


def test_its_training_is_the_rungs_own() -> None:
    spec = spec_of("ada", LINES)
    assert (spec.hyper.epochs, spec.hyper.learning_rate) == (SMALL.epochs, SMALL.rate)
    assert spec.hyper.learning_rate_multiplier == 1


def test_few_lines_are_read_more_often_but_not_by_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = spec_of("ada", LINES, 1).tokens
    for enough, epochs in ((0, 2), (2 * tokens, 2), (7 * tokens + 1, 7), (99 * tokens, 16)):
        monkeypatch.setattr(bases, "ENOUGH_TOKENS", enough)
        assert spec_of("ada", LINES).hyper.epochs == epochs
        assert spec_of("ada", LINES, 5).hyper.epochs == 5


def test_time_and_tokens_are_told_beforehand(tmp_path: Path) -> None:
    spec = spec_of("ada", LINES, 3)
    assert spec.tokens == 3 * TOKENIZER.count("\n".join((*LINES, "")))
    assert spec.seconds == spec.tokens / 1000
    read = max(e.metrics.get("tokens", 0) for e in Building(tmp_path, spec).build())
    assert read == pytest.approx(spec.tokens, rel=0.25)  # an eighth of it is held out


def test_the_same_lines_make_the_same_base_bit_for_bit(tmp_path: Path) -> None:
    spec = fp32(spec_of("ada", LINES))
    one, other = Building(tmp_path / "a", spec), Building(tmp_path / "b", spec)
    torch.manual_seed(1)
    random.seed(1)
    events = one.build()
    torch.manual_seed(2)
    random.seed(2)
    assert [e.metrics.get("loss") for e in other.build()] == [e.metrics.get("loss") for e in events]
    assert one.weights == other.weights
    different = Building(tmp_path / "c", fp32(spec_of("ada", LINES, seed=1)))
    different.build()
    assert different.weights != one.weights


def test_it_learns_and_opens_as_a_model_of_text(tmp_path: Path) -> None:
    building = Building(tmp_path, spec_of("ada", LINES, 8))
    events = building.build()
    assert events[-1].message == "saved"
    assert [e.message for e in events[1:-1] if e.message] == []
    found = losses(events)
    assert found[max(found)] < found[1] - 1
    network, _, chats = load(building.model, TOKENIZER)
    assert network.shape == SMALL.shape(TOKENIZER.size)
    assert not chats


def test_one_text_in_so_many_is_held_out_and_measured(tmp_path: Path) -> None:
    events = Building(tmp_path, spec_of("ada", LINES, 4)).build()
    assert events[0].message == "17 texts to learn, 3 held out"
    held = losses(events, "valid_loss")
    assert len(held) == 4
    assert list(held.values()) == sorted(held.values(), reverse=True)


def test_so_many_lines_in_a_row_are_one_text_and_none_is_lost() -> None:
    texts = bases._texts(LINES[:-1])
    assert "".join(texts) == "".join(f"{line}\n" for line in LINES[:-1])
    assert [text.count("\n") for text in texts] == [3] * 19 + [2]


def test_what_was_stopped_is_gone_on_with_to_the_same_bits(tmp_path: Path) -> None:
    spec = fp32(spec_of("ada", LINES, 4))
    straight, stopped = Building(tmp_path / "a", spec), Building(tmp_path / "b", spec)
    straight.build()
    events = stopped.build(steps=1)
    assert events[-1].message != "saved"
    assert not list(stopped.model.iterdir())
    stopped.build()
    assert stopped.weights == straight.weights


@pytest.mark.parametrize("lines", [(), ("",), ("", "")])
def test_without_text_there_is_nothing_to_learn(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match="no text to learn from"):
        Building(tmp_path, spec_of("ada", lines)).build()


def test_a_single_line_makes_a_base(tmp_path: Path) -> None:
    building = Building(tmp_path, spec_of("ada", ["您好。"]))
    assert building.build()[0].message == "1 texts to learn, 0 held out"
    assert building.weights


def test_a_text_is_made_when_it_is_built_and_known_before(tmp_path: Path) -> None:
    made = list[str]()

    def make() -> list[str]:
        made.append("made")
        return [f"{line}\n" for line in LINES]

    text = BaseText("mine", "0" * 64, 500, make, epochs=3)
    spec = base_spec("ada", text)
    assert (spec.hyper.epochs, spec.tokens, made) == (3, 1500, [])
    assert spec.digest == base_spec("ada", replace(text, name="theirs")).digest
    assert spec.digest != base_spec("ada", replace(text, digest="1" * 64)).digest
    events = Building(tmp_path, spec).build()
    assert made == ["made"]
    characters = sum(len(line) + 1 for line in LINES)
    assert events[-1].metrics == {"texts": len(LINES), "characters": characters}
