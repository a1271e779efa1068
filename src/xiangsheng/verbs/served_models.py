"""The models that a server has: those of the home that need not be built, by their names on the wire."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from xiangsheng.backends.names import SIZES, parse_model_name
from xiangsheng.core.errors import UnknownModelError, XiangshengError
from xiangsheng.store.workspace import Workspace

NGRAM = "ngram:5"
"""The one that is listed; its orders can all be had."""


@dataclass(frozen=True, slots=True)
class Listed:
    """`base` is what it was tuned from, empty for a base; `identity` changes when the name comes to
    mean another model; `created` is in seconds since 1970, 0 for what was always there.
    """

    name: str
    base: str
    identity: str
    created: int = 0

    @property
    def key(self) -> str:
        return f"{self.name}@{self.identity}"

    @property
    def wire(self) -> str:
        return on_the_wire(self.name)


def on_the_wire(name: str) -> str:
    """What the clients of 2022 called it: `ada`, `ada:ft-…`."""
    return name.removeprefix("local:")


def off_the_wire(name: str) -> str:
    """The full name; a full name is taken too."""
    family = name.partition(":")[0]
    return f"local:{name}" if family in SIZES else name


def list_models(workspace: Workspace) -> dict[str, Listed]:
    """By full name: tuned models, newest first, then bases, smallest first."""
    return {model.name: model for model in (*_tuned(workspace), *_bases(workspace))}


def _tuned(workspace: Workspace) -> Iterator[Listed]:
    for model, made in workspace.models.dated():
        yield Listed(model.name, model.base, model.digest, _seconds(made))


def _bases(workspace: Workspace) -> Iterator[Listed]:
    built = workspace.bases.all()
    for name in (f"local:{size}" for size in SIZES):
        newest = next((base for base in built if base.name == name), None)
        if newest:
            yield Listed(name, "", newest.digest, _seconds(newest.created_at))
    yield Listed(NGRAM, "", "")


def find_listed(name: str, listed: Mapping[str, Listed]) -> Listed | None:
    """The model of that name, on the wire or in full."""
    full = off_the_wire(name)
    if full in listed:
        return listed[full]
    try:
        parsed = parse_model_name(full)
    except XiangshengError:
        return None
    return Listed(full, "", "") if parsed.family == "ngram" and not parsed.tuned else None


def missing(name: str) -> UnknownModelError:
    """Why a model is not there, in the words of the API; the hint says what can be done."""
    full = off_the_wire(name)
    size = full.removeprefix("local:")
    build = f"build it first: xiangsheng models build {size}" if size in SIZES else ""
    return UnknownModelError(f"The model '{name}' does not exist", hint=build)


def _seconds(stamp: str) -> int:
    return int(datetime.fromisoformat(stamp).timestamp())
