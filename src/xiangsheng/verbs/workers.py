"""The home's worker: a process of its own, which outlives the terminal that started it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout

from xiangsheng.core.clock import Clock
from xiangsheng.files.atomic import write_text
from xiangsheng.files.locks import is_held
from xiangsheng.running.worker import Worker
from xiangsheng.store.home import Home
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.job_work import JobWork
from xiangsheng.verbs.owners import owner_of

DEVICE = "cpu"
IDLE_S = 30.0
"""How long a worker that was started for a job waits for another one."""
IDLE = "XIANGSHENG_WORKER_IDLE_S"
LONGEST_LOG = 1 << 20
ASKING_S = 2.0
"""How long a worker waits for its lock: somebody may just be asking whether it is held."""
GIVING_WAY = 10
"""Its niceness: whoever waits for an answer of a server on the same machine comes first."""

Starter = Callable[[Home], None]

_started: list[tuple[Path, subprocess.Popen[bytes]]] = []
"""Homes and the workers that this process started for them."""
_door = Lock()
"""Threads of a server may find at once that a worker is wanted."""


def worker_alive(home: Home) -> bool:
    return is_held(_place(home, "lock"))


def ensure_worker(home: Home, start: Starter) -> None:
    """Starts a worker unless one is alive. Whoever made a job calls this when it is committed."""
    with _door:
        if not _starting(home) and not worker_alive(home):
            start(home)


def _starting(home: Home) -> bool:
    """Whether one that we started is still on its way to the lock; who has had it is in `pid`."""
    _started[:] = [(place, process) for place, process in _started if process.poll() is None]
    return any(
        place == home.folder and str(process.pid) != _last(home) for place, process in _started
    )


def _last(home: Home) -> str:
    """The process that had the lock last, or has it."""
    with suppress(OSError):
        return _place(home, "pid").read_text(encoding="ascii").strip()
    return ""


def start_worker(home: Home) -> None:
    """A process with a session of its own: it hears no Ctrl-C and no hang-up of this terminal."""
    log = _place(home, "log")
    with suppress(FileNotFoundError):  # none yet, or another process puts it aside as well
        if log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.old"))
    idle = os.environ.get(IDLE) or str(IDLE_S)
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "xiangsheng.cli.main", "ft", "work", "--idle", idle],
            cwd=home.folder,
            env=os.environ
            | {"XIANGSHENG_HOME": str(home.folder.resolve()), "XIANGSHENG_DATABASE": home.address},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    if hasattr(os, "setpriority"):
        niceness = max(GIVING_WAY, os.getpriority(os.PRIO_PROCESS, 0))  # only root may lower it
        os.setpriority(os.PRIO_PROCESS, process.pid, niceness)
    _started.append((home.folder, process))


def work(
    workspace: Workspace,
    clock: Clock,
    stopping: Callable[[], bool],
    *,
    idle: float,
    log: Callable[[str], None],
) -> bool:
    """Does the home's jobs until `stopping`, or none has been there for `idle` seconds.

    False where another worker of this home and device is alive.
    """
    home, leases = workspace.home, workspace.leases(clock)
    lock = FileLock(_place(home, "lock"), timeout=ASKING_S)
    first = True
    # Who makes a job looks for a worker afterwards. One made between our last look and our leaving
    # the lock saw a worker alive: so we look once more without it.
    while first or leases.anything(DEVICE):
        first = False
        try:
            lock.acquire()
        except Timeout:
            return False
        try:
            write_text(_place(home, "pid"), f"{os.getpid()}\n")
            owner = owner_of(home.jobs, f"worker-{DEVICE}", DEVICE)
            worker = Worker(leases, owner, JobWork(workspace, clock), clock, time.sleep, log)
            worker.work(stopping, idle)
        finally:
            lock.release()
        if stopping():
            break
    return True


def _place(home: Home, ending: str) -> Path:
    return home.jobs / f"worker-{DEVICE}.{ending}"
