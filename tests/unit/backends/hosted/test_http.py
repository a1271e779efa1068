"""What is asked again, when, and what never is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from false_service import KEY, FalseService, Fault, false_service
from xiangsheng.backends.hosted.failures import RefusedError
from xiangsheng.backends.hosted.http import Http, Json, connected
from xiangsheng.backends.hosted.service import find_service
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import ServiceError, UnreachableError

NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)


@dataclass
class Subject:
    service: FalseService
    http: Http
    slept: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


@contextmanager
def asking(service: FalseService, key: str = KEY) -> Iterator[Subject]:
    with connected(find_service(service.url, key, {})) as http:
        subject = Subject(service, http)
        clock = Clock(lambda: NOW, lambda: 0.0)
        subject.http = replace(
            http,
            sleep=subject.slept.append,
            draw=lambda: 1.0,
            clock=clock,
            tell=subject.told.append,
        )
        yield subject


@pytest.fixture
def subject() -> Iterator[Subject]:
    with false_service() as service, asking(service) as made:
        yield made


@pytest.mark.parametrize("cut", [0, 10])
def test_what_only_reads_is_asked_again(subject: Subject, cut: int) -> None:
    subject.service.faults.append(Fault("GET", "/models", times=3, cut=cut))
    assert subject.http.get("/models")["data"]
    assert subject.service.count("GET /models") == 4
    assert subject.slept == [0.5, 1.0, 2.0]


def test_a_service_that_goes_on_failing_is_given_up(subject: Subject) -> None:
    subject.service.faults.append(Fault("GET", "/models", times=100, status=500))
    with pytest.raises(
        ServiceError, match="failed: it gives no reason, but the status 500"
    ) as caught:
        subject.http.get("/models")
    assert caught.value.code == "service_failed"
    assert len(subject.slept) == 4


def test_what_may_have_been_done_and_cannot_be_looked_for_is_not_done_again(
    subject: Subject,
) -> None:
    for fault in (Fault("POST", "/completions", cut=0), Fault("POST", "/completions", status=502)):
        subject.service.faults = [fault]
        subject.service.asked.clear()
        with pytest.raises(ServiceError):
            subject.http.post("/completions", json={})
        assert subject.service.asked == ["POST /completions"]


@pytest.mark.parametrize("status", [429, 503])
def test_what_was_surely_not_done_is_done_again(subject: Subject, status: int) -> None:
    subject.service.faults.append(Fault("POST", "/completions", status=status))
    subject.http.post("/completions", json={})
    assert subject.service.count("POST /completions") == 2


def test_what_was_done_is_found_and_what_was_not_is_done(subject: Subject) -> None:
    def found() -> Json | None:
        return subject.service.jobs[0] if subject.service.jobs else None

    jobs = "/fine_tuning/jobs"
    subject.service.faults.append(Fault("POST", jobs, cut=20))
    assert subject.http.post(jobs, found, json={})["id"] == "ftjob-0001"
    assert len(subject.service.jobs) == 1
    subject.service.jobs.clear()
    subject.service.faults.append(Fault("POST", jobs, cut=0, undone=True))
    assert subject.http.post(jobs, found, json={})["id"] == "ftjob-0001"
    assert subject.service.count(f"POST {jobs}") == 3


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.5),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=30), usegmt=True)}, 30.0),
        ({"retry-after": "soon"}, 0.5),
        ({}, 0.5),
    ],
)
def test_a_service_says_when_to_come_again(
    subject: Subject, headers: dict[str, str], seconds: float
) -> None:
    subject.service.faults.append(Fault("GET", "/models", status=429, headers=headers))
    subject.http.get("/models")
    assert subject.slept == [seconds]
    name = subject.service.url[7:-3]
    assert subject.told == ([f"{name} asks to wait {seconds:.0f} s"] if seconds > 8 else [])


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET", "/models", 9, status=429, headers={"retry-after": "3600"}),
        Fault("GET", "/models", 9, status=429, headers={"retry-after": "9" * 400}),
        Fault("GET", "/models", 9, status=429, headers={"retry-after-ms": "inf"}),
        Fault("GET", "/models", 9, status=429, body={"error": {"code": "insufficient_quota"}}),
        Fault("GET", "/models", 9, status=500, headers={"x-should-retry": "false"}),
        Fault("GET", "/models", 9, status=400, body={"error": {"message": "no"}}),
    ],
)
def test_waiting_that_would_not_help_is_not_done(subject: Subject, fault: Fault) -> None:
    subject.service.faults.append(fault)
    with pytest.raises(ServiceError):
        subject.http.get("/models")
    assert subject.slept == []


def test_pauses_differ_and_stay_bounded(subject: Subject) -> None:
    patience = subject.http.patience
    assert patience.pause(1, lambda: 0.0) == 0.25
    assert patience.pause(50, lambda: 1.0) == 8.0


def test_a_wrong_key_is_said_and_not_shown() -> None:
    with (
        false_service() as service,
        asking(service, "sk-wrong-but-secret") as subject,
        pytest.raises(ServiceError) as caught,
    ):
        subject.http.get("/models")
    assert caught.value.code == "auth"
    assert "sk-wrong" not in f"{caught.value}{caught.value.hint}"
    assert "Incorrect API key provided: (the key)" in str(caught.value)


def test_no_key_goes_where_a_service_leads(subject: Subject) -> None:
    with false_service() as other:
        leads = {"location": f"{other.url}/models"}
        subject.service.faults.append(Fault("GET", "/models", status=307, headers=leads))
        with pytest.raises(ServiceError) as caught:
            subject.http.get("/models")
        assert other.asked == []
    assert caught.value.code == "moved"


def test_nobody_there_is_said_after_several_tries(subject: Subject) -> None:
    with false_service() as gone:
        url = gone.url
    http = replace(subject.http, service=find_service(url, KEY, {}))
    with pytest.raises(UnreachableError, match="cannot be reached"):
        http.post("/completions", json={})
    assert len(subject.slept) == 4
    with pytest.raises(UnreachableError, match="cannot be reached"):
        list(http.lines("/completions", {}))
    assert len(subject.slept) == 8


@pytest.mark.parametrize(
    ("first", "second", "is_done"),
    [
        ({"cut": 0}, {"error": {"message": "No such File object: file-1"}}, True),
        ({"status": 502}, {"error": {"message": "No such File object: file-1"}}, True),
        ({"status": 429}, {"error": {"message": "No such File object: file-1"}}, False),
        ({"cut": 0}, {"error": {"message": "Invalid URL (DELETE /v1/files/file-1)"}}, False),
        ({"cut": 0}, b"<html>", False),
    ],
)
def test_what_is_gone_after_a_try_that_was_lost_is_removed(
    subject: Subject, first: dict[str, int], second: object, *, is_done: bool
) -> None:
    path = "/files/file-1"
    subject.service.faults.append(Fault("DELETE", path, **first))  # type: ignore[arg-type]
    subject.service.faults.append(Fault("DELETE", path, status=404, body=second))
    if is_done:
        assert subject.http.remove(path) == {"id": "file-1", "deleted": True}
    else:
        with pytest.raises(RefusedError):
            subject.http.remove(path)
    assert subject.service.count(f"DELETE {path}") == 2


def test_a_line_of_a_stream_ends_where_its_own_format_says(subject: Subject) -> None:
    subject.service.stream = "data: 您\u2028好\x85\r\n\r\ndata: 好\n\rdata: 完".encode()
    lines = filter(None, subject.http.lines("/completions", {"stream": True}))
    assert list(lines) == ["data: 您\u2028好\x85", "data: 好", "data: 完"]


def test_a_stream_without_an_end_is_bounded(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xiangsheng.backends.hosted.http.LARGEST", 100)
    subject.service.stream = b"data: 1\n" * 20
    with pytest.raises(ServiceError, match="more than 100 bytes"):
        list(subject.http.lines("/completions", {"stream": True}))


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"", b"\xff"])
def test_what_is_no_answer_of_the_api_is_said(subject: Subject, body: bytes) -> None:
    subject.service.faults.append(Fault("GET", "/models", status=200, body=body or b" "))
    with pytest.raises(ServiceError, match="not as this API does"):
        subject.http.get("/models")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>nginx</html>",
        b'{"detail": "Not Found"}',
        b'{"error": 3}',
        b'{"error":' + b"[" * 10**5,
    ],
)
def test_a_refusal_need_not_be_the_apis(subject: Subject, body: bytes) -> None:
    subject.service.faults.append(Fault("GET", "/models", status=404, body=body))
    with pytest.raises(RefusedError, match="the status 404") as caught:
        subject.http.get("/models")
    assert not caught.value.enveloped
