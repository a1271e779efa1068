"""kill -9 of the worker anywhere leaves a job that ends with the same weights, byte for byte."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

import ladders
from jobs import JobHome, job_home
from postgres import Cluster
from support import ROOT
from xiangsheng.core.job import Job, JobRequest, JobState
from xiangsheng.core.model import Hyperparameters, Precision

SCRIPT = Path(__file__).with_name("job_process.py")
PATIENCE_S = 60
Tables = Callable[[], dict[str, str]]
HYPER = Hyperparameters(
    epochs=4, batch_size=2, learning_rate_multiplier=1.0, precision=Precision.FP32
)


class Workers:
    """Starts worker processes, one after the other."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin
        assert process.stdout
        self.asked, self.told = process.stdin, process.stdout

    def start(self, folder: Path) -> int:
        self.asked.write(f"{folder}\n")
        self.asked.flush()
        return int(self.told.readline())

    def ended(self) -> int:
        return int(self.told.readline())


@contextmanager
def workers() -> Iterator[Workers]:
    paths = os.pathsep.join((str(ROOT / "tests"), str(ROOT / "src")))
    with subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
    ) as process:
        running = Workers(process)
        yield running
        running.asked.close()


@contextmanager
def one_job(
    folder: Path, bases: Path | None = None, tables: Tables = dict
) -> Iterator[tuple[JobHome, Job]]:
    """Everywhere the same job, down to its id; its base is built already where `bases` are given."""
    with job_home(folder, tables()) as home:
        if bases:
            shutil.copytree(bases, home.workspace.home.bases, dirs_exist_ok=True)
        held = home.file(name="held.jsonl")
        yield home, home.jobs.create(JobRequest(home.file(), "ada", held, HYPER))


def made(home: JobHome, job: Job) -> dict[str, object]:
    """All that a job leaves behind, but for when."""
    ended = home.jobs.get(job.id)
    assert ended.state is JobState.SUCCEEDED, home.told(job)
    kept = home.jobs.table.checkpoints(job.id)
    models = {
        name: home.workspace.models.get(name)
        for name in (ended.fine_tuned_model, *(k.model for k in kept))
    }
    return {
        "weights": {
            name: (home.workspace.models.path(model) / "model.safetensors").read_bytes()
            for name, model in models.items()
            if model
        },
        "results": home.jobs.results(job.id),
        "steps": [dict(event.data) for event in home.jobs.events(job.id) if event.metrics],
        "epochs": [text for text in home.told(job) if text.startswith(("Completed", "Checkpoint"))],
        "tokens": ended.trained_tokens,
    }


def torment(folder: Path, kills: int, seed: int, tables: Tables = dict) -> None:
    """The last of the homes builds its base too, and may be killed while it does.

    `tables` gives each home's environment, which the workers need not know: a home remembers.
    """
    chance = random.Random(seed)
    with workers() as running:
        with one_job(folder / "first", None, tables) as (home, job):
            finish(running, folder / "first")
            expected, bases = made(home, job), home.workspace.home.bases
        with one_job(folder / "straight", bases, tables) as (home, job):
            began = time.monotonic()
            finish(running, folder / "straight")
            seconds = time.monotonic() - began
            assert made(home, job) == expected
        done, number, steps = 0, 0, set[str]()
        while done < kills:
            place = folder / f"killed-{number}"
            beginning = one_job(place, None if done == kills - 1 else bases, tables)
            with again(place) if place.exists() else beginning as (home, job):
                if killed(running, place, chance.uniform(0.1, 0.7) * seconds):
                    done += 1
                    steps |= steps_in(home)
                if home.state(job).ended or done == kills - 1:
                    number += 1
        for place in sorted(folder.glob("killed-*")):
            with again(place) as (home, job):
                finish(running, place)
                assert made(home, job) == expected
                assert home.told(job).count("Fine-tune succeeded") == 1
                assert len(home.workspace.files.all("fine-tune-results")) == 1
                assert not home.workspace.home.jobs.joinpath(job.id).exists()
    assert len(steps) > 1, "it was never killed underway"


def finish(running: Workers, folder: Path) -> None:
    running.start(folder)
    assert running.ended() == 0


def killed(running: Workers, folder: Path, seconds: float) -> bool:
    """Whether it was killed after so many seconds; it may have ended before."""
    child = running.start(folder)
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    return running.ended() == -signal.SIGKILL


@contextmanager
def again(folder: Path) -> Iterator[tuple[JobHome, Job]]:
    with job_home(folder) as home:
        yield home, home.jobs.newest()


def test_a_worker_that_sleeps_through_its_lease_wakes_up_and_changes_nothing(
    tmp_path: Path, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one is as on another machine: it has a lock of its own, and waits for the lease."""
    ladders.lower(monkeypatch)
    with workers() as sleeper, workers() as other:
        with one_job(tmp_path / "first") as (home, job):
            finish(sleeper, tmp_path / "first")
            expected, bases = made(home, job), home.workspace.home.bases
        with one_job(tmp_path / "slept", bases, lambda: tables) as (home, job):
            asleep = sleeper.start(tmp_path / "slept")
            wait_for(lambda: bool(steps_in(home)))
            put_to_sleep(asleep, None if tables else home.workspace.home.folder / "xiangsheng.db")
            for ending in ("lock", "id"):
                (home.workspace.home.jobs / f"worker-cpu.{ending}").unlink()
            finish(other, tmp_path / "slept")
            assert made(home, job) == expected
            said = home.jobs.events(job.id)
            os.kill(asleep, signal.SIGCONT)
            assert sleeper.ended() == 0
            assert made(home, job) == expected
            assert home.jobs.events(job.id) == said
            assert not home.workspace.home.jobs.joinpath(job.id).exists()


def steps_in(home: JobHome) -> set[str]:
    """Names of the checkpoints there are. None is looked into: it may just get another name."""
    found = home.workspace.home.jobs.glob("*/*/checkpoint/step-????????")
    return {step.name for step in found}


def put_to_sleep(process: int, database: Path | None) -> None:
    """Not while it writes to SQLite: the other one waits for that, and nothing ends it.

    PostgreSQL itself ends what sleeps in the middle of a transaction.
    """
    os.kill(process, signal.SIGSTOP)
    deadline = time.monotonic() + PATIENCE_S
    while database and being_written(database):
        assert time.monotonic() < deadline
        os.kill(process, signal.SIGCONT)
        time.sleep(0.02)
        os.kill(process, signal.SIGSTOP)


def being_written(database: Path) -> bool:
    with closing(sqlite3.connect(database, timeout=0.1, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                return True
            raise
        connection.execute("ROLLBACK")
        return False


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_three_kills_of_the_worker_change_no_byte(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ladders.lower(monkeypatch)

    def tables() -> dict[str, str]:
        cluster: Cluster = request.getfixturevalue("cluster")
        return {"XIANGSHENG_DATABASE": cluster.new_database()}

    torment(tmp_path, kills=3, seed=1, tables=tables if kind == "postgres" else dict)


@pytest.mark.soak
def test_ten_kills_of_the_worker_change_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ladders.lower(monkeypatch)
    torment(tmp_path, kills=10, seed=2)
