"""A base of the ladder: trained from nothing on what was said, without titles and roles.

So it knows words and sentences and what is talked about, like a base model that has read the
web, and not who speaks, which is for tuning to teach.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xiangsheng.backends.local import folder as folders
from xiangsheng.backends.local.ladder import RUNGS, Rung
from xiangsheng.backends.local.memory import enough_room
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.training.checkpoint import Checkpoints
from xiangsheng.backends.local.training.course import course
from xiangsheng.backends.local.training.documents import Reading
from xiangsheng.backends.local.training.job import begun
from xiangsheng.backends.local.training.loop import Surroundings, Training
from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import DataError
from xiangsheng.core.model import Control, Hyperparameters, TuneEvent
from xiangsheng.tokens.ladder import LadderTokenizer

VERSION = 1
"""Goes up when the same lines would make another base."""
LINES = 40
"""Lines in a row that are one text."""
ENOUGH_TOKENS = 140_000
MOST_EPOCHS = 16
"""More often, new lines become less likely again: see docs/log.md."""
HELD = 50
"""One text in so many is held out, to see how well new lines are known."""


@dataclass(frozen=True, slots=True)
class BaseSpec:
    """What to make of `lines`, in the order in which they were said."""

    size: str
    lines: tuple[str, ...]
    hyper: Hyperparameters

    @property
    def digest(self) -> str:
        """The base's identity: all that decides its weights but the machine."""
        return digest(
            (VERSION, RUNGS[self.size].shape(0), LadderTokenizer.digest, self.lines, self.hyper)
        )

    @property
    def tokens(self) -> int:
        """To be read in all epochs together."""
        return self.hyper.epochs * _tokens(self.lines)

    @property
    def seconds(self) -> float:
        """How long building takes on two cores, roughly."""
        return self.tokens / RUNGS[self.size].speed


def base_spec(
    size: str, lines: Sequence[str], epochs: int | None = None, seed: int = 0
) -> BaseSpec:
    """The usual base of a size."""
    rung = RUNGS[size]
    hyper = Hyperparameters(
        epochs=epochs or _enough(lines, rung.epochs),
        learning_rate=rung.rate,
        learning_rate_multiplier=1.0,
        prompt_loss_weight=0.0,
        seed=seed,
    )
    return BaseSpec(size, tuple(lines), hyper)


def _enough(lines: Sequence[str], epochs: int) -> int:
    """Few lines have to be read more often, but not by heart."""
    tokens = _tokens(lines)
    return max(epochs, min(MOST_EPOCHS, ENOUGH_TOKENS // max(1, tokens)))


def _tokens(lines: Sequence[str]) -> int:
    tokenizer = LadderTokenizer()
    return sum(tokenizer.count(line) + 1 for line in lines)


def build(
    spec: BaseSpec,
    folder: Path,
    checkpoint: Path,
    control: Callable[[], Control],
    *,
    every: float = 60.0,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[TuneEvent]:
    """Trains the base and writes it into `folder`; the last event's message is `saved` unless
    `control` said cancel. Raises as a tuner does.
    """
    tokenizer, rung = LadderTokenizer(), RUNGS[spec.size]
    if not any(spec.lines):
        raise DataError("there is no text to learn from", hint="give scripts that have lines")
    network = _begun(rung, tokenizer, spec.hyper.seed)
    reading = Reading(tokenizer, rung.context)
    texts = _texts(spec.lines)
    learned = list(reading.texts(text for place, text in enumerate(texts) if not _out(place)))
    held = list(reading.texts(text for place, text in enumerate(texts) if _out(place)))
    plan = course(spec.hyper, learned, rung.rate)
    job = begun(spec.digest, spec.hyper.precision, checkpoint)
    advice = "try another beginning: --set base.seed=1, or models build --seed 1"
    around = Surroundings(Checkpoints(checkpoint), every, clock, advice=advice)
    training = Training(network.train(), learned, held, plan, job, around)
    settings = plan.settings() | {"precision": job.precision, "threads": str(job.threads)}
    told = f"{len(learned)} texts to learn, {len(held)} held out"
    yield TuneEvent(training.state.step, plan.steps, told, settings=settings)
    yield from training.run(control)
    if training.done:
        folders.save(network, tokenizer, folder, chats=False)
        yield TuneEvent(plan.steps, plan.steps, "saved")


def _begun(rung: Rung, tokenizer: LadderTokenizer, seed: int) -> Network:
    shape = rung.shape(tokenizer.size)
    enough_room(shape, training=True)
    network = Network(shape)
    network.begin(seed)
    return network


def _texts(lines: Sequence[str]) -> list[str]:
    return [
        "".join(f"{line}\n" for line in lines[at : at + LINES])
        for at in range(0, len(lines), LINES)
    ]


def _out(place: int) -> bool:
    return place % HELD == HELD - 1
