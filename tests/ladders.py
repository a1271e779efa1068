"""A ladder whose lowest rung is built in a moment, and studies small enough for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from xiangsheng.backends.local.ladder import RUNGS, Rung
from xiangsheng.backends.local.training import base as bases
from xiangsheng.core.events import Event, Progress
from xiangsheng.core.model import Precision
from xiangsheng.core.run import Run
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.recipe import Recipe, load_recipe

ADA = Rung("ada", 16, 1, 2, 32, 1024, 1e-2, 8_000, 1, 15_000)
SMALL = (
    "tasks.next-line.given=2",
    "tasks.last-ten.given=2",
    "tasks.last-ten.asked=2",
    "tasks.real-lines.asked=4",
    "sampling.max_tokens=5",
    "base.epochs=1",
    "tuning.epochs=1",
    f"tuning.precision={Precision.FP32}",
)
QUIET = Attending(lambda _event: None)


def lower(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes local:ada as small as a test needs it."""
    monkeypatch.setitem(RUNGS, "ada", ADA)
    monkeypatch.setattr(bases, "ENOUGH_TOKENS", 0)


def small(name: str = "exp2", *settings: str) -> Recipe:
    return load_recipe(name, ["model=local:ada", *SMALL, *settings])


def stopping_at(stage: str, done: int = 1) -> Attending:
    """Asks to stop as soon as a stage is so far."""
    seen: list[Event] = []

    def stop() -> bool:
        return any(isinstance(e, Progress) and e.stage == stage and e.done >= done for e in seen)

    return Attending(seen.append, stop)


def progress(call: Callable[[Attending], object]) -> dict[str, list[Progress]]:
    """What is told while `call` works, by stage."""
    events: list[Event] = []
    call(Attending(events.append))
    told: dict[str, list[Progress]] = {}
    for event in events:
        if isinstance(event, Progress):
            told.setdefault(event.stage, []).append(event)
    return told


def completions(workspace: Workspace, run: Run) -> bytes:
    return workspace.folder(run.id).path("completions.jsonl").read_bytes()


def weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()
