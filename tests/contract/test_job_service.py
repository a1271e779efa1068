"""What every JobService promises."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
from filelock import FileLock

from jobs import TURNS, JobHome, job_home, rows
from served import KEY, Server, serving
from xiangsheng.backends.hosted.http import connected
from xiangsheng.backends.hosted.jobs import HostedJobs
from xiangsheng.backends.hosted.service import find_service
from xiangsheng.core.errors import DataError, UnknownModelError, UsageError
from xiangsheng.core.job import JobRequest, JobState
from xiangsheng.core.model import Hyperparameters
from xiangsheng.core.ports import JobService


@dataclass
class Subject:
    """A service, a base that it has, and how it is given a file.

    What is not `here` tells of a job only what today's job API has words for.
    """

    service: JobService
    model: str
    upload: Callable[[str], str]
    here: bool = True

    def request(self, text: str | None = None, **changed: object) -> JobRequest:
        file = self.upload(rows() if text is None else text)
        return replace(JobRequest(file, self.model), **changed)  # type: ignore[arg-type]


def of_home(home: JobHome) -> Subject:
    return Subject(home.jobs, "ngram:3", home.file)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose jobs nobody works on: somebody else holds the worker's lock."""
    folder = tmp_path_factory.mktemp("service")
    with job_home(folder) as home:
        place = home.workspace.home
    with FileLock(place.jobs / "worker-cpu.lock"), serving(place.folder) as live:
        yield live


@contextmanager
def of_service(server: Server) -> Iterator[Subject]:
    """Our own server, as any service with the job API; as empty as it was, afterwards."""
    numbers = count()
    with connected(find_service(server.url, KEY, {})) as http:
        jobs = HostedJobs(http, lambda: str(next(numbers)))
        try:
            yield Subject(
                jobs,
                "ngram:3",
                lambda text: jobs.files.upload("data.jsonl", text.encode())[0],
                here=False,
            )
        finally:
            for job in jobs.list()[0]:
                if not job.state.ended:
                    jobs.cancel(job.label)
                jobs.delete(job.label)


@pytest.fixture(params=["sqlite", "postgres", "service"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    with ExitStack() as stack:
        if request.param == "service":
            yield stack.enter_context(of_service(request.getfixturevalue("server")))
            return
        environment = {}
        if request.param == "postgres":
            environment = stack.enter_context(request.getfixturevalue("cluster").for_a_home())
        yield of_home(stack.enter_context(job_home(tmp_path, environment)))


def test_a_new_job_is_looked_into_or_waits(subject: Subject) -> None:
    job = subject.service.create(subject.request())
    assert job.state in {JobState.VALIDATING, JobState.QUEUED}
    assert job.spec.base == subject.model
    assert subject.service.get(job.id) == job


def test_a_job_goes_by_all_its_names(subject: Subject) -> None:
    job = subject.service.create(subject.request())
    for name in (job.id, job.legacy_id, job.modern_id):
        assert subject.service.get(name).id == job.id


def test_what_was_asked_for_is_what_it_does(subject: Subject) -> None:
    weight = 0.5 if subject.here else Hyperparameters().prompt_loss_weight
    hyper = Hyperparameters(3, 2, learning_rate_multiplier=0.3, prompt_loss_weight=weight, seed=7)
    job = subject.service.create(subject.request(hyper=hyper, metadata={"who": "甲"}))
    found = job.spec.hyper
    assert (found.epochs, found.batch_size, found.seed) == (3, 2, 7)
    assert (found.learning_rate_multiplier, found.prompt_loss_weight) == (0.3, weight)
    assert job.spec.metadata == {"who": "甲"}
    assert job.spec.training.examples == (len(TURNS) if subject.here else 0)


def test_the_same_again_is_the_same_job_unless_another_is_wanted(subject: Subject) -> None:
    job = subject.service.create(subject.request())
    assert subject.service.create(subject.request()).id == job.id
    for other in (
        subject.request(suffix="another name"),
        subject.request(metadata={"try": "2"}),
        subject.request(again=True),
        subject.request(rows(TURNS[:-1])),
        subject.request(hyper=Hyperparameters(epochs=2)),
        subject.request(validation_file=subject.upload(rows(TURNS[:2]))),
    ):
        assert subject.service.create(other).id != job.id


def test_a_job_that_was_cancelled_is_not_found_for_the_same(subject: Subject) -> None:
    job = subject.service.create(subject.request())
    subject.service.cancel(job.id)
    assert subject.service.create(subject.request()).id != job.id


def test_jobs_are_listed_newest_first_and_page_by_page(subject: Subject) -> None:
    assert subject.service.list() == ((), False)
    made = [subject.service.create(subject.request(again=True)).id for _ in range(5)][::-1]
    pages, after = list[str](), ""
    for expected in (True, True, False):
        page, more = subject.service.list(after, 2)
        assert more is expected
        pages += [job.id for job in page]
        after = page[-1].id
    assert pages == made
    assert [job.id for job in subject.service.list()[0]] == made
    assert subject.service.list(after=made[-1])[0] == ()


def test_a_cancelled_job_has_ended_and_says_so(subject: Subject) -> None:
    job = subject.service.create(subject.request())
    assert subject.service.cancel(job.id).state is JobState.CANCELLED
    assert subject.service.get(job.id).finished_at is not None
    with pytest.raises(UsageError) as caught:
        subject.service.cancel(job.id)
    assert caught.value.code == "job_state"


def test_events_come_in_order_and_stay_as_they_are(subject: Subject) -> None:
    job = subject.service.create(subject.request())
    first = subject.service.events(job.id)
    assert [event.number for event in first] == list(range(1, len(first) + 1))
    assert first[0].message.startswith("Created fine-tune: ft-")
    subject.service.cancel(job.id)
    later = subject.service.events(job.id)
    assert list(later[: len(first)]) == list(first)
    assert len(later) > len(first)
    assert subject.service.events(job.id, after=len(first)) == later[len(first) :]


def test_the_newest_job_is_the_last_one_made(subject: Subject) -> None:
    with pytest.raises(UsageError) as caught:
        subject.service.newest()
    assert caught.value.code == "no_job"
    subject.service.create(subject.request())
    job = subject.service.create(subject.request(again=True))
    assert subject.service.newest().id == job.id


def test_a_paused_job_goes_on_when_it_is_resumed(subject: Subject) -> None:
    job = subject.service.create(subject.request())
    assert subject.service.pause(job.id).state is JobState.PAUSED
    assert subject.service.resume(job.id).state is JobState.QUEUED


def test_a_curve_has_its_columns_before_it_has_steps(subject: Subject) -> None:
    file = subject.upload(rows(TURNS[:2]))
    plain = subject.service.create(subject.request())
    held = subject.service.create(subject.request(validation_file=file))
    assert subject.service.results(plain.id).startswith("step,elapsed_tokens,")
    assert "validation_loss" not in subject.service.results(plain.id)
    assert "validation_loss" in subject.service.results(held.id)


def test_a_job_is_deleted_when_it_has_ended(subject: Subject) -> None:
    job = subject.service.create(subject.request())
    with pytest.raises(UsageError):
        subject.service.delete(job.id)
    subject.service.cancel(job.id)
    assert subject.service.delete(job.id).id == job.id
    assert subject.service.list() == ((), False)


@pytest.mark.parametrize("call", ["get", "cancel", "events", "pause", "results", "delete"])
def test_a_job_that_is_not_there_is_named(subject: Subject, call: str) -> None:
    with pytest.raises(UsageError, match="ft-nothere") as caught:
        getattr(subject.service, call)("ftjob-nothere")
    assert caught.value.code == "no_job"


def test_every_wrong_line_is_pointed_at_and_nothing_is_made(subject: Subject) -> None:
    text = rows(TURNS[:2]) + '{"prompt": 1}\n' + rows(TURNS[:1]) + "\n{broken\n"
    with pytest.raises(DataError) as caught:
        subject.service.create(subject.request(text))
    assert caught.value.where.endswith(":3")
    assert [line.partition(" Error")[0] for line in caught.value.message.split("\n")] == [
        "Invalid file format. Example 3 cannot be parsed.",
        "Invalid file format. Example 5 cannot be parsed.",
    ]
    assert [line.rpartition(" (")[2] for line in caught.value.message.split("\n")] == [
        "line 3)",
        "line 6)",
    ]
    assert subject.service.list() == ((), False)


def test_what_cannot_be_is_refused_and_nothing_is_made(subject: Subject) -> None:
    with pytest.raises(UnknownModelError):
        subject.service.create(subject.request(model="xxi"))
    for wrong, code in (
        (subject.request(suffix="x" * 65), "suffix"),
        (subject.request(training_file="file-nothere"), "no_file"),
        (subject.request(validation_file="file-nothere"), "no_file"),
        (subject.request(model="fake:echo"), "not_tunable"),
    ):
        with pytest.raises(UsageError) as caught:
            subject.service.create(wrong)
        assert caught.value.code == code
    assert subject.service.list() == ((), False)
