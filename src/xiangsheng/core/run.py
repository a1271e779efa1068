"""RunSpec and Run: the frozen intention, and what happened."""

from dataclasses import dataclass
from enum import StrEnum

from xiangsheng.core.errors import UsageError
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
class BaseSettings:
    """How a base of the ladder is built that is not there yet; None is the size's own.

    `text` is `composed`, or `data`: the lines of the training scripts, in order, without titles
    and roles.
    """

    text: str = "composed"
    characters: int | None = None
    epochs: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        wrong = {
            "text": self.text not in {"composed", "data"},
            "characters": self.characters is not None and not 1000 <= self.characters <= 50_000_000,
            "epochs": self.epochs is not None and self.epochs < 1,
        }
        for name in (name for name, is_wrong in wrong.items() if is_wrong):
            raise UsageError(
                f"base.{name} is {getattr(self, name)!r}",
                hint="base.text is composed or data, base.characters 1,000 to 50,000,000, "
                "base.epochs at least 1; left out, each is what the size needs",
                code="recipe_value",
            )


@dataclass(frozen=True, slots=True)
class RunSpec:
    """Everything that decides a run's outcomes; its digest is the run's id.

    `data` and `tuner` are digests of the scripts and of what tunes; `model_digest` is the base
    model's identity, which is known before the base is built (for a base of the ladder, from
    `base` and perhaps the training lines). `tune` says whether a fine-tuned model is made from the training scripts and asked
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
    base: BaseSettings = BaseSettings()
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
