"""Where jobs are: in this home, or at a service."""

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from xiangsheng.cli.service_options import base_url_of, service_of, warned

if TYPE_CHECKING:
    from xiangsheng.backends.hosted.jobs import HostedJobs
    from xiangsheng.core.events import Note
    from xiangsheng.core.job import Job, JobEvent
    from xiangsheng.core.ports import JobService
    from xiangsheng.verbs.home_jobs import HomeJobs


class Place(NamedTuple):
    """`follow` tells a job's events, and how it stands, until it has ended."""

    jobs: "JobService"
    follow: Callable[[str], "Iterator[JobEvent | Job | Note]"]


@contextmanager
def opened_jobs(given: str = "") -> Iterator[Place]:
    """Those of the service that is named, else of the home, which must be there."""
    if base_url := base_url_of(given):
        with jobs_of_service(base_url) as hosted:
            yield place_of_service(hosted)
    else:
        with jobs_of_home() as jobs:
            yield place_of_home(jobs)


@contextmanager
def jobs_of_home(*, make: bool = False) -> Iterator["HomeJobs"]:
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors
    from xiangsheng.core.clock import SYSTEM_CLOCK
    from xiangsheng.verbs.home_jobs import HomeJobs

    with opened_home(errors(), make=make) as workspace:
        yield HomeJobs(workspace, SYSTEM_CLOCK)


@contextmanager
def jobs_of_service(base_url: str) -> Iterator["HostedJobs"]:
    from xiangsheng.backends.hosted.http import connected
    from xiangsheng.backends.hosted.jobs import HostedJobs

    with connected(service_of(base_url), tell=warned) as http:
        yield HostedJobs(http, lambda: secrets.token_hex(8))


def place_of_home(jobs: "HomeJobs") -> Place:
    from xiangsheng.verbs.follow import follow

    return Place(jobs, lambda name: follow(jobs, name))


def place_of_service(jobs: "HostedJobs") -> Place:
    from xiangsheng.core.clock import SYSTEM_CLOCK
    from xiangsheng.verbs.follow_service import Rhythm, follow_service

    rhythm = Rhythm(every=0.5, lost=2.0) if jobs.http.service.loopback else Rhythm()

    def follow(name: str) -> "Iterator[JobEvent | Job | Note]":
        return follow_service(jobs, name, SYSTEM_CLOCK, random.random, rhythm=rhythm)

    return Place(jobs, follow)
