"""Who watches a run: its time, its stop button, its listener."""

from collections.abc import Callable
from dataclasses import dataclass

from xiangsheng.core.clock import SYSTEM_CLOCK, Clock
from xiangsheng.core.events import OnEvent
from xiangsheng.core.model import Control


@dataclass(frozen=True, slots=True)
class Attending:
    """`reuse` allows equal answers of other runs."""

    on_event: OnEvent
    cancelled: Callable[[], bool] = lambda: False
    clock: Clock = SYSTEM_CLOCK
    reuse: bool = False

    def control(self) -> Control:
        """The stop button, as a training asks for it."""
        return Control.CANCEL if self.cancelled() else Control.RUN
