"""Two workers never do one job twice, whoever sleeps for however long."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jobs import JobHome, job_home
from xiangsheng.core.errors import LeaseLostError
from xiangsheng.core.job import JobError, JobState, Stage
from xiangsheng.store.job_leases import LEASE_S, MOST_TRIES, Claim, Leases, Owner
from xiangsheng.store.job_rows import Said
from xiangsheng.store.workspace import open_workspace

HERE = Owner("here", "cpu", "1")
SUCCESSOR = Owner("here", "cpu", "2")
THERE = Owner("there", "cpu", "1")


@pytest.fixture
def home(tmp_path: Path, tables: dict[str, str]) -> Iterator[JobHome]:
    with job_home(tmp_path, tables) as made:
        yield made


def leases(home: JobHome) -> Leases:
    return home.workspace.leases(home.time.clock())


def claimed(home: JobHome, owner: Owner = HERE) -> Claim:
    claim = leases(home).claim(owner)
    assert claim is not None
    return claim


def test_jobs_are_claimed_in_the_order_of_the_queue_and_then_run(home: JobHome) -> None:
    first, second = home.job(), home.job()
    assert (first.ahead, second.ahead) == (0, 1)
    one, two = claimed(home), claimed(home, THERE)
    assert (one.job.id, two.job.id) == (first.id, second.id)
    assert leases(home).claim(Owner("elsewhere", "cpu", "1")) is None
    assert home.state(first) is home.state(second) is JobState.RUNNING
    assert home.jobs.get(first.id).working


def test_a_lease_that_is_renewed_is_nobody_elses(home: JobHome) -> None:
    home.job()
    claim = claimed(home)
    for _ in range(5):
        home.time.passed += 0.9 * LEASE_S
        assert leases(home).renew(claim) is JobState.RUNNING
        assert leases(home).claim(THERE) is None


def test_a_void_lease_is_taken_over_and_the_stale_worker_is_refused_everything(
    home: JobHome,
) -> None:
    job = home.job()
    stale = claimed(home)
    home.time.passed += LEASE_S
    assert not home.jobs.get(job.id).working
    new = claimed(home, THERE)
    assert new.token > stale.token
    before = home.told(job)
    for write in (
        lambda: leases(home).renew(stale),
        lambda: leases(home).tell(stale, [Said("late")], step=9, stage=Stage("late")),
        lambda: leases(home).release(stale, [Said("late")]),
        lambda: leases(home).fail(stale, JobError("late", "late")),
        lambda: leases(home).pause(stale, "late"),
    ):
        with pytest.raises(LeaseLostError, match="taken over"):
            write()
    assert home.told(job) == before
    assert home.jobs.get(job.id).step == 0
    assert leases(home).renew(new) is JobState.RUNNING


def test_a_worker_that_woke_up_in_time_goes_on(home: JobHome) -> None:
    home.job()
    claim = claimed(home)
    home.time.passed += 10 * LEASE_S  # nobody else was there
    leases(home).tell(claim, [Said("awake")], step=1)
    assert leases(home).renew(claim) is JobState.RUNNING


def test_the_next_worker_of_the_same_lock_knows_that_the_last_one_is_dead(home: JobHome) -> None:
    job = home.job()
    dead = claimed(home)
    assert leases(home).claim(THERE) is None
    assert claimed(home, SUCCESSOR).job.id == job.id
    with pytest.raises(LeaseLostError):
        leases(home).renew(dead)
    assert home.told(job)[-1] == "Fine-tune taken up again where its worker left it"


def test_of_many_who_claim_at_once_each_job_has_one(
    home: JobHome, tmp_path: Path, tables: dict[str, str]
) -> None:
    jobs = {home.job().id for _ in range(4)}

    def claim(number: int) -> str | None:
        with open_workspace(tmp_path, tables) as workspace:
            found = workspace.leases(home.time.clock()).claim(Owner(f"host {number}", "cpu", "1"))
            return found.job.id if found else None

    with ThreadPoolExecutor(12) as pool:
        found = [one for one in pool.map(claim, range(12)) if one]
    assert sorted(found) == sorted(jobs)


def test_a_job_for_another_device_waits_for_it(home: JobHome) -> None:
    pytest.importorskip("torch")
    job = home.job("local:ada")
    assert leases(home).claim(Owner("here", "cuda", "1")) is None
    assert not leases(home).anything("cuda")
    assert claimed(home).job.id == job.id


def test_cancelling_takes_a_job_from_its_worker(home: JobHome) -> None:
    job = home.job()
    claim = claimed(home)
    assert home.jobs.cancel(job.id).state is JobState.CANCELLED
    with pytest.raises(LeaseLostError):
        leases(home).tell(claim, [Said("late")])
    assert home.told(job)[-1] == "Fine-tune cancelled"


def test_a_paused_job_can_be_told_of_and_not_ended_and_comes_back(home: JobHome) -> None:
    job = home.job()
    claim = claimed(home)
    home.jobs.pause(job.id)
    assert leases(home).renew(claim) is JobState.PAUSED
    leases(home).tell(claim, [], step=3)
    with pytest.raises(LeaseLostError) as caught:
        leases(home).fail(claim, JobError("x", "x"))
    assert caught.value.code == "lease_paused"
    leases(home).release(claim)
    assert leases(home).claim(HERE) is None
    assert home.jobs.resume(job.id).state is JobState.QUEUED
    again = claimed(home)
    assert again.job.step == 3
    assert home.told(job)[-4:] == [
        "Fine-tune enqueued again",
        "Fine-tune is in the queue. Queue number: 0",
        "Estimated: starts now, takes about 1 s",
        "Fine-tune resumed",
    ]


def test_a_job_resumed_before_its_worker_has_let_go_is_claimed_after_it_has(home: JobHome) -> None:
    job = home.job()
    claim = claimed(home)
    home.jobs.pause(job.id)
    home.jobs.resume(job.id)
    assert leases(home).claim(THERE) is None
    assert leases(home).renew(claim) is JobState.QUEUED
    leases(home).release(claim)
    assert claimed(home, THERE).job.id == job.id


def test_waiting_jobs_hear_when_their_number_changes(home: JobHome) -> None:
    first, second, third = home.job(), home.job(), home.job()
    claim = claimed(home)
    leases(home).fail(claim, JobError("broken", "it broke"))
    home.jobs.cancel(second.id)
    assert home.told(first)[-2:] == ["it broke", "Fine-tune failed"]
    assert home.told(third)[2:] == [
        "Fine-tune enqueued. Queue number: 2",
        "Estimated: starts in about 2 s, takes about 1 s",
        "Fine-tune is in the queue. Queue number: 1",
        "Estimated: starts in about 1 s, takes about 1 s",
        "Fine-tune is in the queue. Queue number: 0",
        "Estimated: starts now, takes about 1 s",
    ]


def test_a_job_that_kills_its_workers_is_given_up(home: JobHome) -> None:
    job, next_one = home.job(), home.job()
    for number in range(MOST_TRIES):
        assert claimed(home, Owner("here", "cpu", f"{number}")).job.id == job.id
    assert claimed(home).job.id == next_one.id
    ended = home.jobs.get(job.id)
    assert ended.state is JobState.FAILED
    assert ended.error
    assert ended.error.code == "worker_died"


def test_a_job_that_gets_on_is_not_given_up(home: JobHome) -> None:
    job = home.job()
    for number in range(2 * MOST_TRIES):
        claim = claimed(home, Owner("here", "cpu", f"{number}"))
        leases(home).tell(claim, [], step=number + 1)
    assert home.state(job) is JobState.RUNNING


def test_events_are_numbered_and_stay_as_they_are(home: JobHome) -> None:
    job = home.job()
    claim = claimed(home)
    first = home.jobs.events(job.id)
    leases(home).tell(claim, [Said("甲"), Said("乙", metrics=True, data={"step": 1, "loss": 0.5})])
    events = home.jobs.events(job.id)
    assert events[: len(first)] == first
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert [event.message for event in home.jobs.events(job.id, after=len(first))] == ["甲", "乙"]
    assert events[-1].data == {"step": 1, "loss": 0.5}
