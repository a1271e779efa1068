"""One job seen through the API of 2022 and through today's."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jobs import BEGUN, TURNS, JobHome, do_all, job_home, rows
from xiangsheng.core.job import (
    Job,
    JobCheckpoint,
    JobError,
    JobEvent,
    JobRequest,
    JobState,
    Level,
)
from xiangsheng.verbs.job_views import (
    legacy_event,
    legacy_view,
    modern_checkpoint,
    modern_event,
    modern_view,
    wire_name,
)

MADE = int(BEGUN.timestamp())


@pytest.fixture
def home(tmp_path: Path) -> Iterator[JobHome]:
    with job_home(tmp_path) as made:
        yield made


def done(home: JobHome) -> Job:
    request = JobRequest(home.file(), "ngram:3", home.file(rows(TURNS[:2])), metadata={"a": "b"})
    job = home.jobs.create(request)
    do_all(home)
    return home.jobs.get(job.id)


def test_as_in_2022(home: JobHome) -> None:
    job = done(home)
    found = legacy_view(job, home.workspace)
    assert found["id"] == f"ft-{job.id}"
    assert (found["object"], found["status"]) == ("fine-tune", "succeeded")
    assert found["fine_tuned_model"].endswith(job.id)
    (training,), (held,), (result,) = (
        found[name] for name in ("training_files", "validation_files", "result_files")
    )
    assert (training["id"], held["id"]) == (job.spec.training.id, job.spec.validation.id)  # type: ignore[union-attr]
    assert (result["purpose"], result["filename"]) == ("fine-tune-results", "compiled_results.csv")
    assert "events" not in found
    home.workspace.files.delete(training["id"])
    (gone,) = legacy_view(job, home.workspace)["training_files"]
    assert (gone["id"], gone["status"]) == (training["id"], "deleted")


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (JobState.VALIDATING, "pending"),
        (JobState.QUEUED, "pending"),
        (JobState.RUNNING, "running"),
        (JobState.PAUSED, "running"),
        (JobState.SUCCEEDED, "succeeded"),
        (JobState.FAILED, "failed"),
        (JobState.CANCELLED, "cancelled"),
    ],
)
def test_its_state_has_a_name_then_and_today(home: JobHome, state: JobState, then: str) -> None:
    job = replace(home.job(), state=state)
    assert legacy_view(job, home.workspace)["status"] == then
    assert modern_view(job)["status"] == state.value


def test_as_today(home: JobHome) -> None:
    job = done(home)
    found = modern_view(job)
    assert found["id"] == f"ftjob-{job.id}"
    assert found["result_files"] == [job.result_file]
    assert found["training_file"] == job.spec.training.id
    assert found["metadata"] == {"a": "b"}
    assert found["error"] is None
    assert found["created_at"] == MADE
    assert found["method"]["supervised"]["hyperparameters"]["n_epochs"] == 4
    failed = replace(job, error=JobError("diverged", "the loss is nan"))
    assert modern_view(failed)["error"] == {
        "code": "diverged",
        "message": "the loss is nan",
        "param": None,
    }


def test_events_then_and_today() -> None:
    event = JobEvent("0a1b2c3d", 3, 9, "谁？", Level.WARN, metrics=True, data={"step": 1})
    assert legacy_event(event) == {
        "object": "fine-tune-event",
        "created_at": 9,
        "level": "warn",
        "message": "谁？",
    }
    assert modern_event(event) == {
        "object": "fine_tuning.job.event",
        "id": "ftevent-0a1b2c3d-000003",
        "created_at": 9,
        "level": "warn",
        "message": "谁？",
        "type": "metrics",
        "data": {"step": 1},
    }


def test_a_checkpoint_has_the_figures_of_its_step() -> None:
    metrics = {"train_loss": 2.0, "valid_loss": 3.0, "learning_rate": 0.1}
    found = modern_checkpoint(JobCheckpoint("x", 9, 7, "local:ada:ft-x:ckpt-step-9", metrics))
    assert found["metrics"] == {
        "step": 9,
        "train_loss": 2.0,
        "valid_loss": 3.0,
        "full_valid_loss": 3.0,
    }
    assert found["fine_tuned_model_checkpoint"] == "ada:ft-x:ckpt-step-9"
    assert (found["fine_tuning_job_id"], found["step_number"]) == ("ftjob-x", 9)


def test_over_the_wire_the_ladder_has_the_names_of_2022() -> None:
    assert wire_name("local:ada:ft-x") == "ada:ft-x"
    assert wire_name("ngram:5") == "ngram:5"
