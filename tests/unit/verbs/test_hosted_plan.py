"""A job for a service before it is made: its files, its price, and what is left behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from false_service import KEY, FalseService, Fault, false_service
from jobs import TURNS, rows
from xiangsheng.backends.hosted.http import connected
from xiangsheng.backends.hosted.jobs import HostedJobs
from xiangsheng.backends.hosted.service import Service
from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.estimate import Cost, Estimate
from xiangsheng.core.generation import Usage
from xiangsheng.core.job import JobRequest
from xiangsheng.core.words import Words
from xiangsheng.pricing.price_book import open_book
from xiangsheng.verbs.hosted_cost import cost_of
from xiangsheng.verbs.hosted_plan import HostedPlan, plan_hosted, start_hosted

WHEN = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.fixture
def service() -> Iterator[FalseService]:
    with false_service() as made:
        yield made


@pytest.fixture
def jobs(service: FalseService) -> Iterator[HostedJobs]:
    """As if it were OpenAI's own."""
    with connected(Service("openai", service.url, "openai", KEY)) as http:
        yield HostedJobs(replace(http, sleep=lambda _seconds: None), lambda: "nonce")


def plan(jobs: HostedJobs, path: Path, model: str = "gpt-x", held: str = "") -> HostedPlan:
    request = JobRequest(str(path), model, held)
    return plan_hosted(request, jobs, open_book(()), WHEN)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "data.jsonl"
    made.write_text(rows(), "utf-8")
    return made


def test_the_price_is_that_of_the_book(jobs: HostedJobs, path: Path) -> None:
    made = plan(jobs, path, "openai:gpt-4o-mini-2024-07-18")
    assert made.request.model == "gpt-4o-mini-2024-07-18"
    assert isinstance(made.cost, Estimate)
    assert made.tokens is not None
    paid = Decimal(made.tokens.likely) * 4 * 3 / 1_000_000  # four epochs at 3.00 USD per 1M
    assert (made.cost.cost.amount, made.cost.cost.currency) == (paid, "USD")


def test_a_price_that_nobody_knows_is_said_to_be_unknown(jobs: HostedJobs, path: Path) -> None:
    assert isinstance(plan(jobs, path, "gpt-that-never-was").cost, Words)
    elsewhere = replace(jobs, http=replace(jobs.http, service=replace(jobs.http.service, name="x")))
    made = plan(elsewhere, path, "gpt-4o-mini-2024-07-18")
    assert isinstance(made.cost, Words)
    assert "the price book has nothing of x" in made.cost.en


def test_nothing_is_sent_before_it_is_started(
    service: FalseService, jobs: HostedJobs, path: Path
) -> None:
    made = plan(jobs, path)
    assert not [asked for asked in service.asked if asked.startswith("POST")]
    job = start_hosted(made, jobs)
    assert [file["filename"] for file in service.files] == [f"data-{made.training.mark}.jsonl"]
    found = plan(jobs, path).twin
    assert found is not None
    assert found.label == job.label


def test_a_file_of_the_service_is_taken_by_its_id(
    service: FalseService, jobs: HostedJobs, path: Path
) -> None:
    file, _ = jobs.files.upload("data.jsonl", path.read_bytes())
    made = plan(jobs, Path(file))
    assert made.tokens is None
    assert made.identity == plan(jobs, path).identity
    start_hosted(made, jobs)
    assert service.jobs[0]["training_file"] == file
    with pytest.raises(UsageError) as caught:
        plan(jobs, path, held="file-nothere")
    assert caught.value.code == "no_file"


def test_what_was_sent_for_a_job_that_is_refused_goes_again(
    service: FalseService, jobs: HostedJobs, path: Path
) -> None:
    body = {"error": {"message": "no", "code": "model_not_found"}}
    service.faults.append(Fault("POST", "/fine_tuning/jobs", status=400, body=body))
    with pytest.raises(UsageError):
        start_hosted(plan(jobs, path), jobs)
    assert service.count("POST /files") == 1
    assert service.files == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"prompt": 1}\n', "training_file"),
        (b"", "training_file"),
        (rows().encode("gb18030"), "encoding"),
        (rows().encode("utf-8-sig"), "encoding"),
    ],
)
def test_a_file_is_checked_before_anything_is_asked(
    service: FalseService, jobs: HostedJobs, path: Path, content: bytes, code: str
) -> None:
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        plan(jobs, path)
    assert caught.value.code == code
    assert service.asked == []


def test_both_files_are_of_one_kind(jobs: HostedJobs, path: Path) -> None:
    held = path.with_name("held.jsonl")
    held.write_text(
        '{"messages": [{"role": "user", "content": "在吗"}, {"role": "assistant", "content": "好"}]}\n',
        "utf-8",
    )
    with pytest.raises(DataError, match="one file has chat messages"):
        plan(jobs, path, held=str(held))
    held.write_text(rows(TURNS[:2]), "utf-8")
    assert plan(jobs, path, held=str(held)).validation is not None


def test_an_answers_cost_is_that_of_the_book() -> None:
    book, usage = open_book(()), Usage(1_000_000, 1_000_000)
    tuned = cost_of(usage, "openai", "ft:gpt-4o-mini-2024-07-18:org::id", book, WHEN)
    assert isinstance(tuned, Cost)
    assert (tuned.amount, tuned.currency) == (Decimal("1.50"), "USD")
    assert isinstance(cost_of(usage, "openai", "gpt-that-never-was", book, WHEN), Words)
    assert isinstance(cost_of(usage, "elsewhere", "gpt-4o-mini-2024-07-18", book, WHEN), Words)
