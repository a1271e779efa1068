"""What a long verb tells its surface while it works."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.money import Money


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage is. `reused` items were answered before and are part of `done`.

    `detail` says what else there is to say, such as a training's loss.
    """

    stage: str
    done: int
    total: int
    reused: int = 0
    outcomes: Mapping[OutcomeKind, int] = field(default_factory=dict)
    spent: Money = Money()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something a person should know; `warning` when it may change a conclusion."""

    message: str
    warning: bool = False


Event = Progress | Note
OnEvent = Callable[[Event], None]
