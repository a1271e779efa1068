"""kill -9 anywhere leaves a training that goes on to the same model, byte for byte."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from support import ROOT, missing
from surfaces.killing import torture
from xiangsheng.backends.local.training.job import resolved
from xiangsheng.core.model import Precision

SCRIPT = Path(__file__).with_name("training_process.py")
Start = Callable[[Path], "Child"]


class Child:
    """A process that trains; `ended` waits for it."""

    def __init__(self, number: int, ended: Callable[[], int]) -> None:
        self.number, self.ended = number, ended


def environment(threads: int) -> dict[str, str]:
    paths = os.pathsep.join((str(ROOT / "tests"), str(ROOT / "src")))
    return {**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": str(threads)}


@contextmanager
def forked(precision: Precision) -> Iterator[Start]:
    """A new process for every start, without importing everything again."""
    with subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(threads=1),
    ) as parent:
        assert parent.stdin
        assert parent.stdout
        asked, told = parent.stdin, parent.stdout

        def start(folder: Path) -> Child:
            asked.write(f"{folder}\t{precision}\n")
            asked.flush()
            return Child(int(told.readline()), lambda: int(told.readline()))

        yield start
        asked.close()


@contextmanager
def fresh(precision: Precision) -> Iterator[Start]:
    """A new interpreter for every start, and two threads."""

    def start(folder: Path) -> Child:
        arguments = [sys.executable, str(SCRIPT), str(folder), str(precision)]
        process = subprocess.Popen(arguments, env=environment(threads=2))
        return Child(process.pid, process.wait)

    yield start


def finished(start: Start, folder: Path) -> bytes:
    """What the training ends with when it is let alone."""
    folder.mkdir(exist_ok=True)
    assert start(folder).ended() == 0
    return (folder / "model" / "model.safetensors").read_bytes()


def killed(start: Start, folder: Path, seconds: float) -> bool:
    """Whether it was killed after so many seconds; it may have ended before."""
    folder.mkdir(exist_ok=True)
    child = start(folder)
    time.sleep(seconds)
    if (folder / "model").exists():
        assert child.ended() == 0
        return False
    with suppress(ProcessLookupError):  # it has ended in this very moment
        os.kill(child.number, signal.SIGKILL)
    return child.ended() == -signal.SIGKILL


def torment(start: Start, folder: Path, kills: int, seed: int) -> None:
    """Kills at `kills` random moments; every training ends with the uninterrupted one's bytes."""
    chance = random.Random(seed)
    finished(start, folder / "warm")
    began = time.monotonic()
    expected = finished(start, folder / "straight")
    seconds = time.monotonic() - began
    done, number, steps = 0, 0, set[str]()
    while done < kills:
        place = folder / f"killed-{number}"
        if killed(start, place, chance.uniform(0, 0.5 * seconds)):
            done += 1
            steps |= {path.name for path in place.glob("checkpoint/step-*")}
        else:
            number += 1  # it was quicker: the next kill is for another training
    for place in folder.glob("killed-*"):
        if not (place / "model").exists():
            finished(start, place)
        assert (place / "model" / "model.safetensors").read_bytes() == expected
    assert len(steps) > 2, "it was never killed underway"


@pytest.mark.parametrize("precision", [Precision.FP32, Precision.BF16])
def test_ten_kills_change_no_byte_of_the_model(tmp_path: Path, precision: Precision) -> None:
    if precision is Precision.BF16 and resolved(Precision.AUTO) is not Precision.BF16:
        missing("bf16", "this processor has no instructions for it")
    with forked(precision) as start:
        torment(start, tmp_path, kills=10, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("precision", [Precision.FP32, Precision.BF16])
def test_a_hundred_kills_change_no_byte_of_the_model(tmp_path: Path, precision: Precision) -> None:
    with fresh(precision) as start:
        torment(start, tmp_path, kills=100, seed=2)


@pytest.mark.soak
def test_forty_kills_change_nothing_in_a_study_with_local_ada(tmp_path: Path) -> None:
    local = (
        *("run", "exp2", "--model", "local:ada", "--set", "base.characters=30000"),
        *("--set", "tuning.epochs=2", "--set", "sampling.max_tokens=24"),
        *("--set", "tuning.precision=fp32"),
    )
    torture(tmp_path, kills=40, seed=3, kills_per_run=5, study=local)
