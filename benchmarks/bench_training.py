"""Training tokens a second, and the share of the machine's own matrix products that they are.

    python benchmarks/bench_training.py [--seconds 20] [--sizes ada,babbage,curie,davinci]

Each size learns texts of invented characters that fill its context, two to four thousand tokens
a step, with everything a step has: packing, loss, gradient, clipping, Adam. The peak is what one product
of 2,048-square matrices reaches in that precision, measured just before. Work is counted as six operations a
parameter and token, and twelve a layer, width and token attended to, half of them for causality.
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

# isort: off
import xiangsheng.backends.local  # noqa: F401 before torch: how its threads wait
import torch

# isort: on

from xiangsheng.backends.local.ladder import RUNGS, Shape
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.training.checkpoint import Checkpoints
from xiangsheng.backends.local.training.course import course
from xiangsheng.backends.local.training.documents import Document
from xiangsheng.backends.local.training.job import begun
from xiangsheng.backends.local.training.loop import Surroundings, Training
from xiangsheng.core.model import Control, Hyperparameters, Precision
from xiangsheng.tokens.ladder import LadderTokenizer

TYPES = {Precision.FP32: torch.float32, Precision.BF16: torch.bfloat16}


def peak(kind: torch.dtype) -> float:
    """Operations a second of one large product, the best of five."""
    one = torch.randn(2048, 2048).to(kind)
    best = 0.0
    for _ in range(5):
        started = time.perf_counter()
        one @ one
        best = max(best, 2 * 2048**3 / (time.perf_counter() - started))
    return best


def work(shape: Shape) -> float:
    """Operations a token, forward and back."""
    return 6 * shape.parameters + 12 * shape.layers * shape.width * shape.context / 2


def documents(shape: Shape) -> list[Document]:
    chance = random.Random(0)
    weights = (0.0, *([1.0] * (shape.context - 1)))
    return [
        Document(tuple(chance.randrange(256, 4296) for _ in range(shape.context)), weights)
        for _ in range(16)
    ]


def speed(size: str, precision: Precision, seconds: float) -> float:
    """Tokens a second, the first step left out."""
    shape = RUNGS[size].shape(LadderTokenizer.size)
    network = Network(shape)
    network.begin(0)
    texts = documents(shape)
    plan = course(Hyperparameters(epochs=1000, learning_rate=1e-4), texts, 1e-4)
    with tempfile.TemporaryDirectory() as folder:
        job = begun("benchmark", precision, Path(folder))
        around = Surroundings(Checkpoints(Path(folder)), every=float("inf"))
        events = Training(network.train(), texts, (), plan, job, around).run(lambda: Control.RUN)
        before = next(events).metrics["tokens"]
        started = time.perf_counter()
        for event in events:
            if time.perf_counter() - started >= seconds:
                return (event.metrics["tokens"] - before) / (time.perf_counter() - started)
    raise AssertionError("a thousand epochs went by")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--sizes", default=",".join(RUNGS))
    asked = parser.parse_args()
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}")
    print(f"{'size':<9} {'precision':<10} {'tokens/s':>9} {'Gop/s':>7} {'peak':>7} {'share':>7}")
    for size in asked.sizes.split(","):
        shape = RUNGS[size].shape(LadderTokenizer.size)
        for precision, kind in TYPES.items():
            most = peak(kind)
            tokens = speed(size, precision, asked.seconds)
            done = tokens * work(shape)
            print(
                f"{size:<9} {precision:<10} {tokens:9,.0f} {done / 1e9:7.0f} {most / 1e9:7.0f} "
                f"{done / most:7.1%}"
            )


if __name__ == "__main__":
    main()
