"""Tuned models and the intention to make one."""

from dataclasses import dataclass, field
from enum import StrEnum

from xiangsheng.core.rendering import Rendering


@dataclass(frozen=True, slots=True)
class TunedModel:
    """A model made here: its full name, its base, how it must be prompted.

    `digest` covers everything that made it: base, data, rendering, hyperparameters.
    """

    name: str
    base: str
    digest: str
    rendering: Rendering


@dataclass(frozen=True, slots=True)
class TuneSpec:
    """What to make: `name` is the full name of the model to be."""

    name: str
    base: str
    rendering: Rendering
    epochs: int = 4
    seed: int = 0


class Control(StrEnum):
    """What the owner of a tuning wants it to do next."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class TuneEvent:
    """One moment of a tuning; the last event carries the model.

    `metrics` holds named numbers such as `loss` (nats per token).
    """

    step: int
    total: int
    message: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    model: TunedModel | None = None
