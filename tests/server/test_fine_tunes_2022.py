"""The commands of 2022, from the client of that time, against a server that really tunes."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients import Client
from jobs import TURNS, rows
from served import KEY, PATIENCE_S, Server, good, make_home, serving, until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(make_home(tmp_path_factory.mktemp("tuning"))) as server:
        yield server


@pytest.fixture(scope="module")
def old(server: Server) -> Client:
    return Client("openai-0.28", server.url, KEY)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A path that has to be encoded in a URL."""
    folder = tmp_path / "a b"
    folder.mkdir()
    path = folder / "训练 data.jsonl"
    path.write_text(rows(), "utf-8")
    return path


def create(old: Client, *arguments: str) -> subprocess.CompletedProcess[str]:
    return old.command("api", "fine_tunes.create", *arguments)


def said(text: str) -> list[str]:
    """What a job said, without the times."""
    return re.findall(r"^\[\d{4}(?:-\d\d){2} (?:\d\d:){2}\d\d\] (.*)$", text, re.MULTILINE)


def document(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_create_stays_until_the_model_is_there_and_the_model_answers(
    old: Client, data: Path
) -> None:
    done = create(old, "-t", str(data), "-v", str(data), "-m", "ada", "--n_epochs", "2")
    assert done.returncode == 0, done.stderr
    assert f"Uploaded file from {data}: file-" in done.stdout
    job = re.findall(r"ft-[0-9a-f]{8}", done.stdout)[0]
    told = said(done.stdout)
    assert told[0] == f"Created fine-tune: {job}"
    assert told[1].startswith("Fine-tune costs $0.00")
    assert told[2] == "Fine-tune enqueued. Queue number: 0"
    assert "Completed epoch 1/2" in " ".join(told)
    assert told[-1] == "Fine-tune succeeded"
    assert "Job complete! Status: succeeded" in done.stdout
    command = re.search(r"openai api completions.create -m (\S+) -p", done.stdout)
    assert command
    model = command[1]
    assert model.startswith("ada:ft-")

    answer = old.command(
        *("api", "completions.create", "-m", model, "-p", "0: 您贵姓？\n1:", "-M", "4")
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("0: 您贵姓？\n1:")

    again = old.command("api", "fine_tunes.follow", "-i", job)
    assert said(again.stdout) == told
    got = document(old.command("api", "fine_tunes.get", "-i", job))
    assert [event["message"] for event in got["events"]] == told
    (file,) = got["training_files"]
    assert file["filename"] == "训练 data.jsonl"
    results = old.command("api", "fine_tunes.results", "-i", job)
    assert results.stdout.startswith("step,elapsed_tokens,elapsed_examples,training_loss,")
    events = document(old.command("api", "fine_tunes.events", "-i", job))
    assert [event["message"] for event in events["data"]] == told
    listed = document(old.command("api", "fine_tunes.list"))["data"]
    assert job in [one["id"] for one in listed]

    assert document(old.command("api", "models.delete", "-i", model))["deleted"] is True
    missing = old.command("api", "completions.create", "-m", model, "-p", "0:")
    assert missing.returncode == 1
    assert "does not exist" in missing.stderr
    assert document(old.command("api", "fine_tunes.delete", "-i", job))["deleted"] is True
    gone = old.command("api", "fine_tunes.get", "-i", job)
    assert gone.returncode == 1
    assert f"Could not find fine tune: {job}" in gone.stderr


def test_a_file_that_is_there_is_used_again_and_files_come_and_go(old: Client, data: Path) -> None:
    kept = document(old.command("api", "files.create", "-f", str(data), "-p", "fine-tune"))
    assert (kept["filename"], kept["status"]) == ("训练 data.jsonl", "processed")
    number = str(kept["id"])
    assert document(old.command("api", "files.get", "-i", number)) == kept
    listed = document(old.command("api", "files.list"))["data"]
    assert kept in listed
    asked = ("-t", number, "-m", "ngram:3", "--n_epochs", "3", "--no_follow")
    made = document(create(old, *asked))
    assert made["training_files"] == [kept]
    found = document(create(old, *asked))
    assert found["id"] == made["id"]  # the same job, not a second one
    followed = old.command("api", "fine_tunes.follow", "-i", str(made["id"]))
    assert said(followed.stdout)[-1] == "Fine-tune succeeded"
    assert document(old.command("api", "files.delete", "-i", number))["deleted"] is True
    missing = old.command("api", "files.get", "-i", number)
    assert missing.returncode == 1
    assert f"No such File object: {number}" in missing.stderr


def test_a_wrong_line_is_named(old: Client, server: Server, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(rows(TURNS[:2]) + '{"prompt": "0:"\n', "utf-8")
    done = create(old, "-t", str(bad), "-m", "ngram:3")
    assert done.returncode == 1
    assert "Invalid file format. Example 3 cannot be parsed." in done.stderr
    assert "(line 3)" in done.stderr
    (file,) = [
        file for file in good(server.http.get("/files"))["data"] if file["filename"] == "bad.jsonl"
    ]
    assert file["status"] == "error"
    assert "(line 3)" in file["status_details"]


def test_what_cannot_be_is_said(old: Client, data: Path) -> None:
    for arguments, why in (
        (("-t", "nowhere.jsonl"), "No such File object: nowhere.jsonl"),
        (("-t", str(data), "-m", "gpt-9"), "Invalid base model: gpt-9"),
        (("-t", str(data), "--n_epochs", "0"), "n_epochs"),
        (("-t", str(data), "--suffix", "x" * 41), "suffix"),
        (("-t", str(data), "--compute_classification_metrics"), "compute_classification_metrics"),
        (("-t", str(data), "--classification_n_classes", "2"), "classification_n_classes"),
        (("-t", str(data), "--classification_betas", "1"), "classification_betas"),
    ):
        done = create(old, *arguments)
        assert done.returncode == 1
        assert why in done.stderr, done.stderr
    wrong = old.command("-k", "sk-wrong", "api", "fine_tunes.list")
    assert wrong.returncode == 1
    assert "Incorrect API key provided" in wrong.stderr


def long_job(server: Server, name: str, epochs: int = 400) -> str:
    file = server.upload(rows(), name)["id"]
    made = server.post("/fine-tunes", training_file=file, model="ada", n_epochs=epochs)
    return str(good(made)["id"])


def follower(old: Client, job: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [str(old.folder / "bin" / "openai"), "api", "fine_tunes.follow", "-i", job],
        env={
            **os.environ,
            "OPENAI_API_BASE": old.url,
            "OPENAI_API_KEY": KEY,
            "PYTHONUNBUFFERED": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_follower_is_interrupted_and_another_hears_it_all_until_the_cancel(
    old: Client, server: Server
) -> None:
    job = long_job(server, "long.jsonl")
    process = follower(old, job)
    assert process.stdout is not None
    first = process.stdout.readline()
    assert f"Created fine-tune: {job}" in first  # at once, not at the end
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert "Stream interrupted" in out
    assert good(server.http.get(f"/fine-tunes/{job}"))["status"] in {"pending", "running"}

    second = follower(old, job)
    until(lambda: good(server.http.get(f"/fine-tunes/{job}"))["status"] == "running")
    cancelled = document(old.command("api", "fine_tunes.cancel", "-i", job))
    assert cancelled["status"] == "cancelled"
    out, err = second.communicate(timeout=PATIENCE_S)
    assert second.returncode == 0, err
    told = said(out)
    assert told[0] == f"Created fine-tune: {job}"
    assert told[-1] == "Fine-tune cancelled"
    refused = old.command("api", "fine_tunes.cancel", "-i", job)
    assert refused.returncode == 1
    assert "is cancelled and cannot become cancelled" in refused.stderr


def test_a_server_that_stops_lets_its_followers_go_and_the_job_goes_on(
    old: Client, tmp_path: Path
) -> None:
    home = make_home(tmp_path)
    with serving(home) as server:
        job = long_job(server, "stop.jsonl", 100)
        process = follower(Client(old.name, server.url, KEY), job)
        assert process.stdout is not None
        process.stdout.readline()
        code, _ = server.stop()
        assert code == 0
        out, _ = process.communicate(timeout=PATIENCE_S)
        assert "Stream interrupted" in out
        with serving(home) as later:
            assert later.ended(job)["status"] == "succeeded"
