"""The ladder's models: bases that are built when they are first needed, and tuned ones."""

from pathlib import Path
from time import perf_counter

from xiangsheng.backends.local import folder as folders
from xiangsheng.backends.local.decode.engine import Engine
from xiangsheng.backends.local.decode.limits import Limits
from xiangsheng.backends.local.generate import LocalGenerator
from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.backends.local.memory import enough_room, free_bytes
from xiangsheng.backends.local.training import base as bases
from xiangsheng.backends.local.training.tune import VERSION, LocalTuner
from xiangsheng.backends.names import ModelName
from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import DataError, InterruptedRunError
from xiangsheng.core.events import Note, Progress
from xiangsheng.core.model import BuiltBase, TunedModel
from xiangsheng.store.workspace import Workspace
from xiangsheng.tokens.ladder import LadderTokenizer
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.base_texts import spec_of
from xiangsheng.verbs.learning import Curve, told
from xiangsheng.verbs.models import Building, FoundModel, OpenedModel


def find_local(
    parsed: ModelName, tuned: TunedModel | None, workspace: Workspace, building: Building | None
) -> FoundModel:
    """A tuned model of this home; or a base, which opening builds if it is not there yet."""
    if tuned:
        return FoundModel(
            parsed.full,
            tuned.digest,
            lambda _: _opened(parsed, workspace.models.path(tuned)),
            digest((VERSION, tuned.digest)),
            tuned,
            messages=tuned.rendering.format == "chat",
        )
    there = None if building else _newest(parsed.full, workspace)
    spec = None if there else spec_of(parsed.size, building or Building())
    return _base(parsed, there.digest if there else spec.digest if spec else "", spec, workspace)


def find_built(parsed: ModelName, identity: str, workspace: Workspace) -> FoundModel:
    """The base of this identity; built again where it is the usual one and has gone."""
    usual = spec_of(parsed.size, Building())
    if whole(identity, workspace):
        return _base(parsed, identity, None, workspace)
    return _base(parsed, usual.digest, usual, workspace)


def _base(
    parsed: ModelName, identity: str, spec: bases.BaseSpec | None, workspace: Workspace
) -> FoundModel:
    """`spec` is how to build it, None where it is there."""

    def opened(attending: Attending) -> OpenedModel:
        if spec and not whole(identity, workspace):
            build_base(spec, workspace, attending)
        return _opened(parsed, workspace.bases.path(identity))

    needed = spec if spec and workspace.bases.get(identity) is None else None
    return FoundModel(
        parsed.full,
        identity,
        opened,
        digest((VERSION, identity)),
        building=needed.seconds if needed else 0.0,
    )


def find_newest(parsed: ModelName, workspace: Workspace) -> FoundModel | None:
    """The newest base of that name that is whole; None where there is none: nothing is built."""
    if (there := _newest(parsed.full, workspace)) is None:
        return None
    place, tuner = workspace.bases.path(there.digest), digest((VERSION, there.digest))
    return FoundModel(parsed.full, there.digest, lambda _: _opened(parsed, place), tuner)


def build_base(spec: bases.BaseSpec, workspace: Workspace, attending: Attending) -> BuiltBase:
    """Builds a base, or goes on with building it; InterruptedRunError when stopped."""
    name, curve = f"local:{spec.size}", Curve()
    with workspace.bases.making(spec.digest) as (files, checkpoints):
        if there := whole(spec.digest, workspace):
            return there  # another process has built it since we looked
        attending.on_event(
            Note(
                f"building {name}, a small model of our own, on about {spec.text.tokens:,} tokens "
                f"({spec.text.name}): about {_duration(spec.seconds)} on two cores"
            )
        )
        for event in bases.build(spec, files, checkpoints, attending.control):
            curve.take(event)
            attending.on_event(
                Progress(f"building {name}", event.step, event.total, detail=told(event))
            )
            if event.message == "saved":
                made = curve.made(
                    model=name,
                    base="",
                    examples=int(event.metrics["texts"]),
                    characters=int(event.metrics["characters"]),
                )
                now = attending.clock.stamp()
                base = BuiltBase(name, spec.digest, spec.text.name, now, made)
                workspace.bases.keep(base, files)
                return base
    raise InterruptedRunError(
        f"stopped while building {name}; what it has learned so far is kept",
        hint="give the same command again to go on",
    )


def _newest(name: str, workspace: Workspace) -> BuiltBase | None:
    """The newest base of that name that is whole."""
    named = (base for base in workspace.bases.all() if base.name == name)
    return next((base for base in named if whole(base.digest, workspace)), None)


def whole(identity: str, workspace: Workspace) -> BuiltBase | None:
    """The base, where it is there and undamaged: else it is built again."""
    if (there := workspace.bases.get(identity)) is None:
        return None
    try:
        folders.load(workspace.bases.path(identity), LadderTokenizer())
    except DataError:
        return None
    return there


def _opened(parsed: ModelName, place: Path) -> OpenedModel:
    tokenizer = LadderTokenizer()
    enough_room(RUNGS[parsed.size].shape(tokenizer.size), training=False)
    network, weights, chats = folders.load(place, tokenizer)
    engine = Engine(
        parsed.full, network, tokenizer, perf_counter, Limits.of(network.shape, free_bytes())
    )
    generator = LocalGenerator(parsed.full, engine, weights, chats)
    tuner = LocalTuner(place, parsed.size, weights, tokenizer)
    return OpenedModel(generator, tuner, desk=generator)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
