"""`ft` and the commands of 2022, as a person types them, with real workers."""

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from jobs import TURNS, rows
from surfaces.command import Command
from surfaces.terminal import Terminal

CREATE = ("ft", "create", "-t", "data.jsonl", "-m", "ngram:3")
ID = re.compile(r"ft-[0-9a-f]{8}")


@pytest.fixture(autouse=True)
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Workers end soon, and at the latest with their test."""
    monkeypatch.setenv("XIANGSHENG_WORKER_IDLE_S", "0.5")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.jsonl").write_text(rows(), "utf-8")
    yield
    with suppress(OSError, ValueError):
        number = int((tmp_path / ".xiangsheng" / "jobs" / "worker-cpu.pid").read_text())
        if b"ft\0work" in Path(f"/proc/{number}/cmdline").read_bytes():
            os.kill(number, signal.SIGTERM)


def the_id(text: str) -> str:
    found = ID.search(text)
    assert found, text
    return found[0]


def document(command: Command, *arguments: str) -> dict[str, object]:
    result = command.call(*arguments)
    assert result.code == 0, result.err
    found: dict[str, object] = json.loads(result.out)
    return found


def data(command: Command, *arguments: str) -> list[dict[str, object]]:
    found = document(command, *arguments)["data"]
    assert isinstance(found, list)
    return found


def wait_for_state(command: Command, job: str, *states: str) -> dict[str, object]:
    deadline = time.monotonic() + 60
    while (found := document(command, "ft", "get", job, "--json"))["status"] not in states:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


def test_create_tells_what_it_takes_follows_the_job_and_says_how_to_ask_the_model(
    command: Command,
) -> None:
    result = command.call(*CREATE, "-y", "--suffix", "小试", "--n_epochs", "2")
    assert result.code == 0, result.err
    assert "Training file: data.jsonl, 8 examples, " in result.err
    assert "Cost here: 0.00 USD. On GPT-3 davinci in 2022: about 0.0" in result.err
    job = the_id(result.out)
    model = re.search(r"Uploaded model: (\S+)", result.out)
    assert model
    assert re.fullmatch(rf"ngram:3:ft-小试-[\d-]{{19}}-{job[3:]}", model[1])
    lines = [
        re.sub(r"^\[\d{4}(-\d\d){2} (\d\d:){2}\d\d\] ", "", x) for x in result.out.splitlines()
    ]
    assert lines[0] == f"Created fine-tune: {job}"
    assert lines[2] == "Fine-tune enqueued. Queue number: 0"
    assert lines[4] == "Fine-tune started"
    assert lines[-1] == "Fine-tune succeeded"
    assert f"xiangsheng complete -m {model[1]}" in result.err
    answer = command.call("complete", "-m", model[1], "-p", r"0: 您贵姓？\n1:", "--max-tokens", "4")
    assert answer.code == 0
    assert not answer.out.startswith("0:")


def test_nobody_there_to_say_yes_starts_nothing_and_keeps_nothing(command: Command) -> None:
    result = command.call(*CREATE)
    assert result.code == 2
    assert "give -y" in result.err
    assert document(command, "ft", "list", "--json")["jobs"] == []
    assert document(command, "api", "files.list")["data"] == []


def test_a_person_is_asked_on_a_terminal(command: Command) -> None:
    terminal = Terminal(command.folder, *CREATE)
    terminal.wait_for("Start it? [Y/n]:")
    terminal.type("n")
    terminal.wait_for("nothing was done")
    assert terminal.end() == 130
    terminal = Terminal(command.folder, *CREATE)
    terminal.wait_for("Start it? [Y/n]:")
    terminal.type("")
    terminal.wait_for("Fine-tune succeeded")
    assert terminal.end() == 0


def test_the_same_job_is_found_and_followed_again(command: Command) -> None:
    first = command.call(*CREATE, "-y")
    again = command.call(*CREATE, "-y")
    assert again.code == 0
    assert f"The same job is there: {the_id(first.out)}, succeeded" in again.err
    assert again.out == first.out
    another = command.call(*CREATE, "-y", "--again")
    assert the_id(another.out) != the_id(first.out)
    assert len(data(command, "api", "files.list")) == 3


def test_ctrl_c_leaves_the_job_going_and_following_tells_it_all_again(command: Command) -> None:
    terminal = Terminal(command.folder, *CREATE[:-1], "local:ada", "-y", "--n-epochs", "60")
    terminal.wait_for("Fine-tune started")
    terminal.press("\x03")
    terminal.wait_for("goes on without you")
    assert terminal.end() == 130
    job = the_id(terminal.screen)
    assert f"xiangsheng ft follow {job}" in terminal.screen
    assert document(command, "ft", "get", job, "--json")["status"] == "running"
    terminal = Terminal(command.folder, "ft", "follow", job)
    terminal.wait_for(f"Created fine-tune: {job}")
    terminal.wait_for("Fine-tune started")
    terminal.press("\x03")
    assert terminal.end() == 130
    assert command.call("ft", "cancel", job).code == 0
    result = command.call("ft", "follow", job)
    assert result.code == 1
    assert "was cancelled" in result.err
    assert "Fine-tune cancelled" in result.out


def test_pause_resume_and_a_killed_worker_that_following_replaces(command: Command) -> None:
    pytest.importorskip("torch")
    assert command.call("models", "build", "ada", "--chars", "4000").code == 0
    made = document(command, *CREATE[:-1], "ada", "-y", "--n_epochs", "60", "--no_follow", "--json")
    job = str(made["legacy_id"])
    wait_for_state(command, job, "running")
    assert command.call("ft", "pause", job).code == 0
    assert document(command, "ft", "get", job, "--json")["status"] == "paused"
    assert command.call("ft", "resume", job).code == 0
    wait_for_state(command, job, "running")
    ended = end_worker(command, signal.SIGTERM)
    wait_for(lambda: not document(command, "ft", "get", job, "--json")["working"])
    assert "its worker is gone" in command.call("ft", "get", job).out
    follower = command.start("ft", "follow", job)
    wait_for(lambda: bool(document(command, "ft", "get", job, "--json")["working"]))
    assert end_worker(command, signal.SIGKILL) != ended
    out, err = follower.communicate(timeout=120)
    assert follower.returncode == 0, err
    said = re.sub(r"\[.*?\] ", "", out)
    assert said.count("Fine-tune taken up again where its worker left it\n") == 2
    assert "Fine-tune paused\n" in said
    assert "Fine-tune enqueued again\n" in said
    assert said.count("Completed epoch") == 60
    assert said.count("Fine-tune succeeded") == 1


def end_worker(command: Command, number: int) -> int:
    pid = int((command.folder / ".xiangsheng" / "jobs" / "worker-cpu.pid").read_text())
    os.kill(pid, number)
    return pid


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_queued_jobs_can_be_cancelled_and_listed(command: Command, tmp_path: Path) -> None:
    command.patch.setattr("xiangsheng.verbs.home_jobs.start_worker", lambda _home: None)
    from xiangsheng.verbs.home_jobs import HomeJobs

    command.patch.setattr(HomeJobs, "tend", lambda *_: None)
    (tmp_path / "more.jsonl").write_text(rows(TURNS[:3]), "utf-8")
    first = the_id(command.call(*CREATE, "-y", "--no-follow").out)
    second = the_id(
        command.call("ft", "create", "-t", "more.jsonl", "-m", "ngram:3", "-y", "--no-follow").out
    )
    listed = command.call("ft", "list").out.splitlines()
    assert [line.split()[0] for line in listed] == [second, first]
    assert "queued, 1 before it" in listed[0]
    result = command.call("ft", "cancel", first)
    assert result.code == 0
    assert re.search(r"state +cancelled", result.out)
    refused = command.call("ft", "cancel", first)
    assert refused.code == 2
    assert "is cancelled and cannot become cancelled" in refused.err
    told = command.call("ft", "events", second).out
    assert told.splitlines()[-2].endswith("Fine-tune is in the queue. Queue number: 0")


def test_deleting_asks_first_and_takes_the_model_too(command: Command) -> None:
    job = the_id(command.call(*CREATE, "-y").out)
    assert command.call("ft", "delete", job).code == 2
    assert command.call("ft", "delete", job, "-y").out == f"{job}\n"
    assert command.call("ft", "get", job).code == 2
    assert document(command, "models", "list", "--json")["models"] == []


def test_results_events_and_one_document(command: Command) -> None:
    made = document(command, *CREATE, "-v", "data.jsonl", "-y", "--json")
    job = str(made["legacy_id"])
    assert made["status"] == "succeeded"
    header, *steps = command.call("ft", "results", job).out.splitlines()
    assert header.startswith("step,elapsed_tokens,elapsed_examples,training_loss,")
    assert header.endswith(
        ",validation_loss,validation_sequence_accuracy,validation_token_accuracy"
    )
    assert len(steps) == 2
    events = document(command, "ft", "events", job, "--json")["events"]
    assert isinstance(events, list)
    assert {event["type"] for event in events} == {"message", "metrics"}
    plain = command.call("ft", "events", job).out
    assert "Step " not in plain
    assert "Step 1/2: training loss=" in command.call("ft", "events", job, "--metrics").out


def test_the_commands_of_2022(command: Command) -> None:
    made = command.call(
        *("api", "fine_tunes.create", "-t", "data.jsonl", "-m", "ngram:3"),
        *("--n_epochs", "2", "--no_check_if_files_exist"),
    )
    assert made.code == 0, made.err
    job = the_id(made.out)
    (listed,) = data(command, "api", "fine_tunes.list")
    assert (listed["id"], listed["status"]) == (job, "succeeded")
    got = document(command, "api", "fine_tunes.get", "-i", job)
    assert got["hyperparams"] == {
        "n_epochs": 2,
        "batch_size": 1,
        "learning_rate_multiplier": 0.05,
        "prompt_loss_weight": 0.01,
    }
    model = str(got["fine_tuned_model"])
    events = document(command, "api", "fine_tunes.events", "-i", job)["data"]
    assert events == got["events"]
    assert command.call("api", "fine_tunes.follow", "-i", job).out == made.out
    assert command.call("api", "fine_tunes.results", "-i", job).out.startswith("step,")
    ask = ("api", "completions.create", "-m", model, "-p", r"0: 您贵姓？\n1:", "-M", "4")
    assert command.call(*ask).out.startswith("0: 您贵姓？\n1:")
    both = command.call(*ask, "-n", "2").out
    assert both.startswith("===== Completion 0 =====\n0: 您贵姓？\n1:")
    assert "===== Completion 1 =====\n" in both
    assert document(command, "api", "fine_tunes.delete", "-i", job)["deleted"] is True
    assert document(command, "api", "fine_tunes.list")["data"] == []
    assert command.call("api", "fine_tunes.get", "-i", job).code == 2


def test_files_and_models_of_2022(command: Command) -> None:
    kept = document(command, "api", "files.create", "-f", "data.jsonl", "-p", "fine-tune")
    assert (kept["filename"], kept["status"]) == ("data.jsonl", "uploaded")
    assert document(command, "api", "files.get", "-i", str(kept["id"])) == kept
    assert document(command, "api", "files.list")["data"] == [kept]
    job = the_id(
        command.call("api", "fine_tunes.create", "-t", str(kept["id"]), "-m", "ngram:3").out
    )
    names = [str(model["id"]) for model in data(command, "api", "models.list")]
    assert names[:4] == ["ada", "babbage", "curie", "davinci"]
    assert names[4].endswith(job[3:])
    assert document(command, "api", "models.get", "-i", "ada")["object"] == "model"
    assert command.call("api", "models.delete", "-i", "ada").code == 2
    assert document(command, "api", "models.delete", "-i", names[4])["deleted"] is True
    assert document(command, "api", "files.delete", "-i", str(kept["id"]))["deleted"] is True
    assert command.call("api", "files.get", "-i", str(kept["id"])).code == 2


@pytest.mark.parametrize(
    "option",
    [
        ("--compute_classification_metrics",),
        ("--classification_n_classes", "2"),
        ("--classification_positive_class", "1"),
        ("--classification_betas", "1"),
    ],
)
def test_classifiers_are_refused_by_name(command: Command, option: tuple[str, ...]) -> None:
    for create in (CREATE, ("api", "fine_tunes.create", *CREATE[2:])):
        result = command.call(*create, *option)
        assert result.code == 2
        assert f"{option[0][2:]} was for classifiers" in result.err


def test_a_worker_in_the_foreground_does_what_there_is_and_ends(command: Command) -> None:
    from xiangsheng.verbs.home_jobs import HomeJobs

    command.patch.setattr(HomeJobs, "tend", lambda *_: None)
    job = the_id(command.call(*CREATE, "-y", "--no-follow").out)
    assert command.call("ft", "work").code == 0
    assert document(command, "ft", "get", job, "--json")["status"] == "succeeded"
