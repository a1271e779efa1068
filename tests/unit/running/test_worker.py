"""The worker's loop: what it does with a job that ends well, badly, or not at all."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from jobs import JobHome, after, job_home, never
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import (
    DatabaseAwayError,
    DataError,
    DiskFullError,
    InterruptedRunError,
    StoreError,
)
from xiangsheng.core.job import Job, JobState
from xiangsheng.core.model import Control
from xiangsheng.running.worker import Watch, Worker
from xiangsheng.store.job_leases import Claim, Leases, Owner
from xiangsheng.store.job_rows import Said

OWNER = Owner("here", "cpu", "1")


@pytest.fixture
def home(tmp_path: Path, tables: dict[str, str]) -> Iterator[JobHome]:
    with job_home(tmp_path, tables) as made:
        yield made


def worker(home: JobHome, do: Callable[[Claim, Watch], None], beat: float = 60.0) -> Worker:
    def wait(seconds: float) -> None:
        home.time.passed += seconds

    clock: Clock = home.time.clock()
    return Worker(home.workspace.leases(clock), OWNER, do, clock, wait, lambda _text: None, beat)


def ending(home: JobHome) -> Callable[[Claim, Watch], None]:
    """Ends every job at once."""

    def do(claim: Claim, _watch: Watch) -> None:
        leases = home.workspace.leases(home.time.clock())
        with leases.held(claim) as connection:
            leases.end(connection, claim, JobState.SUCCEEDED, [Said("done")])

    return do


def raising(error: Exception) -> Callable[[Claim, Watch], None]:
    def do(_claim: Claim, _watch: Watch) -> None:
        raise error

    return do


def test_it_does_all_jobs_in_order_and_goes_when_none_is_left(home: JobHome) -> None:
    jobs = [home.job(), home.job()]
    worker(home, ending(home)).work(never, idle=30)
    assert [home.state(job) for job in jobs] == [JobState.SUCCEEDED] * 2
    assert [home.told(job)[-1] for job in jobs] == ["done", "done"]
    assert 30 <= home.time.passed < 32


def test_an_idle_worker_takes_a_job_that_comes_late(home: JobHome) -> None:
    made: list[Job] = []

    def stopping() -> bool:
        if home.time.passed >= 20 and not made:
            made.append(home.job())
        return False

    worker(home, ending(home)).work(stopping, idle=30)
    assert home.state(made[0]) is JobState.SUCCEEDED
    assert home.time.passed >= 50


def test_a_stopped_worker_begins_nothing(home: JobHome) -> None:
    job = home.job()
    worker(home, ending(home)).work(after(0), idle=30)
    assert home.state(job) is JobState.QUEUED


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (DataError("no text", hint="give some", code="empty"), "empty", "no text; give some"),
        (StoreError("another torch", code="job_changed"), "job_changed", "another torch"),
        (ZeroDivisionError("by zero"), "internal", "ZeroDivisionError: by zero"),
    ],
)
def test_what_goes_wrong_is_the_jobs_failure_and_the_next_job_is_done(
    home: JobHome, error: Exception, code: str, message: str
) -> None:
    job, next_one = home.job(), home.job()
    worker(home, raising(error)).work(after(1), idle=0)
    ended = home.jobs.get(job.id)
    assert ended.state is JobState.FAILED
    assert ended.error
    assert (ended.error.code, ended.error.message) == (code, message)
    assert home.told(job)[-2:] == [message, "Fine-tune failed"]
    assert ended.finished_at
    assert not ended.working
    assert home.state(next_one) is JobState.QUEUED


@pytest.mark.parametrize(
    "error", [StoreError("the database is locked"), DatabaseAwayError("gone", code="login")]
)
def test_a_database_that_cannot_be_written_is_no_fault_of_the_job(
    home: JobHome, error: StoreError
) -> None:
    job, tries = home.job(), list[int]()

    def do(claim: Claim, watch: Watch) -> None:
        tries.append(claim.token)
        if len(tries) < 3:
            raise error
        ending(home)(claim, watch)

    worker(home, do).work(never, idle=0)
    assert tries == [1, 2, 3]
    assert home.state(job) is JobState.SUCCEEDED


def test_a_worker_bears_with_a_busy_database_and_gives_up_on_a_lost_one(
    home: JobHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, real, troubles = home.job(), Leases.claim, iter([True] * 3)

    def busy(leases: Leases, owner: Owner) -> Claim | None:
        if next(troubles, False):
            raise StoreError("the database is locked")
        return real(leases, owner)

    monkeypatch.setattr(Leases, "claim", busy)
    worker(home, ending(home)).work(never, idle=0)
    assert home.state(job) is JobState.SUCCEEDED
    troubles = iter([True] * 100)
    home.job()
    with pytest.raises(StoreError, match="locked"):
        worker(home, ending(home)).work(never, idle=0)


def test_a_full_disk_pauses_the_job_until_somebody_makes_room(home: JobHome) -> None:
    job = home.job()
    worker(home, raising(DiskFullError("the disk is full", hint="make room"))).work(never, idle=0)
    assert home.state(job) is JobState.PAUSED
    assert home.told(job)[-2:] == ["the disk is full; make room", "Fine-tune paused"]
    home.jobs.resume(job.id)
    worker(home, ending(home)).work(never, idle=0)
    assert home.state(job) is JobState.SUCCEEDED


def test_a_stopped_job_is_let_go_for_the_next_worker(home: JobHome) -> None:
    job = home.job()
    worker(home, raising(InterruptedRunError("stopped"))).work(after(1), idle=0)
    standing = home.jobs.get(job.id)
    assert standing.state is JobState.RUNNING
    assert not standing.working
    there = Owner("there", "cpu", "1")
    assert home.workspace.leases(home.time.clock()).claim(there)


def test_the_heartbeat_keeps_the_lease_and_hears_of_a_pause(home: JobHome) -> None:
    job, controls = home.job(), list[Control]()

    def do(claim: Claim, watch: Watch) -> None:
        controls.append(watch.control())
        until = home.workspace.leases(home.time.clock())
        home.time.passed += 0.9 * until.seconds
        home.jobs.pause(claim.job.id)
        wait_for(watch.interrupted)
        controls.append(watch.control())
        assert until.claim(Owner("there", "cpu", "1")) is None
        raise InterruptedRunError("saved")

    worker(home, do, beat=0.01).work(never, idle=0)
    assert controls == [Control.RUN, Control.CANCEL]
    assert home.state(job) is JobState.PAUSED


def test_the_heartbeat_hears_that_a_job_was_cancelled(home: JobHome) -> None:
    job = home.job()

    def do(claim: Claim, watch: Watch) -> None:
        home.jobs.cancel(claim.job.id)
        wait_for(lambda: watch.lost)
        assert watch.interrupted()
        raise InterruptedRunError("stopped")

    worker(home, do, beat=0.01).work(never, idle=0)
    assert home.state(job) is JobState.CANCELLED
    assert home.told(job)[-1] == "Fine-tune cancelled"


def test_a_beat_that_fails_is_no_loss(home: JobHome, monkeypatch: pytest.MonkeyPatch) -> None:
    job, real, beats = home.job(), Leases.renew, list[int]()

    def renew(leases: Leases, claim: Claim) -> JobState:
        beats.append(1)
        if len(beats) == 1:
            raise StoreError("the disk is busy")
        return real(leases, claim)

    def do(claim: Claim, watch: Watch) -> None:
        wait_for(lambda: len(beats) > 2)
        assert not watch.interrupted()
        ending(home)(claim, watch)

    monkeypatch.setattr(Leases, "renew", renew)
    worker(home, do, beat=0.01).work(never, idle=0)
    assert home.state(job) is JobState.SUCCEEDED


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_workers_of_several_machines_do_no_job_twice(home: JobHome) -> None:
    jobs, done, end = [home.job() for _ in range(12)], list[str](), ending(home)

    def do(claim: Claim, watch: Watch) -> None:
        done.append(claim.job.id)
        end(claim, watch)

    def machine(number: int) -> None:
        owner = Owner(f"machine {number}", "cpu", "1")
        one = replace(worker(home, do), owner=owner, sleep=lambda _: time.sleep(0.001))
        one.work(never, idle=0)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(machine, range(4)))
    assert sorted(done) == sorted(job.id for job in jobs)
    for job in jobs:
        said = home.told(job)
        assert [said.count(text) for text in ("Fine-tune started", "done")] == [1, 1]


def test_a_server_that_is_away_for_two_minutes_is_waited_for(
    home: JobHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, real = home.job(), Leases.anything

    def away(leases: Leases, device: str) -> bool:
        if home.time.passed < 120:
            raise DatabaseAwayError("the database server cannot be reached")
        return real(leases, device)

    monkeypatch.setattr(Leases, "anything", away)
    worker(home, ending(home)).work(never, idle=0)
    assert home.state(job) is JobState.SUCCEEDED
