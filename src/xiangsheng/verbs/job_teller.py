"""What a job's training says, as events of the job: once each, however often it is restarted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xiangsheng.core.clock import Clock
from xiangsheng.core.events import Event, Note, Progress
from xiangsheng.core.job import Level, Stage
from xiangsheng.core.model import TuneEvent
from xiangsheng.store.job_leases import Claim, Leases
from xiangsheng.store.job_rows import Said
from xiangsheng.verbs.learning import told

EVERY_S = 1.0
"""The longest that what was said waits to be written."""
NAMES = {
    "loss": "train_loss",
    "accuracy": "train_mean_token_accuracy",
    "whole": "train_sequence_accuracy",
    "valid_loss": "valid_loss",
    "valid_accuracy": "valid_mean_token_accuracy",
    "valid_whole": "valid_sequence_accuracy",
    "tokens": "elapsed_tokens",
    "examples": "elapsed_examples",
    "rate": "learning_rate",
}
"""A training's metrics by the names that they have in events."""


@dataclass(slots=True)
class Teller:
    """Steps up to the last one that was told of are known; a restarted training tells them again."""

    leases: Leases
    claim: Claim
    clock: Clock
    said: list[Said] = field(default_factory=list)
    step: int = 0
    tokens: int = 0
    stage: Stage = field(default_factory=Stage)
    began: tuple[int, float] | None = None
    written_at: float = 0.0

    def __post_init__(self) -> None:
        self.step = self.claim.job.step
        self.tokens = self.claim.job.trained_tokens
        self.written_at = self.clock.monotonic()

    def on_event(self, event: Event) -> None:
        """What building the base says."""
        if isinstance(event, Note):
            self.say(Said(event.message, Level.WARN if event.warning else Level.INFO))
        elif isinstance(event, Progress):
            self.stage = Stage(event.stage, event.done, event.total, event.detail)
            self._write_in_time()

    def take(self, event: TuneEvent) -> None:
        self.stage = Stage("training", event.step, event.total, told(event))
        if self.began is None:
            self.began = (event.step, self.clock.monotonic())
        if event.metrics and event.step > self.step:
            self.step = event.step
            self.tokens = int(event.metrics.get("tokens", 0))
            self.said.append(_of_step(event))
            self._count_epoch(event)
        self._write_in_time()

    def say(self, said: Said) -> None:
        """At once, and all that was said before it."""
        self.said.append(said)
        self.write()

    def write(self) -> None:
        """Raises LeaseLostError where the job is another's."""
        said, self.said = self.said, []
        self.leases.tell(
            self.claim,
            said,
            step=self.step if self.step > self.claim.job.step else None,
            tokens=self.tokens,
            stage=self.stage,
            estimated_finish=self._finish(),
        )
        self.written_at = self.clock.monotonic()

    def _write_in_time(self) -> None:
        if self.clock.monotonic() - self.written_at >= EVERY_S:
            self.write()

    def _count_epoch(self, event: TuneEvent) -> None:
        epochs = self.claim.job.spec.hyper.epochs
        steps, rest = divmod(event.total, epochs)
        if not rest and steps and event.step % steps == 0:
            self.said.append(Said(f"Completed epoch {event.step // steps}/{epochs}"))

    def _finish(self) -> int | None:
        """When it will be done at the pace so far."""
        if self.began is None or self.stage.done <= self.began[0]:
            return None
        first, since = self.began
        pace = (self.clock.monotonic() - since) / (self.stage.done - first)
        return int(self.clock.seconds() + pace * (self.stage.total - self.stage.done))


def metrics_of(event: TuneEvent) -> Mapping[str, float]:
    """Under the names of events."""
    return {NAMES[name]: value for name, value in event.metrics.items() if name in NAMES}


def _of_step(event: TuneEvent) -> Said:
    losses = [
        f"{words}={event.metrics[name]:.4f}"
        for name, words in (("loss", "training loss"), ("valid_loss", "validation loss"))
        if name in event.metrics
    ]
    return Said(
        f"Step {event.step}/{event.total}: {', '.join(losses)}",
        metrics=True,
        data={"step": event.step, "total_steps": event.total, **metrics_of(event)},
    )
