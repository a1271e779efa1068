"""Tuning: a run's base and its training scripts become a model in the store."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from xiangsheng.backends.names import tuned_name
from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import DataError, InterruptedRunError, UsageError
from xiangsheng.core.events import Note, Progress
from xiangsheng.core.example import Example
from xiangsheng.core.model import TuneSpec
from xiangsheng.core.ports import Tuner
from xiangsheng.core.run import Run
from xiangsheng.core.script import Script
from xiangsheng.prepare.render import examples, half_untitled
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.learning import Curve, told
from xiangsheng.verbs.models import FoundModel, OpenedModel, find_model


def tune(base: OpenedModel, run: Run, workspace: Workspace, attending: Attending) -> str:
    """The name of the run's tuned model, which is in the store when this returns.

    The name follows from the run: tuning again after a crash makes the same one, and one that
    is whole is not made again. Half of the scripts are rendered without a title, so that
    untitled prompts are familiar. Raises InterruptedRunError when stopped.
    """
    folder = workspace.folder(run.id)
    prepared = _prepared(run, workspace)
    spec = _spec(run, prepared)
    checkpoint = folder.path("checkpoint")
    if _usable(spec.name, workspace, attending):
        shutil.rmtree(checkpoint, ignore_errors=True)
        return spec.name
    learned = [example for example in prepared if example.split == "train"]
    started, curve = attending.clock.monotonic(), Curve()
    checkpoint.mkdir(exist_ok=True)
    with workspace.models.workspace(folder.path("making")) as place:
        tuning = _tuner(base).tune(spec, prepared, place, checkpoint, attending.control)
        for event in tuning:
            curve.take(event)
            attending.on_event(Progress("tuning", event.step, event.total, detail=told(event)))
            if event.model:
                made = curve.made(
                    model=spec.name,
                    base=spec.base,
                    examples=len(learned),
                    characters=sum(map(_characters, learned)),
                    seconds=attending.clock.monotonic() - started,
                )
                folder.save("tuning.jsonl", [made])
                workspace.models.keep(event.model, place, attending.clock.stamp())
                shutil.rmtree(checkpoint, ignore_errors=True)
                attending.on_event(Note(f"tuned: {event.model.name}"))
                return spec.name
    raise InterruptedRunError("stopped while tuning; what it has learned so far is kept")


def require_tuner(base: FoundModel) -> None:
    """Raises UsageError for a model that cannot be tuned."""
    if base.tuner is None:
        raise UsageError(
            f"{base.name} cannot be fine-tuned",
            hint="choose a model that can, such as local:ada or ngram:5, or a recipe without "
            "tuning: exp1",
            code="not_tunable",
        )


def _tuner(base: OpenedModel) -> Tuner:
    assert base.tuner is not None  # `require_tuner` has looked
    return base.tuner


def _prepared(run: Run, workspace: Workspace) -> Sequence[Example]:
    """The examples to learn from, and those held out."""
    folder, rendering = workspace.folder(run.id), run.spec.rendering
    learned = examples(half_untitled(folder.load("training.jsonl", Script)), rendering)
    if not folder.path("validation.jsonl").is_file():
        return learned
    held = examples(folder.load("validation.jsonl", Script), rendering)
    return (*learned, *(replace(example, split="valid") for example in held))


def _usable(name: str, workspace: Workspace, attending: Attending) -> bool:
    """A model that is there but damaged is made again."""
    try:
        return workspace.models.get(name) is not None and bool(
            find_model(name, workspace).open(attending)
        )
    except DataError:
        return False


def _spec(run: Run, prepared: Sequence[Example]) -> TuneSpec:
    spec = run.spec
    made = digest((run.id, spec.tuner, spec.rendering, spec.tuning, prepared))
    name = tuned_name(spec.model, spec.suffix, datetime.fromisoformat(run.created_at), made)
    return TuneSpec(name, spec.model, spec.rendering, spec.tuning)


def _characters(example: Example) -> int:
    return sum(len(span.text) for span in example.spans) + sum(
        len(message.content) for message in example.messages
    )
