"""Models by name: found first, at no cost, and opened when they are needed."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from importlib.util import find_spec

from xiangsheng.backends import fake
from xiangsheng.backends.names import ModelName, parse_model_name
from xiangsheng.backends.ngram import NgramDesk, NgramGenerator, NgramModel, NgramTuner, load
from xiangsheng.core.canonical import plain
from xiangsheng.core.errors import UnknownModelError, UsageError
from xiangsheng.core.model import TunedModel
from xiangsheng.core.ports import Desk, Generator, Tuner
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.corpus.study import bundled, lines_of
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.attending import Attending


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model ready to answer. `tuner` makes children of it, `desk` serves it; None where it cannot
    have any, and cannot be served.
    """

    generator: Generator
    tuner: Tuner | None = None
    desk: Desk | None = None


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that can be had. `identity` changes whenever the name would mean another model, and
    is known before it is built; `tuner` is the same of what tunes it, None where nothing does.

    `messages` says whether it takes chat messages. `open` may take long, where a base has to be
    built first: about `building` seconds.
    """

    name: str
    identity: str
    open: Callable[[Attending], OpenedModel]
    tuner: str | None = None
    tuned: TunedModel | None = None
    messages: bool = False
    building: float = 0.0


@dataclass(frozen=True, slots=True)
class Building:
    """What a base of the ladder is built from, where one has to be: `lines`, which `text` names to
    people, or else so many composed `characters`; None is the size's own.
    """

    lines: Sequence[str] = ()
    text: str = ""
    characters: int | None = None
    epochs: int | None = None
    seed: int = 0


def find_model(name: str, workspace: Workspace, building: Building | None = None) -> FoundModel:
    """Without `building` the newest base of this home will do, and else the usual one.

    Raises UnknownModelError, naming near names, or UsageError for a family not there yet.

    The base `ngram:N` has counted the lines of the bundled training scripts, without titles,
    labels or the order of turns: it knows words, not dialogue.
    """
    known = [model.name for model in workspace.models.all()]
    parsed = parse_model_name(name, known)
    if parsed.family == "fake":
        model = fake.generator(name)
        return FoundModel(name, model.digest, lambda _: OpenedModel(model), messages=True)
    tuned = _tuned(parsed, workspace, known) if parsed.tuned else None
    if parsed.family == "local":
        _require_torch(name)
        from xiangsheng.verbs.local_models import find_local

        return find_local(parsed, tuned, workspace, building)
    ngram = (
        load(workspace.models.path(tuned))
        if tuned
        else NgramModel.train(lines_of(bundled().train), parsed.order)
    )
    generator = NgramGenerator(name, ngram)
    opened = OpenedModel(generator, NgramTuner(ngram), NgramDesk(generator))
    return FoundModel(name, generator.digest, lambda _: opened, NgramTuner(ngram).digest, tuned)


def find_ready(name: str, workspace: Workspace) -> FoundModel:
    """As `find_model`, but a base that is not built is an UnknownModelError that says how to."""
    parsed = parse_model_name(name)
    if parsed.family != "local" or parsed.tuned:
        return find_model(name, workspace)
    _require_torch(name)
    from xiangsheng.verbs.local_models import find_newest

    if (found := find_newest(parsed, workspace)) is None:
        raise UnknownModelError(
            f"{name} is not built in this home",
            hint=f"build it first: xiangsheng models build {parsed.size}",
        )
    return found


def find_same(name: str, identity: str, workspace: Workspace) -> FoundModel:
    """What a name meant when its model had this identity, whatever else has been built since.

    Raises UsageError (`model_changed`) where that can neither be found nor be built again.
    """
    parsed = parse_model_name(name)
    if parsed.family == "local" and not parsed.tuned:
        _require_torch(name)
        from xiangsheng.verbs.local_models import find_built

        found = find_built(parsed, identity, workspace)
    else:
        found = find_model(name, workspace)
    if found.identity != identity:
        raise UsageError(
            f"{name} is not the model any more that it was",
            hint="begin again with the one that there is now",
            code="model_changed",
        )
    return found


def _require_torch(name: str) -> None:
    """Raises UsageError where the extra for local models is not installed."""
    missing = [library for library in ("torch", "safetensors") if find_spec(library) is None]
    if missing:
        raise UsageError(
            f"{name} needs {' and '.join(missing)}, which {'are' if missing[1:] else 'is'} "
            "not installed",
            hint="pip install 'xiangsheng[local]'; the README says how to choose torch's small build "
            "for processors",
            code="no_torch",
        )


def _tuned(parsed: ModelName, workspace: Workspace, known: Iterable[str]) -> TunedModel:
    tuned = workspace.models.get(parsed.full)
    if tuned is None:
        raise UnknownModelError(
            f"{parsed.full!r} is not in this home",
            hint="models here: " + (", ".join(known) or "none; `xiangsheng run exp2` makes one"),
        )
    return tuned


def require_rendering(model: FoundModel, rendering: Rendering) -> None:
    """A tuned model is prompted the way it was trained; mixing renderings is an error."""
    if model.tuned and model.tuned.rendering != rendering:
        raise UsageError(
            f"{model.name} was trained with another rendering than the recipe's",
            hint="prompt it as it was trained: " + _as_settings(model.tuned.rendering, rendering),
            code="rendering",
        )
    if rendering.format is Format.CHAT and not model.messages:
        raise UsageError(
            f"{model.name} completes text and takes no chat messages",
            hint="choose the turns, block or script format: --set rendering.format=script",
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
