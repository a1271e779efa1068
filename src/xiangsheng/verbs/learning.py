"""What a training says while it goes on, gathered for whoever reads it afterwards."""

from dataclasses import dataclass, field

from xiangsheng.core.model import TuneEvent
from xiangsheng.core.results import Tuning


@dataclass(slots=True)
class Curve:
    """Losses by step; the settings and totals as last said."""

    losses: dict[int, float] = field(default_factory=dict)
    validation: dict[int, float] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    totals: dict[str, float] = field(default_factory=dict)
    steps: int = 0

    def take(self, event: TuneEvent) -> None:
        self.steps = event.step
        self.settings |= event.settings
        for name, kept in (("loss", self.losses), ("valid_loss", self.validation)):
            if name in event.metrics:
                kept[event.step] = event.metrics[name]
        self.totals |= {
            name: event.metrics[name] for name in ("tokens", "seconds") if name in event.metrics
        }

    def made(
        self, *, model: str, base: str, examples: int, characters: int, seconds: float = 0.0
    ) -> Tuning:
        """`seconds` is used where the training did not say how long it took."""
        return Tuning(
            model=model,
            base=base,
            seconds=round(self.totals.get("seconds", seconds), 3),
            examples=examples,
            characters=characters,
            curve=tuple(self.losses.items()),
            unit="token" if "tokens" in self.totals else "character",
            validation=tuple(self.validation.items()),
            steps=self.steps if "tokens" in self.totals else 0,
            tokens=int(self.totals.get("tokens", 0)),
            settings=self.settings,
        )


def told(event: TuneEvent) -> str:
    """How a training stands, in a few characters."""
    metrics = event.metrics
    parts = [
        f"{word} {metrics[name]:.3f}"
        for name, word in (("loss", "loss"), ("valid_loss", "held out"))
        if name in metrics
    ]
    if metrics.get("seconds"):
        parts.append(f"{metrics['tokens'] / metrics['seconds']:,.0f} tokens/s")
    return " · ".join(parts) or event.message
