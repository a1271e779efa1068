"""What the learning rate multiplier does to a tuned local:ada, by batch size, on the bundled scripts.

`python benchmarks/learning_rates.py 2,32 0.05,0.1,0.2,0.5,1` prints the validation loss after each of
four epochs, of every second training turn and every fourth held-out one, four lines of history each.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xiangsheng.backends.local import folder as folders
from xiangsheng.backends.local.training import base as bases
from xiangsheng.backends.local.training.tune import LocalTuner
from xiangsheng.core.example import Example
from xiangsheng.core.model import Control, Hyperparameters, TuneSpec
from xiangsheng.core.rendering import Rendering
from xiangsheng.corpus.study import bundled
from xiangsheng.prepare.render import examples, half_untitled
from xiangsheng.tokens.ladder import LadderTokenizer
from xiangsheng.verbs.base_texts import spec_of
from xiangsheng.verbs.models import Building

RENDERING = Rendering(history=4)
TOKENIZER = LadderTokenizer()


def running() -> Control:
    return Control.RUN


def base(folder: Path) -> Path:
    """The usual local:ada, built in `folder`."""
    files, checkpoints = folder / "base", folder / "checkpoint"
    files.mkdir()
    checkpoints.mkdir()
    for _ in bases.build(spec_of("ada", Building()), files, checkpoints, running):
        pass
    return files


def data() -> Sequence[Example]:
    scripts = bundled()
    learned = examples(half_untitled(scripts.train), RENDERING)[::2]
    held = examples(scripts.test, RENDERING)[::4]
    return (*learned, *(replace(example, split="valid") for example in held))


def losses(tuner: LocalTuner, given: Sequence[Example], hyper: Hyperparameters) -> list[float]:
    with tempfile.TemporaryDirectory() as name:
        folder, checkpoint = Path(name, "model"), Path(name, "checkpoint")
        folder.mkdir()
        checkpoint.mkdir()
        spec = TuneSpec("local:ada:ft-x", "local:ada", RENDERING, hyper)
        events = tuner.tune(spec, given, folder, checkpoint, running)
        return [event.metrics["valid_loss"] for event in events if "valid_loss" in event.metrics]


def main() -> None:
    batches, multipliers = (argument.split(",") for argument in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        place = base(Path(name))
        tuner = LocalTuner(place, "ada", folders.load(place, TOKENIZER)[1], TOKENIZER)
        for batch in map(int, batches):
            for multiplier in map(float, multipliers):
                hyper = Hyperparameters(4, batch, learning_rate_multiplier=multiplier)
                found = "  ".join(f"{loss:.3f}" for loss in losses(tuner, data(), hyper))
                print(f"batch {batch:3}  multiplier {multiplier:4g}  {found}", flush=True)


if __name__ == "__main__":
    main()
