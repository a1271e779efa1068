"""Where a job may go, and what it is called."""

from itertools import pairwise, product

import pytest

from xiangsheng.core.errors import UsageError
from xiangsheng.core.job import MOVES, Job, JobEvent, JobSpec, JobState, TrainingFile, job_id
from xiangsheng.core.model import Hyperparameters
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.stored_file import last_part

SPEC = JobSpec(
    "local:ada:ft-2026-01-31-09-30-00-0a1b2c3d",
    "local:ada",
    "0" * 64,
    TrainingFile("file-1", "data.jsonl", "0" * 64, 1, 2, 3),
    Rendering(),
    Hyperparameters(),
)


def job(state: JobState) -> Job:
    return Job("0a1b2c3d", SPEC, state, 0, 0)


@pytest.mark.parametrize(
    "path",
    [
        "validating_files queued running succeeded",
        "validating_files failed",
        "queued running failed",
        "queued running paused queued running succeeded",
        "queued paused cancelled",
        "queued cancelled",
        "running cancelled",
    ],
)
def test_a_job_may_go(path: str) -> None:
    for here, there in pairwise(map(JobState, path.split())):
        job(here).refuse(there)


def test_a_job_that_has_ended_stays_as_it_is() -> None:
    ended = {JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}
    assert {state for state in JobState if state.ended} == ended
    for here, there in product(ended, JobState):
        with pytest.raises(UsageError, match="cannot become") as caught:
            job(here).refuse(there)
        assert caught.value.code == "job_state"
        assert "it has ended" in caught.value.hint


def test_no_job_stays_where_it_is_or_succeeds_without_running() -> None:
    for state, targets in MOVES.items():
        assert state not in targets
        assert (JobState.SUCCEEDED in targets) == (state is JobState.RUNNING)
    with pytest.raises(UsageError, match=r"ft-0a1b2c3d is queued and cannot become succeeded"):
        job(JobState.QUEUED).refuse(JobState.SUCCEEDED)


def test_all_its_names_say_the_same() -> None:
    made = job(JobState.QUEUED)
    assert {job_id(name) for name in (made.id, made.legacy_id, made.modern_id)} == {"0a1b2c3d"}
    assert JobEvent(made.id, 7, 0, "").id == "ftevent-0a1b2c3d-000007"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("data.jsonl", "data.jsonl"),
        ("/data/a b/训练.jsonl", "训练.jsonl"),
        (r"C:\data\train.jsonl", "train.jsonl"),
        ("../../etc/passwd", "passwd"),
        ("a/..", "a"),
        ("..", "file"),
        ("/", "file"),
        ("", "file"),
        (".. /. ./ ", "file"),
        ("a\0b", "ab"),
        ("x" * 300 + ".jsonl", "x" * 249 + ".jsonl"),
    ],
)
def test_a_name_is_the_last_part_of_a_path(path: str, name: str) -> None:
    assert last_part(path) == name
