"""RunSpec and Run: the frozen intention, and what happened."""

from dataclasses import dataclass
from enum import StrEnum

from xiangsheng.core.generation import Sampling
from xiangsheng.core.model import Hyperparameters
from xiangsheng.core.rendering import Rendering

REAL_LINES = "real-lines"


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """`next-line`: lines 1…k given, line k+1 asked, for k = 1…`given`.
    `last-ten`: the first `given` lines given, the next `asked` lines asked at once.
    `real-lines`: the first `given` lines given, the next `asked` real lines read, not written:
    what is found is how likely they are.
    """

    name: str
    given: int
    asked: int
    sampling: Sampling


@dataclass(frozen=True, slots=True)
class RunSpec:
    """Everything that decides a run's outcomes; its digest is the run's id.

    `data` and `tuner` are digests of the scripts and of what tunes; `model_digest` is the base
    model's identity, which is known before the base is built (from `base_epochs`, `base_seed` and
    the training lines, for a base of the ladder). `tune` says whether a fine-tuned model is made from the training scripts and asked
    beside its base; without that `tuner` is empty.
    """

    recipe: str
    model: str
    model_digest: str
    data: str
    rendering: Rendering
    tasks: tuple[TaskSpec, ...]
    tune: bool
    tuning: Hyperparameters = Hyperparameters()
    base_epochs: int | None = None
    base_seed: int = 0
    suffix: str = ""
    tuner: str = ""
    replicate: int = 0


class RunState(StrEnum):
    RUNNING = "running"
    PARTIAL = "partial"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the store knows it. `tuned` is the tuned model's name once there is one."""

    id: str
    spec: RunSpec
    state: RunState
    created_at: str
    finished_at: str = ""
    tuned: str = ""
