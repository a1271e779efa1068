"""Tuning a local model: what it makes of a specification."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tiny_networks import TOKENIZER, tiny
from trainings import LINES, examples, hyper, losses, running, same, stopping_after, weights
from xiangsheng.backends.local import folder as folders
from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.backends.local.training.checkpoint import Checkpoints
from xiangsheng.backends.local.training.tune import LocalTuner
from xiangsheng.core.errors import DataError, MemoryShortError, StoreError
from xiangsheng.core.example import Example, Message
from xiangsheng.core.model import Hyperparameters, TuneEvent, TuneSpec
from xiangsheng.core.rendering import Format, Rendering

SCRIPT = Rendering(Format.SCRIPT, header="")


@dataclass
class Bench:
    """One base, and a place for every try."""

    folder: Path
    tuner: LocalTuner

    def tune(
        self,
        at: str = "a",
        chosen: Hyperparameters | None = None,
        given: Sequence[Example] | None = None,
        rendering: Rendering = SCRIPT,
        steps: int | None = None,
    ) -> list[TuneEvent]:
        for part in ("model", "checkpoint"):
            (self.folder / at / part).mkdir(parents=True, exist_ok=True)
        spec = TuneSpec("local:ada:ft-x", "local:ada", rendering, chosen or hyper())
        control = running if steps is None else stopping_after(steps)
        return list(
            self.tuner.tune(
                spec, given or examples(), self.model(at), self.folder / at / "checkpoint", control
            )
        )

    def model(self, at: str = "a") -> Path:
        return self.folder / at / "model"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    base = tmp_path / "base"
    base.mkdir()
    digest = folders.save(tiny(width=16, context=64), TOKENIZER, base, chats=False)
    return Bench(tmp_path, LocalTuner(base, "ada", digest, TOKENIZER))


def test_what_it_makes_is_a_model_that_opens(bench: Bench) -> None:
    events = bench.tune()
    network, digest, chats = folders.load(bench.model(), TOKENIZER)
    assert not chats
    assert digest != bench.tuner.weights
    assert network.shape.context == 64
    assert events[-1].model is not None


def test_what_was_chosen_is_told_at_the_beginning(bench: Bench) -> None:
    first, *others = bench.tune(chosen=hyper(prompt_loss_weight=0.5))
    assert first.message == "8 examples to learn, 0 held out"
    assert first.settings["learning rate"] == f"{RUNGS['ada'].rate:g}"
    assert first.settings["prompt loss weight"] == "0.5"
    assert (first.settings["precision"], first.settings["threads"]) == ("fp32", "1")
    assert not any(event.settings for event in others)


def test_the_prompts_weight_changes_what_is_learned_and_not_what_is_measured(
    bench: Bench,
) -> None:
    given = [*examples(), *examples("valid", LINES[:2])]
    light = bench.tune("light", hyper(prompt_loss_weight=0.0), given)
    heavy = bench.tune("heavy", hyper(prompt_loss_weight=1.0), given)
    assert losses(light) != losses(heavy)
    # At a rate of nothing the models are equal, and so is what is measured of them.
    one = bench.tune("one", hyper(prompt_loss_weight=0.0, learning_rate=0), given)
    other = bench.tune("other", hyper(prompt_loss_weight=1.0, learning_rate=0), given)
    assert losses(one, "valid_loss") == losses(other, "valid_loss")
    assert losses(one) != losses(other)


def test_a_turn_is_not_the_end_and_a_script_is(bench: Bench) -> None:
    turns = bench.tune("turns", rendering=Rendering(Format.TURNS, header=""))
    script = bench.tune("script")
    assert losses(turns)[1] != losses(script)[1]
    tokens = [events[-2].metrics["tokens"] for events in (turns, script)]
    assert tokens[1] - tokens[0] == 2 * 8  # an end a document, in two epochs


CHAT = [
    Example(
        str(n),
        messages=(Message("user", f"第{n}句"), Message("assistant", "接话。", trained=True)),
    )
    for n in range(4)
]


def test_a_model_of_chats_takes_chats(bench: Bench) -> None:
    bench.tune(given=CHAT, rendering=Rendering(Format.CHAT))
    assert folders.load(bench.model(), TOKENIZER)[2]


def test_a_tuned_model_can_be_tuned_again(bench: Bench) -> None:
    bench.tune()
    _, digest, _ = folders.load(bench.model(), TOKENIZER)
    again = Bench(bench.folder, replace(bench.tuner, base=bench.model(), weights=digest))
    assert again.tuner.digest != bench.tuner.digest
    again.tune("again")
    assert folders.load(again.model("again"), TOKENIZER)[1] != digest


def test_early_stopping_hands_on_the_best_weights(bench: Bench) -> None:
    given = [*examples(), *examples("valid", LINES[2:3])]
    patient = hyper(epochs=40, patience=1, learning_rate=0.3)
    events = bench.tune("patient", patient, given)
    found = losses(events, "valid_loss")
    best = min(found, key=lambda step: found[step])
    assert max(found) == best + 4 < events[0].total
    assert events[-1].model is not None
    bench.tune("short", patient, given, steps=best)
    (place, *_) = sorted((bench.folder / "short" / "checkpoint").glob("step-*"), reverse=True)
    network, _, _ = folders.load(bench.model("patient"), TOKENIZER)
    assert place.name == f"step-{best:08d}"
    short = tiny(width=16, context=64)
    stored = Checkpoints(place.parent).newest()
    assert stored is not None
    short.load_state_dict(stored[1]["weights"], strict=False)
    assert same(weights(network), weights(short))


@pytest.mark.parametrize(
    ("chosen", "given", "said"),
    [
        (hyper(), examples()[:-1], "its data, its settings or its base"),
        (hyper(), [*examples(), *examples("valid")], "its data, its settings or its base"),
        (hyper(epochs=3), None, "its data, its settings or its base"),
        (hyper(prompt_loss_weight=0.5), None, "its data, its settings or its base"),
        (hyper(precision="bf16"), None, "precision was fp32 and is bf16 now"),
    ],
)
def test_a_checkpoint_of_another_job_is_refused_saying_what_differs(
    bench: Bench, chosen: Hyperparameters, given: list[Example] | None, said: str
) -> None:
    bench.tune(steps=2)
    with pytest.raises(StoreError, match=said) as caught:
        bench.tune(chosen=chosen, given=given)
    assert caught.value.code == "job_changed"
    assert not list(bench.model().iterdir())


def test_a_damaged_base_is_said(bench: Bench) -> None:
    (bench.folder / "base" / "model.safetensors").write_bytes(b"half of it")
    with pytest.raises(DataError, match=r"model\.safetensors has been damaged"):
        bench.tune()


def test_too_little_memory_is_said_before_anything_is_begun(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xiangsheng.backends.local.memory.free_bytes", lambda: 1000)
    with pytest.raises(MemoryShortError, match="training a model"):
        bench.tune()
    assert not list((bench.folder / "a" / "checkpoint").iterdir())
