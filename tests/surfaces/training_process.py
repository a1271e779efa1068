"""A process that tunes a small model with a checkpoint after every step, to be killed.

`training_process.py FOLDER PRECISION` tunes in FOLDER, or goes on with it. Without arguments it
reads such pairs from standard input and forks a child for each, since most of a start is imports;
it answers with the child's number, and when that has ended with its exit status.
"""

import os
import shutil
import sys
from pathlib import Path

import torch

from tiny_networks import TOKENIZER, tiny
from trainings import HELD, examples, hyper, running
from xiangsheng.backends.local import folder as folders
from xiangsheng.backends.local.training.tune import LocalTuner
from xiangsheng.core.model import Precision, TuneSpec
from xiangsheng.core.rendering import Format, Rendering

SPEC = TuneSpec("local:ada:ft-x", "local:ada", Rendering(Format.SCRIPT, header=""))


def tune(folder: Path, precision: Precision) -> None:
    """As a run does it: files of a model to be are swept away, those of one that is are renamed."""
    base, making, checkpoint = (folder / name for name in ("base", "making", "checkpoint"))
    if not base.exists():
        begun = folder / f"base.{os.getpid()}"
        begun.mkdir()
        folders.save(tiny(width=16), TOKENIZER, begun, chats=False)
        begun.rename(base)
    weights = folders.load(base, TOKENIZER)[1]
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    checkpoint.mkdir(exist_ok=True)
    spec = TuneSpec(
        SPEC.name, SPEC.base, SPEC.rendering, hyper(epochs=5, patience=5, precision=precision)
    )
    given = [*examples(), *examples("valid", HELD)]
    tuner = LocalTuner(base, "ada", weights, TOKENIZER, every=0)
    for event in tuner.tune(spec, given, making, checkpoint, running):
        if event.model:
            making.rename(folder / "model")


def serve() -> None:
    torch.optim.AdamW([torch.zeros(1)])  # imports a great deal
    for line in sys.stdin:
        folder, precision = line.split("\t")
        child = os.fork()
        if child == 0:
            tune(Path(folder), Precision(precision.strip()))
            os._exit(0)
        tell(child)
        tell(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1:]:
        tune(Path(sys.argv[1]), Precision(sys.argv[2]))
    else:
        serve()
