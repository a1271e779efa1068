"""Following tells everything once, from wherever it begins, and lets no job lie."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jobs import JobHome, do_all, job_home
from xiangsheng.core.errors import InterruptedRunError
from xiangsheng.core.job import Job, JobEvent, JobState
from xiangsheng.verbs.follow import follow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[JobHome]:
    with job_home(tmp_path) as made:
        yield made


def passing(home: JobHome, then: Callable[[], object] = lambda: None) -> Callable[[float], None]:
    """Time passes, and something happens meanwhile."""

    def sleep(seconds: float) -> None:
        home.time.passed += seconds
        then()

    return sleep


def events(told: list[JobEvent | Job]) -> list[int]:
    return [one.number for one in told if isinstance(one, JobEvent)]


def test_it_ends_with_the_ended_job_and_all_events(home: JobHome) -> None:
    job = home.job()
    told = list(follow(home.jobs, job.id, sleep=passing(home, lambda: do_all(home))))
    assert events(told) == [event.number for event in home.jobs.events(job.id)]
    last = told[-1]
    assert isinstance(last, Job)
    assert last.state is JobState.SUCCEEDED


def test_it_can_begin_anywhere(home: JobHome) -> None:
    job = home.job()
    do_all(home)
    told = list(follow(home.jobs, job.modern_id, after=3))
    assert events(told)[0] == 4


def test_it_asks_for_a_worker_as_long_as_the_job_has_not_ended(home: JobHome) -> None:
    job = home.job()
    home.asked_for.clear()
    waits = iter(range(1000))

    def stop() -> bool:
        return next(waits) == 20

    with pytest.raises(InterruptedRunError) as caught:
        list(follow(home.jobs, job.id, cancelled=stop, sleep=passing(home)))
    assert f"xiangsheng ft follow {job.legacy_id}" in caught.value.hint
    assert len(home.asked_for) == 3  # every two seconds of the five
    assert home.state(job) is JobState.QUEUED


def test_a_paused_job_gets_no_worker(home: JobHome) -> None:
    job = home.job()
    home.jobs.pause(job.id)
    home.asked_for.clear()
    told = follow(home.jobs, job.id, sleep=passing(home, lambda: home.jobs.cancel(job.id)))
    assert isinstance(list(told)[-1], Job)
    assert home.asked_for == []
