"""Trainings small enough for tests. Every line here was invented for this file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tiny_networks import TOKENIZER, shape
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.training.checkpoint import Checkpoints
from xiangsheng.backends.local.training.course import Course, course
from xiangsheng.backends.local.training.documents import Document, Reading
from xiangsheng.backends.local.training.job import begun
from xiangsheng.backends.local.training.loop import Surroundings, Training
from xiangsheng.core.example import Example, Span
from xiangsheng.core.model import Control, Hyperparameters, Precision, TuneEvent

CONTEXT = 64
LINES = (
    "0:您这是上哪儿去？\n1:上哪儿也不去。\n",
    "0:那您拿着伞干什么？\n1:等雨。\n0:今天没雨。\n1:所以得等。\n",
    "0:等到什么时候？\n1:等到您把上回借的伞还我。\n",
    "0:我说怎么眼熟呢！\n1:您才看出来？\n",
    "0:好。\n1:好什么？\n0:好伞！\n",
    "0:您贵姓？\n1:免贵，姓甲。\n0:巧了，我姓乙。\n",
    "0:咱们谁先说？\n1:您先。\n",
    "0:我先说什么？\n1:说您忘了什么。\n0:我忘了。\n",
)
HELD = ("0:您这是等什么？\n1:等雨。\n", "0:谁先说？\n1:您先说。\n")


def documents(texts: Sequence[str] = LINES, context: int = CONTEXT) -> list[Document]:
    return list(Reading(TOKENIZER, context).texts(texts))


def examples(split: str = "train", texts: Sequence[str] = LINES) -> list[Example]:
    """The first line is given, the others are learned."""
    found = []
    for number, text in enumerate(texts):
        first, rest = text.split("\n", 1)
        spans = (Span(f"{first}\n", trained=False), Span(rest, trained=True))
        found.append(Example(f"{split}-{number}", spans, split=split))
    return found


def hyper(**changed: Any) -> Hyperparameters:
    """Two epochs of four steps."""
    usual: dict[str, Any] = {"epochs": 2, "batch_size": 2, "precision": Precision.FP32}
    return Hyperparameters(**(usual | changed))


@dataclass
class Setup:
    """All that makes a training; `training` begins it, or goes on with it."""

    folder: Path
    hyper: Hyperparameters = field(default_factory=hyper)
    learned: Sequence[Document] = field(default_factory=documents)
    held: Sequence[Document] = ()
    rate: float = 3e-2
    every: float = 1e9
    waited: list[float] = field(default_factory=list)

    @property
    def course(self) -> Course:
        return course(self.hyper, self.learned, self.rate)

    @property
    def checkpoints(self) -> Checkpoints:
        return Checkpoints(self.folder)

    def training(self, *, seed: int = 0) -> Training:
        self.folder.mkdir(exist_ok=True)
        network = Network(shape(CONTEXT, width=16))
        network.begin(seed)
        job = begun("all that was made of it", self.hyper.precision, self.folder)
        ticks = iter(range(1_000_000))
        around = Surroundings(
            self.checkpoints, self.every, lambda: float(next(ticks)), self.waited.append
        )
        return Training(network.train(), self.learned, self.held, self.course, job, around)


def always(wish: Control) -> Callable[[], Control]:
    return lambda: wish


def running() -> Control:
    return Control.RUN


def stopping_after(steps: int) -> Callable[[], Control]:
    """Lets so many steps be taken, and then says cancel."""
    wishes = iter([Control.RUN] * steps)
    return lambda: next(wishes, Control.CANCEL)


def trained(training: Training) -> list[TuneEvent]:
    return list(training.run(running))


def weights(network: Network) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.named_parameters()}


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    """To the last bit."""
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def losses(events: Sequence[TuneEvent], name: str = "loss") -> dict[int, float]:
    return {event.step: event.metrics[name] for event in events if name in event.metrics}
