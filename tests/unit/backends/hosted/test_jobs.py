"""Jobs of a service that loses answers, sends pages, and knows less than ours."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from false_service import KEY, FalseService, Fault, false_service
from xiangsheng.backends.hosted.http import connected
from xiangsheng.backends.hosted.jobs import HostedJobs
from xiangsheng.backends.hosted.service import find_service
from xiangsheng.core.errors import (
    ServiceError,
    UnknownModelError,
    UnreachableError,
    UsageError,
    XiangshengError,
)
from xiangsheng.core.job import JobRequest, JobState
from xiangsheng.core.model import Hyperparameters

JOBS = "/fine_tuning/jobs"
CONTENT = b'{"prompt": "0:", "completion": "1"}\n'


@pytest.fixture
def service() -> Iterator[FalseService]:
    with false_service() as made:
        yield made


@pytest.fixture
def jobs(service: FalseService) -> Iterator[HostedJobs]:
    numbers = count()
    with connected(find_service(service.url, KEY, {})) as http:
        quick = replace(http, sleep=lambda _seconds: None)
        yield HostedJobs(quick, lambda: str(next(numbers)))


def request(jobs: HostedJobs, **changed: object) -> JobRequest:
    file, _ = jobs.files.upload("data.jsonl", CONTENT)
    return replace(JobRequest(file, "gpt-x"), **changed)  # type: ignore[arg-type]


def test_a_job_is_asked_for_in_todays_words(service: FalseService, jobs: HostedJobs) -> None:
    hyper = Hyperparameters(3, 2, learning_rate_multiplier=0.5, seed=7)
    jobs.create(request(jobs, hyper=hyper, suffix="小试", metadata={"who": "甲"}))
    (made,) = service.jobs
    chosen = {"n_epochs": 3, "batch_size": 2, "learning_rate_multiplier": 0.5}
    assert made["method"] == {"type": "supervised", "supervised": {"hyperparameters": chosen}}
    assert (made["suffix"], made["seed"], made["training_file"]) == ("小试", 7, "file-1")
    assert made["metadata"].pop("who") == "甲"
    assert set(made["metadata"]) == {"xiangsheng"}


@pytest.mark.parametrize("cut", [0, 30])
def test_a_job_whose_answer_is_lost_is_found_and_made_once(
    service: FalseService, jobs: HostedJobs, cut: int
) -> None:
    asked = request(jobs)
    service.faults.append(Fault("POST", JOBS, cut=cut))
    job = jobs.create(asked)
    assert service.count(f"POST {JOBS}") == 1
    assert [one["id"] for one in service.jobs] == [job.label]


def test_a_job_that_was_not_made_is_asked_for_again(
    service: FalseService, jobs: HostedJobs
) -> None:
    asked = request(jobs)
    service.faults.append(Fault("POST", JOBS, cut=0, undone=True))
    assert jobs.create(asked).label == service.jobs[0]["id"]
    assert len(service.jobs) == 1


def test_another_of_the_same_is_not_taken_for_the_lost_one(
    service: FalseService, jobs: HostedJobs
) -> None:
    first = jobs.create(request(jobs))
    service.faults.append(Fault("POST", JOBS, cut=0))
    second = jobs.create(request(jobs, again=True))
    assert second.label != first.label
    assert len(service.jobs) == 2


def test_a_file_is_sent_once(service: FalseService, jobs: HostedJobs) -> None:
    service.faults.append(Fault("POST", "/files", cut=0))
    file, is_new = jobs.files.upload("a/data.jsonl", CONTENT)
    assert (file, is_new) == ("file-1", True)
    assert jobs.files.upload("b/data.jsonl", CONTENT) == ("file-1", False)
    assert jobs.files.upload("data.jsonl", CONTENT + CONTENT)[1]
    service.faults.append(Fault("POST", "/files", cut=0))
    assert jobs.files.upload("data.jsonl", CONTENT, again=True) == ("file-3", True)
    assert service.count("POST /files") == 3


def test_a_twin_is_found_where_the_service_does_not_look_at_metadata(
    service: FalseService, jobs: HostedJobs
) -> None:
    service.filters = False
    job = jobs.create(request(jobs))
    service.job()
    assert jobs.create(request(jobs)).label == job.label
    assert jobs.create(request(jobs, suffix="other")).label != job.label


@pytest.mark.parametrize("ended", ["failed", "cancelled", "succeeded"])
def test_no_twin_is_a_job_that_failed_or_whose_model_is_gone(
    service: FalseService, jobs: HostedJobs, ended: str
) -> None:
    job = jobs.create(request(jobs))
    service.jobs[0].update(status=ended, fine_tuned_model="ft:gpt-x:1")
    gone = {"error": {"message": "The model does not exist", "code": "model_not_found"}}
    service.faults.append(Fault("GET", "/models/.*", status=404, body=gone))
    assert jobs.create(request(jobs)).label != job.label


def test_every_page_is_read(service: FalseService, jobs: HostedJobs) -> None:
    for _ in range(250):
        service.job()
    found, more = jobs.list()
    assert [job.label for job in found] == [job["id"] for job in service.jobs]
    assert not more
    page, more = jobs.list(after=found[9].label, limit=7)
    assert [job.label for job in page] == [job.label for job in found[10:17]]
    assert more


def test_events_are_numbered_once_through_pages_and_cuts(
    service: FalseService, jobs: HostedJobs
) -> None:
    job = service.job()["id"]
    for number in range(150):
        service.say(f"no. {number}")
    service.faults.append(Fault("GET", f"{JOBS}/{job}/events", times=2, cut=300))
    first = jobs.events(job)
    assert [event.message for event in first] == [f"no. {number}" for number in range(150)]
    service.step(1, 4, 2.5)
    service.step(2, 4, 1.5)
    found, later = jobs.look(job, after=150)
    assert [event.number for event in later] == [151, 152]
    assert (found.stage.done, found.stage.total, found.stage.detail) == (2, 4, "loss 1.5000")
    assert jobs.events(job)[:150] == first


def test_a_service_that_pages_badly_ends(service: FalseService, jobs: HostedJobs) -> None:
    """One that ignores `after` would be asked for ever."""
    page = {"data": [{"id": "ftjob-1", "status": "queued"}], "has_more": True}
    service.faults.append(Fault("GET", JOBS, times=9, status=200, body=page))
    assert len(jobs.list()[0]) == 2
    assert service.count(f"GET {JOBS}") == 2


def test_a_lost_cancellation_is_looked_for(service: FalseService, jobs: HostedJobs) -> None:
    job = service.job()["id"]
    service.faults.append(Fault("POST", f"{JOBS}/{job}/cancel", cut=0))
    assert jobs.cancel(job).state is JobState.CANCELLED
    assert service.count(f"POST {JOBS}/{job}/cancel") == 1


def test_a_service_that_cannot_pause_says_so(service: FalseService, jobs: HostedJobs) -> None:
    job = service.job()["id"]
    with pytest.raises(ServiceError, match="does not have a way to pause jobs"):
        jobs.pause(job)


def test_a_lost_deletion_is_a_deletion(service: FalseService, jobs: HostedJobs) -> None:
    service.forgets = True
    job = service.job(status="succeeded")["id"]
    service.faults.append(Fault("DELETE", "/fine-tunes/.*", cut=0))
    assert jobs.delete(job).label == job
    assert service.jobs == []


def test_a_file_whose_lost_deletion_is_repeated_is_gone(
    service: FalseService, jobs: HostedJobs
) -> None:
    gone = {"error": {"message": "No such File object"}}
    service.faults = [
        Fault("DELETE", "/files/file-1", cut=0),
        Fault("DELETE", "/files/file-1", status=404, body=gone),
    ]
    jobs.files.delete("file-1")
    assert service.count("DELETE /files/file-1") == 2


def test_ids_are_asked_for_as_typed_and_then_as_today(
    service: FalseService, jobs: HostedJobs
) -> None:
    ours, theirs = service.job()["id"], service.job(id="ft-older")["id"]
    assert jobs.get(ours.replace("ftjob-", "ft-")).label == ours
    assert jobs.get(theirs).label == theirs
    with pytest.raises(UsageError, match="ft-nothere"):
        jobs.get("nothere/../../models")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, b"<html>", ServiceError("", code="no_api")),
        (405, b"{}", ServiceError("", code="no_api")),
        (400, {"error": {"code": "model_not_found", "message": "x"}}, UnknownModelError("")),
        (404, {"error": {"param": "model", "message": "x"}}, UnknownModelError("")),
        (400, {"error": {"code": "odd", "message": "x"}}, UsageError("", code="odd")),
        (404, {"error": {"code": "gone", "message": "No such file"}}, UsageError("", code="gone")),
        (404, {"error": {"message": "Invalid URL (POST /x)"}}, ServiceError("", code="no_api")),
        (403, {"error": {"message": "not for you"}}, ServiceError("", code="refused")),
    ],
)
def test_what_a_service_refuses_has_our_words(
    service: FalseService, jobs: HostedJobs, status: int, body: object, expected: XiangshengError
) -> None:
    asked = request(jobs)
    service.faults.append(Fault("POST", JOBS, status=status, body=body))
    with pytest.raises(type(expected)) as caught:
        jobs.create(asked)
    assert caught.value.code == expected.code


def test_what_no_service_can_be_told_is_refused_here(
    service: FalseService, jobs: HostedJobs
) -> None:
    for wrong, code in (
        ({"hyper": Hyperparameters(prompt_loss_weight=0.5)}, "hyperparameter"),
        ({"suffix": "x" * 65}, "suffix"),
        ({"model": ""}, "no_model_named"),
    ):
        with pytest.raises(UsageError) as caught:
            jobs.create(request(jobs, **wrong))
        assert caught.value.code == code
    assert not service.jobs


def test_a_result_file_may_come_in_base64(service: FalseService, jobs: HostedJobs) -> None:
    service.job(status="succeeded", result_files=["file-plain"])
    service.job(status="succeeded", result_files=["file-base"])
    service.contents = {"file-plain": b"step,loss\n1,2\n", "file-base": b"c3RlcCxsb3NzCjEsMgo="}
    assert {jobs.results(job.label) for job in jobs.list()[0]} == {"step,loss\n1,2\n"}


def test_a_service_without_deletion_says_what_can_be_deleted(
    service: FalseService, jobs: HostedJobs
) -> None:
    service.job(status="succeeded", fine_tuned_model="ft:gpt-x:1; ls")
    with pytest.raises(UsageError, match="forgets no jobs") as caught:
        jobs.delete("ftjob-0001")
    assert "models.delete -i 'ft:gpt-x:1; ls'" in caught.value.hint


def test_nobody_there_is_an_error_of_its_own(jobs: HostedJobs, service: FalseService) -> None:
    service.faults.append(Fault("GET", JOBS, times=99, cut=0))
    with pytest.raises(UnreachableError, match="was lost"):
        jobs.list()
