"""Tuning: a run's base and its training scripts become a model in the store."""

from collections.abc import Sequence
from datetime import datetime

from xiangsheng.backends.names import tuned_name
from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import DataError, InterruptedRunError, UsageError
from xiangsheng.core.events import Note, Progress
from xiangsheng.core.example import Example
from xiangsheng.core.model import Control, TuneEvent, TuneSpec
from xiangsheng.core.ports import Tuner
from xiangsheng.core.results import Tuning
from xiangsheng.core.run import Run
from xiangsheng.core.script import Script
from xiangsheng.prepare.render import examples, half_untitled
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.models import OpenedModel, open_model


def tune(base: OpenedModel, run: Run, workspace: Workspace, attending: Attending) -> str:
    """The name of the run's tuned model, which is in the store when this returns.

    The name follows from the run: tuning again after a crash makes the same one, and one that
    is whole is not made again. Half of the scripts are rendered without a title, so that
    untitled prompts are familiar. Raises UsageError for a model that cannot be tuned,
    InterruptedRunError when stopped.
    """
    tuner, folder = require_tuner(base), workspace.folder(run.id)
    prepared = examples(half_untitled(folder.load("training.jsonl", Script)), run.spec.rendering)
    spec = _spec(run, tuner, prepared)
    if _usable(spec.name, workspace):
        return spec.name
    started, curve = attending.clock.monotonic(), dict[int, float]()
    with workspace.models.workspace(folder.path("making")) as place:
        for event in tuner.tune(spec, prepared, place, lambda: _control(attending)):
            _tell(event, attending, curve)
            if event.model:
                seconds = attending.clock.monotonic() - started
                made = Tuning(
                    model=spec.name,
                    base=spec.base,
                    seconds=round(seconds, 3),
                    examples=len(prepared),
                    characters=sum(map(_characters, prepared)),
                    curve=tuple(curve.items()),
                )
                folder.save("tuning.jsonl", [made])
                workspace.models.keep(event.model, place, attending.clock.stamp())
                return spec.name
    raise InterruptedRunError(
        "stopped while tuning; the model was not made",
        hint=f"go on with: xiangsheng resume {run.id}",
    )


def require_tuner(base: OpenedModel) -> Tuner:
    """Raises UsageError for a model that cannot be tuned."""
    if base.tuner is None:
        raise UsageError(
            f"{base.generator.name} cannot be fine-tuned",
            hint="choose a model that can, such as ngram:5, or a recipe without tuning: exp1",
            code="not_tunable",
        )
    return base.tuner


def _usable(name: str, workspace: Workspace) -> bool:
    """A model that is there but damaged is made again."""
    try:
        return workspace.models.get(name) is not None and bool(open_model(name, workspace))
    except DataError:
        return False


def _spec(run: Run, tuner: Tuner, prepared: Sequence[Example]) -> TuneSpec:
    made = digest((run.id, tuner.digest, run.spec.rendering, run.spec.epochs, prepared))
    name = tuned_name(run.spec.model, run.spec.suffix, datetime.fromisoformat(run.created_at), made)
    return TuneSpec(name, run.spec.model, run.spec.rendering, run.spec.epochs)


def _control(attending: Attending) -> Control:
    return Control.CANCEL if attending.cancelled() else Control.RUN


def _tell(event: TuneEvent, attending: Attending, curve: dict[int, float]) -> None:
    attending.on_event(Progress("tuning", event.step, event.total))
    if "loss" in event.metrics:
        curve[event.step] = event.metrics["loss"]
    if event.model:
        attending.on_event(Note(f"tuned: {event.model.name}"))


def _characters(example: Example) -> int:
    return sum(len(span.text) for span in example.spans) + sum(
        len(message.content) for message in example.messages
    )
