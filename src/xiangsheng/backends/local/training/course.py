"""What a training decides before its first step: how long, how fast, in which order."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from xiangsheng.backends.local.training.documents import Document
from xiangsheng.core.model import Hyperparameters, Schedule

TOKENS_A_STEP = 2048
"""What a batch holds on average when its size is left to us."""
FLOOR = 0.1
"""The share of the learning rate that is left at the end."""


@dataclass(frozen=True, slots=True)
class Course:
    """`batch` counts documents; `rate` is the highest learning rate."""

    epochs: int
    batch: int
    rate: float
    warmup: float
    schedule: Schedule
    clip: float
    weight_decay: float
    patience: int | None
    seed: int
    documents: int

    @property
    def batches(self) -> int:
        """Steps in an epoch."""
        return -(-self.documents // self.batch)

    @property
    def steps(self) -> int:
        return self.epochs * self.batches

    def rate_at(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        warm = max(1, round(self.warmup * self.steps))
        if step < warm:
            return self.rate * (step + 1) / warm
        gone = (step - warm) / max(1, self.steps - warm)
        if self.schedule is Schedule.CONSTANT:
            return self.rate
        left = 1 - gone if self.schedule is Schedule.LINEAR else (1 + math.cos(math.pi * gone)) / 2
        return self.rate * (FLOOR + (1 - FLOOR) * left)

    def batch_at(self, step: int) -> list[int]:
        """The numbers of a step's documents: every epoch has an order of its own."""
        epoch, place = divmod(step, self.batches)
        order = _order(self.documents, f"{self.seed}:{epoch}")
        return list(order[place * self.batch : (place + 1) * self.batch])

    def settings(self) -> dict[str, str]:
        """What was chosen, for people."""
        return {
            "epochs": str(self.epochs),
            "batch size": str(self.batch),
            "learning rate": f"{self.rate:g}",
            "schedule": f"{self.schedule.value}, {self.warmup:g} warm-up",
            "clip": f"{self.clip:g}",
            "weight decay": f"{self.weight_decay:g}",
            "seed": str(self.seed),
        }


@lru_cache(maxsize=1)
def _order(documents: int, seed: str) -> tuple[int, ...]:
    order = list(range(documents))
    random.Random(seed).shuffle(order)  # noqa: S311 an order, no secret
    return tuple(order)


def course(hyper: Hyperparameters, documents: Sequence[Document], rate: float) -> Course:
    """The course for these documents; `rate` is the base's own learning rate."""
    tokens = sum(len(document.tokens) for document in documents)
    usual = max(1, round(TOKENS_A_STEP * len(documents) / tokens))
    multiplier = hyper.learning_rate_multiplier
    return Course(
        epochs=hyper.epochs,
        batch=hyper.batch_size or usual,
        rate=(rate if hyper.learning_rate is None else hyper.learning_rate)
        * (1.0 if multiplier is None else multiplier),
        warmup=hyper.warmup,
        schedule=hyper.schedule,
        clip=hyper.clip,
        weight_decay=hyper.weight_decay,
        patience=hyper.patience,
        seed=hyper.seed,
        documents=len(documents),
    )
