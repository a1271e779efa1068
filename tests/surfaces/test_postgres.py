"""`--database`, as a person types it: studies, jobs with their worker, and what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import rows
from postgres import Cluster
from served import JOB_PATIENCE_S
from surfaces.command import Command
from surfaces.killing import Home, finish

STUDY = ("run", "exp2", "-m", "ngram:5", "--json")


@pytest.fixture
def address(cluster: Cluster) -> Iterator[str]:
    made = cluster.new_database()
    yield made
    cluster.drop(made)


def home(command: Command) -> Path:
    return command.folder / ".xiangsheng"


def measured(document: dict[str, Any]) -> dict[str, Any]:
    """All figures of all tasks."""
    return {
        name: [task["differences"], *(system["metrics"] for system in task["systems"].values())]
        for name, task in document["tasks"].items()
    }


def test_a_study_is_the_same_and_is_gone_on_with_wherever_its_tables_are(
    command: Command, address: str
) -> None:
    here = command.call(*STUDY)
    assert here.code == 0, here.err
    home(command).rename(command.folder / "in-sqlite")
    there = command.call("--database", address, *STUDY)
    assert there.code == 0, there.err
    assert not (home(command) / "xiangsheng.db").exists()
    one, other = json.loads(here.out), json.loads(there.out)
    assert one["run"] == other["run"]
    assert measured(one) == measured(other)
    again = command.call(*STUDY)
    assert "already complete" in again.err
    assert json.loads(command.call("resume", "--json").out)["tasks"] == other["tasks"]


def test_a_study_whose_server_goes_away_says_so_and_is_gone_on_with_when_it_is_back(
    tmp_path: Path, address: str, cluster: Cluster
) -> None:
    output = tmp_path / "output.txt"
    expected, _ = finish(Home(tmp_path / "reference"), output)
    home = Home(tmp_path / "home", address=address)
    process = home.start(output)
    while len(home.answered) < 20:
        assert process.poll() is None
        home.look()
    cluster.stop()
    try:
        assert process.wait(60) == 1
    finally:
        cluster.start()
    assert "Error: postgresql+psycopg://" in output.read_text()
    assert "Traceback" not in output.read_text()
    assert home.completions is None
    assert finish(home, output)[0] == expected


def test_a_job_is_made_followed_and_asked(
    command: Command, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command is a process's first of this home, as the detached worker's is."""
    monkeypatch.setenv("XIANGSHENG_WORKER_IDLE_S", "0.5")
    command.write("data.jsonl", rows())
    create = ("ft", "create", "-t", "data.jsonl", "-m", "ngram:3", "-y", "--database", address)
    made = command.start(*create)
    out, err = made.communicate(timeout=JOB_PATIENCE_S)
    assert made.returncode == 0, err
    assert "Fine-tune succeeded" in out
    (job,) = json.loads(command.call("ft", "list", "--json", "--database", address).out)["jobs"]
    assert job["status"] == "succeeded"
    asked = command.call("complete", "-m", job["fine_tuned_model"], "-p", "0: 谁？\n1:")
    assert asked.code == 0
    said = command.call("ft", "events", job["legacy_id"]).out
    assert said.count("Fine-tune started") == 1


def test_the_environment_names_it_too(
    command: Command, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIANGSHENG_DATABASE", address)
    assert command.call("complete", "-m", "ngram:5", "-p", "0:").code == 0
    assert (home(command) / "database").read_text().startswith("postgresql+psycopg://")
    assert not (home(command) / "xiangsheng.db").exists()
