"""Whether composed scripts earn their keep: validation loss with and without them, equal work each.

    python benchmarks/bench_composed.py [--data FOLDER] [--epochs 16] [--base-epochs 8] [--seeds 3]

Three ways of spending the same number of training tokens on one size, which is the same time, since
the network is the same (the seconds are shown): so many epochs of the training scripts; a base that
reads composed scripts in the time of some of these epochs, tuned for the others; the same with a base
that reads the training scripts' bare lines. The loss is that of the test scripts' first 20 lines in each
epoch; the lowest counts, as with early stopping. Every rate is tried with the first seed, the best of each way
goes on with the others. Differences are paired by seed; the interval is Student's t at 95 %.
"""

import argparse
import math
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

# isort: off
import xiangsheng.backends.local  # noqa: F401 before torch: how its threads wait

# isort: on

from xiangsheng.backends.local import folder
from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.training.base import BaseText, base_spec, build, of_lines
from xiangsheng.backends.local.training.tune import LocalTuner
from xiangsheng.core.example import Example
from xiangsheng.core.model import Control, Hyperparameters, TuneEvent, TuneSpec
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.corpus.study import StudyData, bundled, lines_of, study_data
from xiangsheng.prepare.render import examples, half_untitled
from xiangsheng.tokens.ladder import LadderTokenizer
from xiangsheng.verbs.base_texts import composed

RENDERING = Rendering(format=Format.SCRIPT, header="", space=False)
WAYS = ("training scripts only", "composed base", "base of bare lines")
STUDENT = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36}
TOKENIZER = LadderTokenizer()


@dataclass(frozen=True, slots=True)
class Bench:
    """What is learned and measured, and how many epochs each way may take."""

    size: str
    examples: Sequence[Example]
    lines: Sequence[str]
    per_epoch: int
    epochs: int
    before: int  # of these for the base

    def tune(self, base: Path, epochs: int, rate: float, seed: int) -> float:
        """The lowest validation loss of a tuning."""
        hyper = Hyperparameters(
            epochs=epochs,
            learning_rate=rate,
            learning_rate_multiplier=1.0,
            seed=seed,
        )
        spec = TuneSpec("local:x", f"local:{self.size}", RENDERING, hyper)
        tuner = LocalTuner(base, self.size, "w", TOKENIZER, every=math.inf)
        with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as kept:
            told = tuner.tune(spec, self.examples, Path(made), Path(kept), lambda: Control.RUN)
            return min(_losses(told))

    def base(self, way: str, seed: int, into: Path) -> int:
        """Makes the base of a way; how many epochs are left for tuning it."""
        if way == WAYS[0]:
            network = Network(RUNGS[self.size].shape(TOKENIZER.size))
            network.begin(seed)
            folder.save(network, TOKENIZER, into, chats=False)
            return self.epochs
        part = self.before * self.per_epoch
        text = composed(part * 10 // 11, seed) if way == WAYS[1] else of_lines(self.lines, way)
        self._build(text, part, seed, into)
        return self.epochs - self.before

    def _build(self, text: BaseText, tokens: int, seed: int, into: Path) -> None:
        spec = base_spec(self.size, text, max(1, round(tokens / text.tokens)), seed)
        with tempfile.TemporaryDirectory() as kept:
            for _ in build(spec, into, Path(kept), lambda: Control.RUN, every=math.inf):
                pass


def bench(data: StudyData, size: str, epochs: int, before: int) -> Bench:
    learned = [
        replace(one, split="train") for one in examples(half_untitled(data.train), RENDERING)
    ]
    short = [replace(script, lines=script.lines[:20]) for script in data.test]
    held = [replace(one, split="valid") for one in examples(short, RENDERING)]
    per_epoch = sum(TOKENIZER.count(span.text) for one in learned for span in one.spans)
    return Bench(size, [*learned, *held], lines_of(data.train), per_epoch, epochs, before)


def measured(todo: Bench, way: str, seed: int, rates: Iterable[float]) -> dict[float, float]:
    """The loss at each rate, printed with its seconds."""
    losses = {}
    with tempfile.TemporaryDirectory() as made:
        started = time.perf_counter()
        left = todo.base(way, seed, Path(made))
        building = time.perf_counter() - started
        for rate in rates:
            started = time.perf_counter()
            losses[rate] = todo.tune(Path(made), left, rate, seed)
            seconds = building + time.perf_counter() - started
            print(
                f"{way}, seed {seed}, rate {rate:g}: {losses[rate]:.4f}, {seconds:.0f} s",
                flush=True,
            )
    return losses


def _losses(told: Iterable[TuneEvent]) -> list[float]:
    return [event.metrics["valid_loss"] for event in told if "valid_loss" in event.metrics]


def _interval(values: Sequence[float]) -> str:
    mean = statistics.mean(values)
    if len(values) not in STUDENT:
        return f"{mean:+.4f}"
    half = STUDENT[len(values)] * statistics.stdev(values) / math.sqrt(len(values))
    return f"{mean:+.4f} [{mean - half:+.4f}, {mean + half:+.4f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--size", default="ada", choices=RUNGS)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--base-epochs", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rates", default="1e-3,2e-3")
    parser.add_argument("--ways", type=int, default=len(WAYS), help="only the first so many")
    given = parser.parse_args()
    data = study_data(given.data) if given.data else bundled()
    todo = bench(data, given.size, given.epochs, given.base_epochs)
    print(f"{todo.per_epoch:,} tokens an epoch, {todo.epochs} epochs in all", flush=True)
    best: dict[str, list[float]] = {}
    rates = [float(rate) for rate in given.rates.split(",")]
    for way in WAYS[: given.ways]:
        losses = measured(todo, way, 0, rates)
        rate = min(losses, key=losses.__getitem__)
        others = (measured(todo, way, seed, [rate])[rate] for seed in range(1, given.seeds))
        best[way] = [losses[rate], *others]
    for way in WAYS[: given.ways]:
        gained = [loss - alone for loss, alone in zip(best[way], best[WAYS[0]], strict=True)]
        print(f"{way}: {statistics.mean(best[way]):.4f}; against {WAYS[0]}: {_interval(gained)}")


if __name__ == "__main__":
    main()
