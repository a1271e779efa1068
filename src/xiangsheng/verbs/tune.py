"""Tuning: a base and training scripts become a model in the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xiangsheng.backends.names import tuned_name
from xiangsheng.core.canonical import digest
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import InterruptedRunError, UsageError
from xiangsheng.core.events import Note, OnEvent, Progress
from xiangsheng.core.model import Control, TunedModel, TuneSpec
from xiangsheng.core.ports import Tuner
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.results import Tuning
from xiangsheng.core.script import Script
from xiangsheng.prepare.render import examples, half_untitled
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.models import OpenedModel


@dataclass(frozen=True, slots=True)
class TuneOptions:
    rendering: Rendering
    epochs: int
    suffix: str


def tune(
    base: OpenedModel,
    scripts: Sequence[Script],
    options: TuneOptions,
    workspace: Workspace,
    *,
    clock: Clock,
    cancelled: Callable[[], bool],
    on_event: OnEvent,
) -> tuple[TunedModel, Tuning]:
    """The model, in the store, and how it was made.

    Half of the scripts are rendered without a title, so that untitled prompts are familiar.
    Raises UsageError for a model that cannot be tuned, InterruptedRunError when stopped.
    """
    tuner = require_tuner(base)
    started, prepared = clock.monotonic(), examples(half_untitled(scripts), options.rendering)
    made = digest((base.generator.digest, options.rendering, options.epochs, prepared))
    name = tuned_name(base.generator.name, options.suffix, clock.now(), made)
    spec = TuneSpec(name, base.generator.name, options.rendering, options.epochs)
    curve: list[tuple[int, float]] = []
    with workspace.models.workspace() as folder:
        for event in tuner.tune(
            spec, prepared, folder, lambda: Control.CANCEL if cancelled() else Control.RUN
        ):
            on_event(Progress("tuning", event.step, event.total))
            if "loss" in event.metrics:
                curve.append((event.step, event.metrics["loss"]))
            if event.model:
                workspace.models.keep(event.model, folder, clock.stamp())
                on_event(Note(f"tuned: {event.model.name}"))
                seconds = clock.monotonic() - started
                return event.model, Tuning(
                    name, spec.base, round(seconds, 3), len(prepared), tuple(dict(curve).items())
                )
    raise InterruptedRunError("the tuning was stopped; the model was not made")


def require_tuner(base: OpenedModel) -> Tuner:
    """Raises UsageError for a model that cannot be tuned."""
    if base.tuner is None:
        raise UsageError(
            f"{base.generator.name} cannot be fine-tuned",
            hint="choose a model that can, such as ngram:5, or a recipe without tuning: exp1",
            code="not_tunable",
        )
    return base.tuner
