"""The home's own jobs: what is chosen for them, what may be deleted, who is started for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import ladders
from jobs import BEGUN, TURNS, JobHome, do_all, job_home, rows
from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.job import JobRequest, JobState
from xiangsheng.core.model import Hyperparameters
from xiangsheng.core.rendering import Format
from xiangsheng.core.stored_file import FileStatus
from xiangsheng.verbs.job_plan import plan_job
from xiangsheng.verbs.stored_files import delete_file, upload_path


@pytest.fixture
def home(tmp_path: Path, tables: dict[str, str]) -> Iterator[JobHome]:
    with job_home(tmp_path, tables) as made:
        yield made


def many(number: int) -> str:
    return rows([(f"0: {place}\n1:", " 是。\n") for place in range(number)])


@pytest.mark.parametrize(
    ("examples", "batch", "multiplier"),
    [
        (1, 1, 0.05),
        (499, 1, 0.05),
        (1000, 2, 0.05),
        (5_000, 10, 0.1),
        (25_000, 50, 0.2),
        (200_000, 256, 0.2),
    ],
)
def test_what_is_left_open_is_chosen_as_in_2022(
    home: JobHome, examples: int, batch: int, multiplier: float
) -> None:
    request = JobRequest(home.file(many(examples)), "ngram:3")
    hyper = plan_job(request, home.workspace, home.jobs.table).spec.hyper
    assert (hyper.epochs, hyper.batch_size, hyper.learning_rate_multiplier) == (
        4,
        batch,
        multiplier,
    )
    assert hyper.prompt_loss_weight == 0.01


def test_the_model_shares_its_jobs_id(home: JobHome) -> None:
    job = home.jobs.create(JobRequest(home.file(), "ngram:3", suffix="我的 Model!"))
    assert job.spec.model == f"ngram:3:ft-我的-model-2026-01-31-09-30-00-{job.id}"
    assert job.created_at == BEGUN.timestamp()


def test_an_id_that_a_model_ends_with_is_not_given_again(home: JobHome) -> None:
    home.job()
    do_all(home)
    home.number = 0
    assert home.job().id == "00000002"


def test_a_file_is_what_it_was_found_to_be(home: JobHome) -> None:
    good, bad = home.file(), home.file("{\n")
    home.jobs.create(JobRequest(good, "ngram:3"))
    with pytest.raises(DataError) as caught:
        home.jobs.create(JobRequest(bad, "ngram:3"))
    assert caught.value.code == "training_file"
    found = {file.id: file for file in home.workspace.files.all()}
    assert found[good].status is FileStatus.PROCESSED
    assert found[bad].status is FileStatus.ERROR
    assert found[bad].details.startswith("Invalid file format. Example 1 cannot be parsed. Error: ")


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_a_file_without_examples_is_refused(home: JobHome, text: str) -> None:
    with pytest.raises(DataError, match="has no examples"):
        home.jobs.create(JobRequest(home.file(text), "ngram:3"))


def test_a_file_that_is_no_text_is_refused(home: JobHome, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_bytes(b"\x81\xff\xfe\x30\n")
    file, _ = upload_path(tmp_path / "bad.jsonl", home.workspace, home.time.clock())
    with pytest.raises(DataError, match="does not decode"):
        home.jobs.create(JobRequest(file.id, "ngram:3"))
    assert home.workspace.files.find(file.id).status is FileStatus.ERROR


def test_files_of_two_kinds_make_no_job(home: JobHome) -> None:
    chat = (
        '{"messages": [{"role": "user", "content": "谁"}, {"role": "assistant", "content": "我"}]}'
    )
    with pytest.raises(DataError, match="one file has chat messages"):
        home.jobs.create(JobRequest(home.file(), "ngram:3", home.file(chat)))


def test_what_it_would_have_cost_is_told_before_it_is_enqueued(home: JobHome) -> None:
    job = home.jobs.create(home.request(epochs=2))
    created, costs, queued, estimated = home.jobs.events(job.id)
    characters = sum(len(prompt) + len(completion) for prompt, completion in TURNS)
    davinci = 0.03 * 1.88 * characters * 2 / 1000
    assert created.message == f"Created fine-tune: ft-{job.id}"
    assert costs.message == f"Fine-tune costs $0.00. On GPT-3 davinci in 2022: about ${davinci:.2f}"
    assert queued.message == "Fine-tune enqueued. Queue number: 0"
    assert estimated.message.startswith("Estimated: starts now, takes about ")


def test_a_worker_is_asked_for_when_there_is_something_to_do(home: JobHome) -> None:
    job = home.jobs.create(home.request())
    assert len(home.asked_for) == 1
    home.jobs.pause(job.id)
    home.jobs.tend(home.jobs.get(job.id))
    assert len(home.asked_for) == 1
    home.jobs.resume(job.id)
    assert len(home.asked_for) == 2
    home.jobs.cancel(job.id)
    home.jobs.tend(home.jobs.get(job.id))
    assert len(home.asked_for) == 2


def test_what_is_left_in_a_queue_is_tended_without_anybody_naming_it(home: JobHome) -> None:
    home.jobs.tend_all()
    assert home.asked_for == []
    job = home.job()
    home.asked_for.clear()
    home.jobs.tend_all()
    assert home.asked_for == [home.workspace.home]
    home.jobs.pause(job.id)
    home.jobs.tend_all()
    home.jobs.cancel(job.id)
    home.jobs.tend_all()
    assert len(home.asked_for) == 1


def test_deleting_a_job_removes_its_model_and_its_results(home: JobHome) -> None:
    job = home.job()
    with pytest.raises(UsageError, match="only a job that has ended can be deleted"):
        home.jobs.delete(job.id)
    do_all(home)
    made = home.jobs.get(job.id)
    assert home.workspace.models.get(made.fine_tuned_model)
    home.jobs.delete(made.modern_id)
    assert home.workspace.models.all() == ()
    assert list(home.workspace.home.models.iterdir()) == []
    assert home.workspace.files.all("fine-tune-results") == ()
    with pytest.raises(UsageError, match="Could not find fine tune"):
        home.jobs.get(job.id)


def test_a_job_whose_model_was_deleted_is_done_again(home: JobHome) -> None:
    first = home.jobs.create(home.request())
    do_all(home)
    assert home.jobs.create(home.request()).id == first.id
    home.workspace.models.delete(first.spec.model)
    assert home.jobs.create(home.request()).id != first.id


def test_a_model_that_a_waiting_job_needs_is_not_deleted(home: JobHome) -> None:
    first = home.job()
    do_all(home)
    second = home.jobs.create(home.request(first.spec.model))
    with pytest.raises(UsageError, match="is the base of ft-") as caught:
        home.jobs.delete(first.id)
    assert caught.value.code == "model_in_use"
    home.jobs.cancel(second.id)
    home.jobs.delete(first.id)


def test_a_file_that_a_waiting_job_needs_is_not_deleted(home: JobHome) -> None:
    job = home.job()
    file = job.spec.training.id
    with pytest.raises(UsageError, match="is needed by ft-") as caught:
        delete_file(file, home.workspace, home.time.clock())
    assert caught.value.code == "file_in_use"
    home.jobs.cancel(job.id)
    delete_file(file, home.workspace, home.time.clock())
    assert home.workspace.files.get(file) is None


def test_an_equal_file_is_not_kept_twice_unless_wanted(home: JobHome, tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(rows(), "utf-8")
    clock = home.time.clock()
    first, is_new = upload_path(path, home.workspace, clock)
    assert is_new
    assert upload_path(path, home.workspace, clock) == (first, False)
    assert upload_path(path, home.workspace, clock, again=True)[1]


def test_a_tuned_model_can_be_tuned_on(home: JobHome) -> None:
    first = home.job()
    do_all(home)
    second = home.jobs.create(home.request(first.spec.model))
    do_all(home)
    made = home.jobs.get(second.id)
    assert made.state is JobState.SUCCEEDED
    model = home.workspace.models.get(made.fine_tuned_model)
    assert model
    assert model.base == first.spec.model
    assert model.name.startswith("ngram:3:ft-2026")


def test_a_base_that_became_another_model_fails_its_job(
    home: JobHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    ladders.lower(monkeypatch)
    job = home.job("ada")
    monkeypatch.setattr("xiangsheng.backends.local.training.base.VERSION", 99)
    do_all(home)
    ended = home.jobs.get(job.id)
    assert ended.error
    assert ended.error.code == "model_changed"
    assert ended.state is JobState.FAILED


def test_how_it_is_prompted_is_seen_in_its_file(home: JobHome) -> None:
    rendering = home.job().spec.rendering
    assert (rendering.format, rendering.header, rendering.space) == (Format.TURNS, "", True)


def test_a_seed_and_an_epoch_make_another_job(home: JobHome) -> None:
    first = home.jobs.create(home.request())
    assert home.jobs.create(home.request(seed=1)).id != first.id
    assert home.jobs.create(home.request(epochs=Hyperparameters().epochs)).id == first.id
