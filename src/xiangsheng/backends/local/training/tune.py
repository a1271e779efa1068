"""Tuning a local model: the Tuner port over the training loop."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xiangsheng.backends.local import folder as folders
from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.backends.local.memory import enough_room
from xiangsheng.backends.local.training.checkpoint import Checkpoints
from xiangsheng.backends.local.training.course import Course, course
from xiangsheng.backends.local.training.documents import Document, Reading
from xiangsheng.backends.local.training.job import begun
from xiangsheng.backends.local.training.loop import Surroundings, Training
from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example
from xiangsheng.core.model import Control, TunedModel, TuneEvent, TuneSpec
from xiangsheng.core.rendering import Format
from xiangsheng.tokens.ladder import LadderTokenizer

VERSION = 1
"""Goes up when the same examples would make another model."""


@dataclass(frozen=True, slots=True)
class LocalTuner:
    """Tunes the model in `base`, a rung of the ladder called `size`, all of its weights.

    Examples whose split is not `train` are held out: not learned, and measured after each epoch.
    """

    base: Path
    size: str
    weights: str
    tokenizer: LadderTokenizer
    every: float = 60.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    @property
    def digest(self) -> str:
        return digest((VERSION, self.weights))

    def tune(
        self,
        spec: TuneSpec,
        examples: Iterable[Example],
        folder: Path,
        checkpoint: Path,
        control: Callable[[], Control],
    ) -> Iterator[TuneEvent]:
        """Raises DataError where there is nothing to learn, TrainingError when it diverges,
        MemoryShortError, and StoreError for a checkpoint of another job.
        """
        enough_room(RUNGS[self.size].shape(self.tokenizer.size), training=True)
        network, weights, _ = folders.load(self.base, self.tokenizer)
        learned, held = self._documents(spec, examples, network.shape.context)
        plan = course(spec.hyper, learned, RUNGS[self.size].rate)
        made = digest((VERSION, spec.base, weights, spec.rendering, plan, learned, held))
        job = begun(made, spec.hyper.precision, checkpoint, spec.machine)
        around = Surroundings(Checkpoints(checkpoint), self.every, self.clock, self.sleep)
        training = Training(network.train(), learned, held, plan, job, around)
        told = f"{len(learned)} examples to learn, {len(held)} held out"
        settings = plan.settings() | {
            "prompt loss weight": f"{spec.hyper.prompt_loss_weight:g}",
            "precision": job.precision,
            "threads": str(job.threads),
        }
        yield TuneEvent(training.state.step, plan.steps, told, settings=settings)
        for event in training.run(control):
            # Steps of before a restart are told again, and their weights are gone.
            if _keeps(spec, plan, event.step) and event.step == training.state.step:
                place = folder / f"step-{event.step}"
                place.mkdir()
                folders.save(network, self.tokenizer, place, spec.rendering.format is Format.CHAT)
                yield replace(event, kept=_kept(spec, digest((made, job, event.step)), event.step))
                shutil.rmtree(place, ignore_errors=True)
            else:
                yield event
        if not training.done:
            return
        chats = spec.rendering.format is Format.CHAT
        folders.save(network, self.tokenizer, folder, chats)
        model = TunedModel(spec.name, spec.base, digest((made, job)), spec.rendering)
        yield TuneEvent(training.state.step, plan.steps, "saved", {}, model)

    def _documents(
        self, spec: TuneSpec, examples: Iterable[Example], context: int
    ) -> tuple[Sequence[Document], Sequence[Document]]:
        # A turn is not the end of its dialogue; any other example is the end of its text.
        closes = spec.rendering.format is not Format.TURNS
        reading = Reading(self.tokenizer, context, spec.hyper.prompt_loss_weight, closes)
        both = list(examples)
        learned = [example for example in both if example.split == "train"]
        held = [example for example in both if example.split != "train"]
        if not learned:
            raise DataError(
                "there is no text to learn from", hint="give at least one example to train on"
            )
        measured = Reading(self.tokenizer, context, 0.0, closes)
        return list(reading.documents(learned)), list(measured.documents(held))


def _keeps(spec: TuneSpec, plan: Course, step: int) -> bool:
    """Whether an epoch has ended whose model is kept."""
    epoch, rest = divmod(step, plan.batches)
    return not rest and plan.epochs - spec.keeps <= epoch < plan.epochs


def _kept(spec: TuneSpec, made: str, step: int) -> TunedModel:
    return TunedModel(f"{spec.name}:ckpt-step-{step}", spec.base, made, spec.rendering)
