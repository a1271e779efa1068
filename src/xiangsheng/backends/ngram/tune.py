"""Tuning an n-gram model: count the examples, mix the counts with the base's."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from xiangsheng.backends.ngram.counts import REACH, Piece
from xiangsheng.backends.ngram.files import save
from xiangsheng.backends.ngram.model import NgramModel
from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example
from xiangsheng.core.model import Control, TunedModel, TuneEvent, TuneSpec

WEIGHT = 0.8
"""The tuning's share of the mixture.

Not estimated from left-out examples: a base that has already counted them, as the bundled one has
the bundled scripts, would get nearly all of the weight. See `benchmarks/bench_ngram.py`.
"""


@dataclass(frozen=True, slots=True)
class NgramTuner:
    """Learns all of each example and the end of its text, prompts included.

    Counting is no gradient: there is no loss to leave the prompt out of, the order of examples
    does not matter, and a second epoch would learn nothing. So `Span.trained` and the
    hyperparameters change nothing. What neighbouring examples of one script share at their
    beginning is counted once, or the early lines of a turn-by-turn set would count for dozens.

    Examples whose split is not `train` are held out: not learned, and measured as `valid_loss`.
    `loss`, on the training text itself, is before tuning the base's, after it far below what
    new text would cost. Both are in nats per character.
    """

    base: NgramModel
    weight: float = WEIGHT
    sleep: Callable[[float], None] = time.sleep

    @property
    def digest(self) -> str:
        return sha256(ascii((self.base.digest, self.weight)).encode()).hexdigest()

    def tune(
        self,
        spec: TuneSpec,
        examples: Iterable[Example],
        folder: Path,
        checkpoint: Path,  # noqa: ARG002 counting takes no longer than reading one
        control: Callable[[], Control],
    ) -> Iterator[TuneEvent]:
        """Raises DataError for chat examples and where no text is left to learn."""
        if self._cancelled(control):
            return
        learned, held = once(examples)
        message = f"{len(learned)} examples to learn, {len(held)} held out"
        yield TuneEvent(0, 2, message, _losses(self.base, learned, held))
        if self._cancelled(control):
            return
        model = self.base.tuned(learned, self.weight)
        metrics = _losses(model, learned, held)
        yield TuneEvent(1, 2, "counted, and mixed with the base", metrics)
        if self._cancelled(control):
            return
        save(model, folder)
        made = sha256(ascii((spec.base, spec.rendering, model.digest)).encode()).hexdigest()
        result = TunedModel(spec.name, spec.base, made, spec.rendering)
        yield TuneEvent(2, 2, "saved", metrics, result)

    def _cancelled(self, control: Callable[[], Control]) -> bool:
        """Waits while paused."""
        while (wish := control()) is Control.PAUSE:
            self.sleep(0.2)
        return wish is Control.CANCEL


def once(examples: Iterable[Example]) -> tuple[list[Piece], list[Piece]]:
    """What each example adds to the one before it of its script: to learn, and held out."""
    last: dict[tuple[str, bool], str] = {}
    learned: list[Piece] = []
    held: list[Piece] = []
    for example in examples:
        if example.messages:
            raise DataError(
                "an n-gram model learns text, and this example is a chat",
                where=f"script {example.script}",
                hint="prepare the examples in the turns, block or script format",
            )
        text = "".join(span.text for span in example.spans)
        out = example.split != "train"
        known = shared(last.get((example.script, out), ""), text)
        piece = Piece(text[known:], before=text[max(0, known - REACH) : known])
        (held if out else learned).append(piece)
        last[example.script, out] = text
    return learned, held


def shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _losses(model: NgramModel, learned: list[Piece], held: list[Piece]) -> dict[str, float]:
    losses = {"loss": model.nats_per_character(learned)}
    return losses | ({"valid_loss": model.nats_per_character(held)} if held else {})
