"""Models by name: opened to generate, or as the base of a tuning."""

import json
from dataclasses import dataclass, fields

from xiangsheng.backends import fake
from xiangsheng.backends.names import parse_model_name
from xiangsheng.backends.ngram import NgramGenerator, NgramModel, NgramTuner, load
from xiangsheng.core.canonical import plain
from xiangsheng.core.errors import UnknownModelError, UsageError
from xiangsheng.core.model import TunedModel
from xiangsheng.core.ports import Generator, Tuner
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.corpus.study import bundled, lines_of
from xiangsheng.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model ready to answer. `tuner` makes children of it; None where it cannot have any.

    `messages` says whether it takes chat messages, or text alone.
    """

    generator: Generator
    tuner: Tuner | None = None
    tuned: TunedModel | None = None
    messages: bool = False


def open_model(name: str, workspace: Workspace) -> OpenedModel:
    """Raises UnknownModelError, naming near names, or UsageError for a family not there yet.

    The base `ngram:N` has counted the lines of the bundled training scripts, without titles,
    labels or the order of turns: it knows words, not dialogue.
    """
    known = [model.name for model in workspace.models.all()]
    parsed = parse_model_name(name, known)
    if parsed.family == "fake":
        return OpenedModel(fake.generator(name), messages=True)
    if not parsed.tuned:
        model = NgramModel.train(lines_of(bundled().train), parsed.order)
        return OpenedModel(NgramGenerator(name, model), NgramTuner(model))
    tuned = workspace.models.get(name)
    if tuned is None:
        raise UnknownModelError(
            f"{name!r} is not in this home",
            hint="models here: " + (", ".join(known) or "none; `xiangsheng run exp2` makes one"),
        )
    model = load(workspace.models.path(tuned))
    return OpenedModel(NgramGenerator(name, model), NgramTuner(model), tuned)


def require_rendering(model: OpenedModel, rendering: Rendering) -> None:
    """A tuned model is prompted the way it was trained; mixing renderings is an error."""
    if rendering.format is Format.CHAT and not model.messages:
        raise UsageError(
            f"{model.generator.name} completes text and takes no chat messages",
            hint="choose the turns, block or script format: --set rendering.format=script",
            code="rendering",
        )
    if model.tuned and model.tuned.rendering != rendering:
        raise UsageError(
            f"{model.tuned.name} was trained with another rendering than the recipe's",
            hint="prompt it as it was trained: " + _as_settings(model.tuned.rendering, rendering),
            code="rendering",
        )


def _as_settings(wanted: Rendering, given: Rendering) -> str:
    """What to type to get the one from the other."""
    differing = ((f.name, getattr(wanted, f.name)) for f in fields(Rendering))
    return " ".join(
        f"--set 'rendering.{name}={json.dumps(plain(value), ensure_ascii=False)}'"
        for name, value in differing
        if value != getattr(given, name)
    )
