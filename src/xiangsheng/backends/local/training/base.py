"""A base of the ladder: trained from nothing on a text that says nothing of the study's dialogues."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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

VERSION = 2
"""Goes up when the same text would make another base."""
LINES = 40
"""Lines in a row that are one text."""
ENOUGH_TOKENS = 140_000
MOST_EPOCHS = 16
"""More often, new lines become less likely again: see docs/log.md."""
HELD = 50
"""One text in so many is held out, to see how well new lines are known."""


@dataclass(frozen=True, slots=True)
class BaseText:
    """What a base reads. `name` tells people; `digest` covers all that decides the text, which
    `make` makes only when it is needed; it has about `tokens`. `epochs` None: as often as a
    size needs.
    """

    name: str
    digest: str
    tokens: int
    make: Callable[[], Sequence[str]] = field(compare=False, repr=False)
    epochs: int | None = None


def of_lines(lines: Sequence[str], name: str) -> BaseText:
    """Lines in the order in which they were said, some in a row to a text."""
    whole = tuple(lines)
    return BaseText(name, digest(whole), _tokens(whole), lambda: _texts(whole))


@dataclass(frozen=True, slots=True)
class BaseSpec:
    """What to make of a text."""

    size: str
    text: BaseText
    hyper: Hyperparameters

    @property
    def digest(self) -> str:
        """The base's identity: all that decides its weights but the machine."""
        shape = RUNGS[self.size].shape(0)
        return digest((VERSION, shape, LadderTokenizer.digest, self.text.digest, self.hyper))

    @property
    def tokens(self) -> int:
        """To be read in all epochs together, about."""
        return self.hyper.epochs * self.text.tokens

    @property
    def seconds(self) -> float:
        """How long building takes on two cores, roughly."""
        return self.tokens / RUNGS[self.size].speed


def base_spec(size: str, text: BaseText, epochs: int | None = None, seed: int = 0) -> BaseSpec:
    """The usual base of a size."""
    rung = RUNGS[size]
    hyper = Hyperparameters(
        epochs=epochs or text.epochs or _enough(text.tokens, rung.epochs),
        learning_rate=rung.rate,
        learning_rate_multiplier=1.0,
        prompt_loss_weight=0.0,
        seed=seed,
    )
    return BaseSpec(size, text, hyper)


def _enough(tokens: int, epochs: int) -> int:
    """A short text has to be read more often, but not by heart."""
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
    """Trains the base and writes it into `folder`; the last event's message is `saved`, with how many
    `texts` and `characters` were read, unless `control` said cancel. Raises as a tuner does.
    """
    tokenizer, rung = LadderTokenizer(), RUNGS[spec.size]
    texts = spec.text.make()
    if not any(map(str.strip, texts)):
        raise DataError("there is no text to learn from", hint="give scripts that have lines")
    network = _begun(rung, tokenizer, spec.hyper.seed)
    reading = Reading(tokenizer, rung.context)
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
        made = {"texts": float(len(texts)), "characters": float(sum(map(len, texts)))}
        yield TuneEvent(plan.steps, plan.steps, "saved", made)


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
