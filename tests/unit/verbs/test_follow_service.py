"""Following a job of a service whose connection comes and goes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, repeat

import pytest

from false_service import KEY, FalseService, Fault, false_service
from jobs import Time
from xiangsheng.backends.hosted.http import Patience, connected
from xiangsheng.backends.hosted.jobs import HostedJobs
from xiangsheng.backends.hosted.service import find_service
from xiangsheng.core.errors import ServiceError
from xiangsheng.core.events import Note
from xiangsheng.core.job import Job, JobEvent, JobState
from xiangsheng.verbs.follow_service import Rhythm, follow_service

JOB = "ftjob-0001"
LOOK, EVENTS = f"/fine_tuning/jobs/{JOB}", f"/fine_tuning/jobs/{JOB}/events"

USUAL = Rhythm()


@pytest.fixture
def service() -> Iterator[FalseService]:
    with false_service() as made:
        made.job(status="running")
        yield made


def followed(
    service: FalseService, *steps: Callable[[], object], rhythm: Rhythm = USUAL
) -> tuple[list[JobEvent | Job | Note], Time]:
    """All that is told while the steps happen between the looks; then the job succeeds."""
    time = Time()

    def succeeds() -> object:
        return service.jobs[0].update(status="succeeded")

    happening = chain(steps, repeat(succeeds))

    def sleep(seconds: float) -> None:
        time.passed += seconds
        next(happening)()

    with connected(find_service(service.url, KEY, {})) as http:
        once = replace(http, patience=Patience(tries=1))
        jobs = HostedJobs(once, lambda: "")
        told = follow_service(jobs, JOB, time.clock(), lambda: 1.0, sleep=sleep, rhythm=rhythm)
        return list(told), time


def messages(told: list[JobEvent | Job | Note]) -> list[str]:
    return [one.message for one in told if isinstance(one, JobEvent)]


def notes(told: list[JobEvent | Job | Note]) -> list[str]:
    return [one.message for one in told if isinstance(one, Note)]


def test_every_event_is_told_once_and_the_ended_job_last(service: FalseService) -> None:
    service.say("one")
    told, _ = followed(
        service, lambda: service.say("two"), lambda: None, lambda: service.say("three")
    )
    assert messages(told) == ["one", "two", "three"]
    assert isinstance(told[-1], Job)
    assert told[-1].state is JobState.SUCCEEDED
    assert notes(told) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET", LOOK, times=3, cut=0),
        Fault("GET", EVENTS, times=3, cut=40),
        Fault("GET", EVENTS, times=3, status=502),
        Fault("GET", LOOK, times=3, status=429, headers={"retry-after": "1"}),
    ],
)
def test_a_lost_connection_is_told_once_and_nothing_twice(
    service: FalseService, fault: Fault
) -> None:
    service.say("one")
    told, time = followed(
        service,
        lambda: service.faults.append(fault),
        lambda: service.say("two"),
        lambda: service.say("three"),
    )
    assert messages(told) == ["one", "two", "three"]
    lost, there = notes(told)
    assert "the job goes on, and so do the tries" in lost
    assert there.endswith("is there again")
    assert time.passed >= 3 * USUAL.lost


def test_a_service_that_stays_away_is_given_up(service: FalseService) -> None:
    service.faults.append(Fault("GET", LOOK, times=10_000, cut=0))
    with pytest.raises(ServiceError, match="was lost"):
        followed(service, *repeat(lambda: None, 5), rhythm=Rhythm(most=60.0))


def test_a_key_that_is_refused_is_not_waited_out(service: FalseService) -> None:
    service.faults.append(Fault("GET", LOOK, status=401, body={"error": {"message": "no"}}))
    with pytest.raises(ServiceError) as caught:
        followed(service)
    assert caught.value.code == "auth"
