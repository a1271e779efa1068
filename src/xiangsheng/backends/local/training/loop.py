"""The training loop: it can be stopped after any step, and goes on as if it had not been."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor

from xiangsheng.backends.local.memory import short_memory
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.training.checkpoint import Checkpoints, State
from xiangsheng.backends.local.training.course import Course
from xiangsheng.backends.local.training.documents import Document
from xiangsheng.backends.local.training.job import Job
from xiangsheng.backends.local.training.loss import Sums, parts, weighted
from xiangsheng.backends.local.training.packing import pack
from xiangsheng.core.errors import TrainingError
from xiangsheng.core.model import Control, TuneEvent

TOKENS_AT_ONCE = 8192
"""More than that goes through the network in parts, whose gradients add up."""
HELD_AT_ONCE = 64
"""Documents that are measured together, however few are learned from in a step."""
WATCHED = 20
"""Steps, the first and the latest, whose mean losses tell whether a training diverges."""
LOST = 1.0
"""Nats by which it then has risen."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Time and room: `every` seconds there is a checkpoint. `advice` is for who diverges."""

    checkpoints: Checkpoints
    every: float = 60.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    advice: str = (
        "lower the rate: leave tuning.learning_rate and its multiplier out for the base's own, or "
        "--set tuning.learning_rate_multiplier=0.1"
    )


@dataclass(slots=True, eq=False)
class Training:
    """One job. `held` documents are not learned: their loss says when to stop."""

    network: Network
    documents: Sequence[Document]
    held: Sequence[Document]
    course: Course
    job: Job
    around: Surroundings
    state: State = field(default_factory=State)
    _best: dict[str, Tensor] = field(default_factory=dict)
    _optimiser: torch.optim.AdamW = field(init=False)

    def __post_init__(self) -> None:
        matrices = [weights for weights in self.network.parameters() if weights.dim() > 1]
        vectors = [weights for weights in self.network.parameters() if weights.dim() == 1]
        self._optimiser = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": self.course.weight_decay},
                {"params": vectors, "weight_decay": 0.0},
            ],
            lr=self.course.rate,
            betas=(0.9, 0.95),
            fused=True,
        )

    def run(self, control: Callable[[], Control]) -> Iterator[TuneEvent]:
        """An event a step; the network is trained when the last one has come, unless `control`
        said cancel: then a checkpoint is left and `done` is False.

        Raises TrainingError for a loss that is no number, or leaves for good.
        """
        with _threads(self.job.threads):
            yield from self._restore()
            saved = self.around.clock()
            while not self.done:
                while (wish := control()) is Control.PAUSE:
                    self.around.sleep(0.2)
                started = self.around.clock()
                if wish is Control.CANCEL:
                    self.save()
                    return
                yield self._step(started)
                if self.around.clock() - saved >= self.around.every:
                    self.save()
                    saved = self.around.clock()
            self._refuse_broken()
            if self._best:
                self.network.load_state_dict(self._best)

    @property
    def done(self) -> bool:
        patience = self.course.patience
        ended = patience is not None and bool(self.held) and self.state.worse >= patience
        return ended or self.state.step >= self.course.steps

    def _step(self, started: float) -> TuneEvent:
        state = self.state
        documents = [self.documents[number] for number in self.course.batch_at(state.step)]
        rate = self.course.rate_at(state.step)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        with short_memory():
            sums, norm = self._learn(documents)
        self._refuse_lost(sums.loss, norm)
        state.step += 1
        state.tokens += sum(len(document.tokens) for document in documents)
        state.examples += len(documents)
        metrics = {
            "loss": sums.loss,
            "perplexity": math.exp(min(sums.loss, 700)),
            "accuracy": sums.accuracy,
            "whole": sums.whole,
            "rate": rate,
            "tokens": state.tokens,
            "examples": state.examples,
        }
        if self.held and state.step % self.course.batches == 0:
            with short_memory():
                metrics |= self._validate()
        state.seconds += self.around.clock() - started
        metrics["seconds"] = state.seconds
        state.told.append((state.step, metrics))
        return TuneEvent(state.step, self.course.steps, metrics=metrics)

    def _learn(self, documents: Sequence[Document]) -> tuple[Sums, float]:
        """The sums, and the gradient's norm; a step that is not finite is not taken."""
        packed, sums = pack(documents), Sums()
        whole = float(packed.weights.sum())
        self._optimiser.zero_grad(set_to_none=True)
        for part in parts(packed, TOKENS_AT_ONCE):
            with self._cast():
                nats, of_part = weighted(self.network, part)
            (nats / whole).backward()  # type: ignore[no-untyped-call]
            sums += of_part
        most = self.course.clip or math.inf
        norm = float(torch.nn.utils.clip_grad_norm_(self.network.parameters(), most))
        if math.isfinite(sums.loss) and math.isfinite(norm):
            self._optimiser.step()
        return sums, norm

    def _validate(self) -> dict[str, float]:
        sums, size = Sums(), max(self.course.batch, HELD_AT_ONCE)
        with torch.no_grad(), self._cast():
            for at in range(0, len(self.held), size):
                for part in parts(pack(self.held[at : at + size]), TOKENS_AT_ONCE):
                    sums += weighted(self.network, part)[1]
        state = self.state
        if not math.isfinite(sums.loss):
            raise self._diverged(f"the validation loss is {sums.loss:.3g}", state.step)
        if state.best is None or sums.loss < state.best:
            state.best, state.worse = sums.loss, 0
            if self.course.patience is not None:
                weights = self.network.named_parameters()
                self._best = {name: tensor.detach().clone() for name, tensor in weights}
        else:
            state.worse += 1
        return {
            "valid_loss": sums.loss,
            "valid_perplexity": math.exp(min(sums.loss, 700)),
            "valid_accuracy": sums.accuracy,
            "valid_whole": sums.whole,
        }

    def _refuse_lost(self, loss: float, norm: float) -> None:
        curve = [*(metrics["loss"] for _, metrics in self.state.told), loss]
        first, recent = curve[:WATCHED], curve[-WATCHED:]
        gone = len(curve) >= 2 * WATCHED and sum(recent) > sum(first) + LOST * WATCHED
        if not math.isfinite(loss) or gone:
            raise self._diverged(f"the loss is {loss:.3g}", self.state.step + 1)
        if not math.isfinite(norm):
            raise self._diverged(f"the gradient is {norm:.3g}", self.state.step + 1)

    def _refuse_broken(self) -> None:
        """A loss tells of the weights before its step; these are those after it."""
        if not all(weights.isfinite().all() for weights in self.network.parameters()):
            raise self._diverged("weights are not finite", self.state.step)

    def _diverged(self, what: str, step: int) -> TrainingError:
        kept = self.around.checkpoints.places()
        return TrainingError(
            f"{what} at step {step} of {self.course.steps}: "
            f"training diverges at learning rate {self.course.rate:g}; the last good checkpoint is "
            + (f"{kept[0].name}" if kept else "the beginning"),
            where=str(self.around.checkpoints.folder),
            hint=self.around.advice,
            code="diverged",
        )

    def save(self) -> None:
        self._refuse_broken()
        self.around.checkpoints.write(
            self.state,
            {
                "weights": dict(self.network.named_parameters()),
                "optimiser": _moments(self._optimiser),
                "best": self._best,
                "random": {"torch": torch.get_rng_state()},
            },
        )

    def _restore(self) -> Iterator[TuneEvent]:
        """Goes back to the newest checkpoint; its steps are told again."""
        found = self.around.checkpoints.newest()
        if found is None:
            return
        self.state, tensors = found
        self.network.load_state_dict(tensors["weights"])
        _set_moments(self._optimiser, tensors["optimiser"])
        self._best = tensors["best"]
        torch.set_rng_state(tensors["random"]["torch"])
        for step, metrics in self.state.told:
            yield TuneEvent(step, self.course.steps, metrics=metrics)

    def _cast(self) -> torch.autocast:
        return torch.autocast("cpu", torch.bfloat16, enabled=self.job.precision == "bf16")


@contextmanager
def _threads(number: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _moments(optimiser: torch.optim.AdamW) -> dict[str, Tensor]:
    """The optimiser's tensors, by the number of the weights and the name that torch gives them."""
    states = optimiser.state_dict()["state"]
    return {
        f"{number}.{name}": tensor
        for number, named in states.items()
        for name, tensor in named.items()
    }


def _set_moments(optimiser: torch.optim.AdamW, tensors: dict[str, Tensor]) -> None:
    states: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        number, _, name = key.partition(".")
        states.setdefault(int(number), {})[name] = tensor
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": states, "param_groups": groups})
