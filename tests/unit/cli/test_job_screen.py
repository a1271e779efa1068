"""How jobs look."""

from dataclasses import replace

import pytest

from xiangsheng.cli.job_list import detailed, listed, standing
from xiangsheng.cli.job_screen import line, sparkline
from xiangsheng.core.job import (
    Elsewhere,
    Job,
    JobError,
    JobEvent,
    JobSpec,
    JobState,
    Stage,
    TrainingFile,
)
from xiangsheng.core.model import Hyperparameters
from xiangsheng.core.rendering import Rendering

SPEC = JobSpec(
    "ngram:3:ft-x-2026-01-31-09-30-00-0a1b2c3d",
    "ngram:3",
    "",
    TrainingFile("file-1", "坏\x1b[2J.jsonl", "", 1, 2, 3),
    Rendering(),
    Hyperparameters(batch_size=1, learning_rate_multiplier=0.05),
)
JOB = Job("0a1b2c3d", SPEC, JobState.QUEUED, 0, 0, ahead=2)


def test_a_falling_loss_falls() -> None:
    assert sparkline([8.0 - step for step in range(8)], width=8) == "█▇▆▅▄▃▂▁"
    assert sparkline([5.0] * 40, width=4) == "▁▁▁▁"
    assert sparkline([1.0, 2.0], width=4) == ""
    assert len(sparkline([float(step % 7) for step in range(100)])) == 16


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (JOB, "queued, 2 before it"),
        (replace(JOB, ahead=None, state=JobState.SUCCEEDED), "succeeded"),
        (replace(JOB, ahead=None, state=JobState.RUNNING), "running"),
        (replace(JOB, ahead=None, state=JobState.RUNNING, stage=Stage("x", 1, 4)), "running 25 %"),
    ],
)
def test_where_it_stands(job: Job, said: str) -> None:
    assert standing(job) == said


def test_names_of_others_steer_no_terminal() -> None:
    told = "\n".join(detailed(JOB))
    assert r"坏\x1b[2J.jsonl, 1 example)" in told
    assert "\x1b" not in line(JobEvent("x", 1, 0, "\x1b[2J"))


def test_what_is_to_be_typed_again_is_one_word_of_a_shell() -> None:
    there = replace(JOB, elsewhere=Elsewhere("x; rm -rf ~", "http://[::1]/v1"))
    assert there.typed == "'x; rm -rf ~' --base-url 'http://[::1]/v1'"
    assert JOB.typed == "ft-0a1b2c3d"


def test_a_dead_worker_is_said_and_so_is_an_error() -> None:
    dead = replace(JOB, ahead=None, state=JobState.RUNNING)
    assert any("its worker is gone" in line for line in detailed(dead))
    assert not any("is gone" in line for line in detailed(replace(dead, working=True)))
    failed = replace(dead, state=JobState.FAILED, error=JobError("diverged", "nan"))
    assert any("nan (diverged)" in line for line in detailed(failed))


def test_a_list_cuts_nothing_off() -> None:
    done = replace(JOB, ahead=None, state=JobState.SUCCEEDED, fine_tuned_model=SPEC.model)
    assert [text.split()[3:] for text in listed([JOB, done])] == [
        ["queued,", "2", "before", "it", "ngram:3"],
        ["succeeded", "ngram:3", "→", SPEC.model],
    ]
