"""A process that works on a home's jobs with a checkpoint after every step, to be killed.

It reads folders from standard input and forks a child for each, since most of a start is imports; it
answers with the child's number, and when that has ended with its exit status.
"""

import os
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import ladders
from jobs import never
from xiangsheng.backends.local.training.tune import LocalTuner
from xiangsheng.core.clock import SYSTEM_CLOCK, Clock
from xiangsheng.store.job_leases import Leases
from xiangsheng.store.workspace import Workspace, open_workspace
from xiangsheng.verbs import job_work
from xiangsheng.verbs.models import FoundModel, OpenedModel, find_same
from xiangsheng.verbs.workers import work

LEASE_S = 4.0
SLOW_S = 0.02
"""A step of so small a network is over before anybody can kill it."""


def at_every_step(*given: object) -> FoundModel:
    """The same model, whose tuner leaves a checkpoint after every step, and takes its time."""
    found = find_same(*given)  # type: ignore[arg-type]

    def opened(attending: object) -> OpenedModel:
        model = found.open(attending)  # type: ignore[arg-type]
        tuner = model.tuner
        assert isinstance(tuner, LocalTuner)
        return replace(model, tuner=replace(tuner, every=0, clock=slowly))

    return replace(found, open=opened)


def briefly(workspace: Workspace, clock: Clock) -> Leases:
    """A lease that is void before a test has waited long."""
    return Leases(workspace.engine, clock.seconds, LEASE_S)


def slowly() -> float:
    time.sleep(SLOW_S / 3)
    return time.monotonic()


def serve() -> None:
    patch = pytest.MonkeyPatch()
    ladders.lower(patch)
    patch.setattr(job_work, "find_same", at_every_step)
    patch.setattr(Workspace, "leases", briefly)
    torch.optim.AdamW([torch.zeros(1)])  # imports a great deal
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            with open_workspace(Path(line.strip()), {}) as workspace:
                work(workspace, SYSTEM_CLOCK, never, idle=0, log=log)
            os._exit(0)
        tell(child)
        tell(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def log(text: str) -> None:
    with suppress(OSError):
        os.write(2, f"{os.getpid()} {text}\n".encode())


def tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
