"""Who watches a run: its time, its stop button, its listener."""

from collections.abc import Callable
from dataclasses import dataclass

from xiangsheng.core.clock import SYSTEM_CLOCK, Clock
from xiangsheng.core.events import OnEvent


@dataclass(frozen=True, slots=True)
class Attending:
    """`reuse` allows equal answers of other runs."""

    on_event: OnEvent
    cancelled: Callable[[], bool] = lambda: False
    clock: Clock = SYSTEM_CLOCK
    reuse: bool = False
