"""`copied`, and its part of the report."""

import json

import pytest

from scripts import said
from support import c3_folder
from surfaces.command import Command

SMALL = (
    "tasks.next-line.given=5",
    "tasks.last-ten.given=5",
    "tasks.last-ten.asked=5",
    "sampling.max_tokens=60",
    "sampling.frequency_penalty=0",
    "sampling.temperature=0",
)


@pytest.fixture
def studied(command: Command) -> Command:
    """A tuned 9-gram model, which has little else to say than its two scripts."""
    for name, first in (("train/one", 0), ("train/two", 100), ("test/three", 200)):
        lines = [f"{'甲乙'[place % 2]}：{said(first + place)}" for place in range(10)]
        command.write(f"mine/{name}.txt", "\n".join(lines) + "\n")
    settings = [word for one in SMALL for word in ("--set", one)]
    result = command.call("run", "exp2", "--data", "mine", "-m", "ngram:9", *settings)
    assert result.code == 0, result.err
    return command


def test_spans_are_told_with_their_item_and_source(studied: Command) -> None:
    result = studied.call("copied")
    assert (result.code, result.err) == (0, "")
    assert "spans of 10 characters that stand in the training scripts" in result.out
    assert "tuned" in result.out
    assert "real lines" in result.out
    assert " ← training script " in result.out


def test_the_same_as_json(studied: Command) -> None:
    result = studied.call("copied", "exp2", "--json")
    document = json.loads(result.out)
    assert document["schema_version"] == 1
    assert document["run"].startswith("exp2-")
    found = document["copied"]
    assert [by["system"] for by in found["systems"]] == ["base", "tuned", "real"]
    tuned, real = found["systems"][1:]
    assert 0 < tuned["copied"] <= tuned["characters"]
    assert tuned["longest"] > real["longest"]
    longest = next(span for span in found["spans"] if span["system"] == "tuned")
    assert longest["characters"] == tuned["longest"]
    (script,) = {source["script"] for source in longest["sources"]}
    assert script in {"one", "two"}
    report = json.loads(studied.call("report", "--json").out)
    assert report["copied"] == found


def test_the_list_can_be_longer_or_shorter(studied: Command) -> None:
    everything = studied.call("copied", "--at-least", "4", "--most", "1000").out
    few = studied.call("copied", "--at-least", "4", "--most", "1").out
    assert " more\n" in few
    assert "more" not in everything.replace("and 1 more", "")
    assert everything.count("←") > few.count("←") >= 2


def test_the_report_lists_the_longest_beside_the_novelty(studied: Command) -> None:
    (page,) = (studied.folder / ".xiangsheng" / "runs").glob("*/report.html")
    text = page.read_text(encoding="utf-8")
    assert '<section id="copied"' in text
    assert "The longest spans" in text
    assert "training script one, line" in text or "training script two, line" in text
    assert "Taken from the training scripts" in studied.call("log").out


def test_a_control_character_never_reaches_the_terminal(command: Command) -> None:
    text = said(1) + "\x1b[31m" + said(2)
    command.write("mine/train/a.txt", f"甲：{text}\n乙：{said(3)}\n")
    command.write("mine/test/b.txt", f"甲：{said(4)}\n乙：{text}\n" * 6)
    settings = ("--set", "tasks.next-line.given=2", "--set", "tasks.last-ten.given=2")
    assert command.call("run", "exp1", "--data", "mine", "-m", "ngram:2", *settings).code == 0
    result = command.call("copied")
    assert f"{said(1)}\\x1b[31m{said(2)}"[:-1] in result.out
    assert "\x1b" not in result.out


@pytest.mark.real_data
def test_real_lines_show_the_leak_and_how_far_chance_goes(command: Command) -> None:
    folder = str(c3_folder())
    call = ("run", "exp1", "--data", folder, "-m", "ngram:2", "--set", "sampling.max_tokens=4")
    assert command.call(*call).code == 0
    found = json.loads(command.call("copied", "--json").out)["copied"]
    real = [span for span in found["spans"] if span["system"] == "real"]
    assert [(span["characters"], span["item"]) for span in real][:1] == [(41, "next-line/48/19")]
    assert real[0]["sources"] == [{"script": "123", "first": 99, "last": 99}]
    assert [span["characters"] for span in real[1:]] == [11, 10]
