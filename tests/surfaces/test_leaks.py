"""`corpus leaks`."""

import json

import pytest

from scripts import said
from support import c3_folder
from surfaces.command import Command


def written(command: Command, name: str, *lines: str) -> None:
    labelled = [f"{'甲乙'[place % 2]}：{line}" for place, line in enumerate(lines)]
    command.write(name, "\n".join(labelled) + "\n")


@pytest.fixture
def leaking(command: Command) -> Command:
    written(command, "train/one.txt", *map(said, range(12)))
    written(command, "train/two.txt", *map(said, range(20, 32)), f"\x1b[31m{said(50)}")
    written(command, "test/three.txt", *map(said, range(40, 52)))
    return command


def test_what_is_shared_is_named_with_scripts_lines_and_text(leaking: Command) -> None:
    result = leaking.call("corpus", "leaks", "train", "test")
    assert result.code == 3
    assert result.err == ""
    assert "training script two ↔ test script three" in result.out
    assert f"line 13: \\x1b[31m{said(50)}" in result.out
    assert f"line 11: {said(50)}" in result.out
    assert "\x1b" not in result.out
    assert "Pairs of scripts that share text: 1; test scripts among them: 1" in result.out


def test_the_same_as_json(leaking: Command) -> None:
    result = leaking.call("corpus", "leaks", "train", "test", "--json")
    assert result.code == 3
    document = json.loads(result.out)
    assert document["schema_version"] == 1
    assert document["scripts"] == {"train": 2, "test": 1}
    assert document["bounds"]["run"] == 20
    (pair,) = document["related"]
    assert (pair["train"], pair["test"]) == ("two", "three")
    (found,) = pair["found"]
    assert (found["kind"], found["train"]["first"], found["test"]["last"]) == ("near-line", 13, 11)
    assert found["test"]["text"] == said(50)


def test_nothing_shared_is_told_and_is_success(leaking: Command) -> None:
    result = leaking.call("corpus", "leaks", "train/one.txt", "test")
    assert result.code == 0
    assert result.out.startswith("No leak: 1 training and 1 test scripts.\n")


def test_bounds_can_be_set(leaking: Command) -> None:
    assert leaking.call("corpus", "leaks", "train", "test", "--line", "40").code == 0
    assert leaking.call("corpus", "leaks", "train", "test", "--line", "40", "--run", "18").code == 3


@pytest.mark.real_data
def test_the_real_data_have_one_leak(command: Command) -> None:
    folder = c3_folder()
    paths = (str(folder / "scripts"), str(folder / "test_filter_50x20.txt"))
    result = command.call("corpus", "leaks", *paths, "--json")
    assert result.code == 3
    (pair,) = json.loads(result.out)["related"]
    assert (pair["train"], pair["test"]) == ("123", "48")
    assert [found["characters"] for found in pair["found"]] == [41]
    assert json.loads(result.out)["longest_below"]["characters"] == 11
