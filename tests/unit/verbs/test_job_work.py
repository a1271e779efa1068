"""Jobs on a very small local:ada, from the queue to the model."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import ladders
from jobs import TURNS, JobHome, do_all, job_home, never, rows
from ladders import QUIET
from xiangsheng.core.errors import LeaseLostError
from xiangsheng.core.generation import Sampling
from xiangsheng.core.job import JobRequest, JobState
from xiangsheng.core.model import Control, Hyperparameters, Precision, TunedModel
from xiangsheng.core.rendering import Rendering
from xiangsheng.running.worker import Watch, Worker
from xiangsheng.store.job_leases import LEASE_S, Owner
from xiangsheng.verbs.complete import complete
from xiangsheng.verbs.job_work import JobWork

pytest.importorskip("torch")

HYPER = Hyperparameters(4, 3, learning_rate_multiplier=1.0, precision=Precision.FP32)


@pytest.fixture
def home(
    tmp_path: Path, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[JobHome]:
    ladders.lower(monkeypatch)
    with job_home(tmp_path, tables) as made:
        yield made


def request(home: JobHome, *, held: bool = True, model: str = "ada") -> JobRequest:
    return JobRequest(home.file(), model, home.file(rows(TURNS[:2])) if held else "", HYPER)


def test_a_job_says_what_the_service_of_2022_said(home: JobHome) -> None:
    job = home.jobs.create(request(home))
    do_all(home)
    done = home.jobs.get(job.id)
    assert done.state is JobState.SUCCEEDED
    model = f"local:ada:ft-2026-01-31-09-30-00-{job.id}"
    assert done.fine_tuned_model == job.spec.model == model
    told = home.told(job)
    assert told[4] == "Fine-tune started"
    assert told[5].startswith("building local:ada")
    assert told[6:] == [
        "Completed epoch 1/4",
        "Completed epoch 2/4",
        f"Checkpoint created at step 6: {model}:ckpt-step-6",
        "Completed epoch 3/4",
        f"Checkpoint created at step 9: {model}:ckpt-step-9",
        "Completed epoch 4/4",
        f"Uploaded model: {model}",
        f"Uploaded result file: {done.result_file}",
        "Fine-tune succeeded",
    ]


def test_the_result_file_has_the_curve_of_2022(home: JobHome) -> None:
    job = home.jobs.create(request(home))
    do_all(home)
    table = list(csv.DictReader(io.StringIO(home.jobs.results(job.id))))
    assert [row["step"] for row in table] == [str(step) for step in range(1, 13)]
    assert [row["elapsed_examples"] for row in table][:3] == ["3", "6", "8"]
    assert float(table[-1]["training_loss"]) < float(table[0]["training_loss"])
    for row in table:
        assert (
            0 <= float(row["training_sequence_accuracy"]) <= float(row["training_token_accuracy"])
        )
        assert bool(row["validation_loss"]) == (int(row["step"]) % 3 == 0)
    assert home.jobs.get(job.id).trained_tokens == int(table[-1]["elapsed_tokens"])
    first, *_ = [event for event in home.jobs.events(job.id) if event.metrics]
    assert first.data["total_steps"] == 12
    assert first.message.startswith("Step 1/12: training loss=")


def test_without_a_validation_file_there_are_no_columns_of_it(home: JobHome) -> None:
    job = home.jobs.create(request(home, held=False))
    do_all(home)
    assert home.jobs.results(job.id).splitlines()[0] == (
        "step,elapsed_tokens,elapsed_examples,training_loss,"
        "training_sequence_accuracy,training_token_accuracy"
    )


def test_the_model_and_its_checkpoints_answer_and_can_be_tuned_on(home: JobHome) -> None:
    job = home.jobs.create(request(home))
    do_all(home)
    newest, oldest = home.jobs.table.checkpoints(job.id)
    assert (newest.step, oldest.step) == (9, 6)
    assert set(newest.metrics) >= {"train_loss", "valid_loss", "valid_mean_token_accuracy"}
    sampling = Sampling(max_tokens=4, temperature=0)
    for name in (job.spec.model, newest.model, job.spec.model.removeprefix("local:")):
        assert complete(name, "0: 谁？\n1:", sampling, home.workspace, QUIET).completions
    next_one = home.jobs.create(request(home, model=newest.model))
    do_all(home)
    made = home.workspace.models.get(home.jobs.get(next_one.id).fine_tuned_model)
    assert made
    assert made.base == newest.model
    with pytest.raises(StopIteration):
        next(home.workspace.home.jobs.glob("0*"))


def test_threads_and_precision_are_those_of_when_it_was_made(home: JobHome) -> None:
    job = home.jobs.create(request(home))
    machine = job.spec.machine
    assert machine
    assert (machine.precision, machine.device, machine.threads) == ("fp32", "cpu", 1)
    assert job.spec.hyper.precision is Precision.FP32


def test_another_machine_than_it_was_made_for_fails_it(
    home: JobHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = home.jobs.create(request(home))
    monkeypatch.setattr("torch.__version__", "9.9")
    do_all(home)
    ended = home.jobs.get(job.id)
    assert ended.error
    assert ended.error.code == "job_changed"
    assert "torch was " in ended.error.message
    assert not (home.workspace.home.jobs / job.id).exists()


def test_paused_and_resumed_it_makes_the_same_model(home: JobHome) -> None:
    straight = home.jobs.create(request(home))
    do_all(home)
    paused = home.jobs.create(replace(request(home), again=True))
    steps = stop_at(home, paused.id, 5)
    assert steps == 5
    assert home.state(paused) is JobState.PAUSED
    assert not home.jobs.get(paused.id).working
    home.jobs.resume(paused.id)
    do_all(home)
    models = [home.workspace.models.get(job.spec.model) for job in (straight, paused)]
    assert models[0]
    assert models[1]
    assert models[0].digest == models[1].digest
    assert home.jobs.results(straight.id) == home.jobs.results(paused.id)


def test_who_slept_through_its_lease_leaves_the_others_result_as_it_is(home: JobHome) -> None:
    job = home.jobs.create(request(home))
    workspace, clock = home.workspace, home.time.clock()
    asleep = workspace.leases(clock).claim(Owner("elsewhere", "cpu", "1"))
    assert asleep
    home.time.passed += LEASE_S + 1
    do_all(home)
    result = home.jobs.results(job.id)
    place = workspace.home.models / ".making-late"
    place.mkdir()
    late = TunedModel(job.spec.model, job.spec.base, "0" * 64, Rendering())
    with pytest.raises(LeaseLostError):
        JobWork(workspace, clock)._finish(asleep, late, place)
    assert home.jobs.results(job.id) == result
    assert list(workspace.home.files.glob(".file-*")) == []


def test_a_paused_job_that_is_cancelled_leaves_nothing_whoever_is_alive(
    home: JobHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = home.jobs.create(request(home))
    stop_at(home, job.id, 2)
    left = home.workspace.home.jobs / job.id
    assert list(left.rglob("step-*"))
    monkeypatch.setattr("xiangsheng.verbs.home_jobs.worker_alive", lambda _home: True)
    home.jobs.cancel(job.id)
    assert not left.exists()


def stop_at(home: JobHome, job: str, step: int) -> int:
    """Pauses a job when that many steps are done; the steps told of when its worker has let go."""
    leases = home.workspace.leases(home.time.clock())
    worker = Worker(
        leases,
        Owner("here", "cpu", "1"),
        JobWork(home.workspace, home.time.clock()),
        home.time.clock(),
        lambda _seconds: None,
        lambda _text: None,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Watch, "control", pausing(home, job, step))
        worker.work(never, idle=0)
    return home.jobs.get(job).step


def pausing(home: JobHome, job: str, step: int) -> Callable[[Watch], Control]:
    wishes = iter([Control.RUN] * step)

    def control(_watch: Watch) -> Control:
        wish = next(wishes, Control.CANCEL)
        if wish is Control.CANCEL:
            home.jobs.pause(job)
        return wish

    return control


def test_deleting_one_of_two_equal_models_leaves_the_other(home: JobHome) -> None:
    first = home.jobs.create(request(home))
    second = home.jobs.create(replace(request(home), again=True))
    do_all(home)
    home.jobs.delete(first.id)
    sampling = Sampling(max_tokens=2)
    assert complete(second.spec.model, "0: 谁？\n1:", sampling, home.workspace, QUIET).completions
