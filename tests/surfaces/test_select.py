"""`corpus select` through pipes and without anybody."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dialogues import corpus, dialogue
from support import ROOT, c3_folder
from surfaces.command import Command
from xiangsheng.corpus.reading import read
from xiangsheng.corpus.training_lines import LONG_ENOUGH
from xiangsheng.corpus.writing import write_scripts

SELECT = ("corpus", "select", "source", "-o", "test", "--scripts", "3")


def typed(
    command: Command, lines: str | bytes, *arguments: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "xiangsheng.cli.main", *arguments],
        cwd=command.folder,
        env=os.environ | {"COLUMNS": "80"},
        input=lines.encode() if isinstance(lines, str) else lines,
        capture_output=True,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def rows(command: Command, name: str = "test.decisions.jsonl") -> list[dict[str, Any]]:
    text = (command.folder / name).read_text(encoding="utf-8")
    return [json.loads(row) for row in text.splitlines()]


@pytest.fixture
def source(command: Command) -> Path:
    corpus(command.folder / "source")
    return command.folder / "source"


@pytest.mark.usefixtures("source")
def test_decisions_come_line_by_line_and_the_set_is_written(command: Command) -> None:
    done = typed(command, "+\na\ns\n太俗\ne 2 新的一行。\na\na\n", *SELECT)
    assert (done.returncode, done.stdout) == (0, "test\n"), done.stderr
    made = read(command.folder / "test")
    assert (len(made.scripts), made.warnings) == (3, ())
    assert {len(script.lines) for script in made.scripts} == {20}
    assert "新的一行。" in {line.text for script in made.scripts for line in script.lines}
    assert "3 of 3 scripts, 20 lines each; 1 skipped, 1 lines edited" in done.stderr
    assert "skipped: 太俗 1" in done.stderr


@pytest.mark.usefixtures("source")
def test_the_end_of_input_keeps_all_and_the_next_start_goes_on(command: Command) -> None:
    first = typed(command, "a\n+3\n", *SELECT)
    assert first.returncode == 5
    assert "1 of 3 are accepted, and no folder is written yet" in first.stderr
    assert not (command.folder / "test").exists()
    second = typed(command, "a\na\n", *SELECT[:-2])
    assert second.returncode == 0, second.stderr
    assert "1/3 accepted · 0 skipped · 5 left" in second.stderr
    assert [row["window"]["first"] for row in rows(command)[1:4]] == [1, 4, 4]


@pytest.mark.usefixtures("source")
def test_yes_as_json_and_the_same_set_again(command: Command) -> None:
    done = command.call(*SELECT, "--yes", "--json", "--seed", "4", "--against", "source")
    assert (done.code, done.err) == (0, "")
    selection = json.loads(done.out)["selection"]
    assert selection["complete"]
    assert selection["scripts"] == selection["leave_out"]
    assert (selection["folder"], selection["accepted"], selection["by_rank"]) == ("test", 3, 3)
    assert {row["by"] for row in rows(command) if row["kind"] == "decision"} == {"rank"}
    again = command.call(
        "corpus", "select", "source", "-o", "again", "--rebuild", selection["decisions"], "--json"
    )
    assert json.loads(again.out)["selection"] == selection | {"folder": "again", "left": 0}
    assert contents(command.folder / "again") == contents(command.folder / "test")


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_changed_script_is_named_when_the_set_is_made_again(
    command: Command, source: Path
) -> None:
    command.call(*SELECT, "--yes")
    id_ = rows(command)[1]["script"]
    write_scripts([dialogue(id_, lines=39)], source)
    again = command.call(
        "corpus", "select", "source", "-o", "again", "--rebuild", "test.decisions.jsonl"
    )
    assert again.code == 3
    assert again.err.startswith(f"Error: {id_}: this script has changed since it was decided on")
    assert not (command.folder / "again").exists()


@pytest.mark.usefixtures("source")
def test_rebuilding_takes_nothing_else(command: Command) -> None:
    for more in (("--lines", "12"), ("--yes",), ("--join-same-speaker",), ("--seed", "0")):
        done = command.call("corpus", "select", "source", "-o", "x", "--rebuild", "y", *more)
        assert done.code == 2
        assert "--rebuild takes all options but" in done.err


@pytest.mark.usefixtures("source")
def test_json_of_a_set_that_is_not_complete(command: Command) -> None:
    done = typed(command, "a\nq\n", *SELECT, "--json")
    assert done.returncode == 5
    selection = json.loads(done.stdout)["selection"]
    assert (selection["complete"], selection["folder"]) == (False, "")
    assert (selection["accepted"], selection["wanted"], selection["left"]) == (1, 3, 5)


@pytest.mark.usefixtures("source")
def test_more_than_there_are(command: Command) -> None:
    done = command.call(*SELECT[:-1], "7", "--yes")
    assert done.code == 5
    assert "6 of 7 are accepted" in done.err
    assert "make do with --scripts 6" in done.err
    fewer = command.call(*SELECT[:-1], "6", "--yes")
    assert (fewer.code, fewer.out) == (0, "test\n")


@pytest.mark.usefixtures("source")
def test_bytes_that_are_no_utf8_are_no_text(command: Command) -> None:
    done = typed(command, "s 太俗\ns 太俗\n".encode("gb18030") + b"s ok\n", *SELECT)
    assert done.stderr.count("a skip needs a reason") == 2
    assert [row["reason"] for row in rows(command)[1:]] == ["ok"]


@pytest.mark.usefixtures("source")
def test_a_pipe_is_no_place_for_an_editor(command: Command) -> None:
    done = typed(command, "e\n", *SELECT)
    assert "there is no terminal for an editor" in done.stderr
    assert len(rows(command)) == 1


def test_escapes_in_a_script_do_nothing_to_the_terminal(command: Command) -> None:
    text = "".join(f"{'甲乙'[n % 2]}:第{n}句\x1b[2J话\u202e说。\n" for n in range(20))
    command.write("source/1.txt", f'+++\ntitle = "\\u001b]0;题\\u0007"\n+++\n{text}')
    done = typed(command, "q\n", *SELECT)
    assert "\x1b" not in done.stderr
    assert "《\\x1b]0;题\\x07》" in done.stderr
    assert "第0句\\x1b[2J话\\u202e说。" in done.stderr


@pytest.mark.usefixtures("source")
def test_without_an_input_it_quits(command: Command) -> None:
    line = [sys.executable, "-m", "xiangsheng.cli.main", *SELECT]
    done = subprocess.run(
        ["bash", "-c", '"$@" <&-', "bash", *line],
        cwd=command.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5
    assert "0 of 3 are accepted" in done.stderr


@pytest.mark.usefixtures("source")
def test_in_chinese(command: Command) -> None:
    done = typed(command, "？\nx\n+99\nq\n", *SELECT, "--lang", "zh")
    for words in (
        "6 个剧本中 6 个有可选的窗口",
        "已选 0/3 · 跳过 0 · 剩 6",
        "第 1 到 20 行，共 40 行",
        "第 1/21 个窗口 · 得分",
        "[a]采用 [s]跳过",
        "照现在的样子采用",
        "没有这个键",
        "剧本到头了",
        "0/3 个剧本，各 20 行；跳过 0 个，改了 0 行",
    ):
        assert words in done.stderr


def test_the_guide_shows_what_is_shown(command: Command) -> None:
    guide = (ROOT / "docs" / "howto" / "test-set.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```text\n(.*?)```", guide, re.DOTALL)
    source = str(ROOT / "src" / "xiangsheng" / "corpus" / "bundled" / "train")
    wide = typed(command, "q\n", "corpus", "select", source, "-o", "test", "--scripts", "5")
    said = [line.rstrip() for line in wide.stderr.splitlines()]
    lines = [line for line in shown.splitlines() if line not in {"…", ">"}]
    assert len(lines) > 12
    assert [line for line in said if line in lines] == lines


@pytest.mark.real_data
def test_fifty_of_the_real_scripts(command: Command) -> None:
    scripts = c3_folder() / "scripts"
    done = command.call(
        "corpus", "select", str(scripts), "-o", "test", "--against", str(scripts), "--yes"
    )
    assert done.code == 0, done.err
    made = {script.id: script for script in read(command.folder / "test").scripts}
    assert {len(script.lines) for script in made.values()} == {20}
    assert len(made) == 50
    others = {
        line.text
        for script in read(scripts).scripts
        if script.id not in made
        for line in script.lines
    }
    said = [line.text for script in made.values() for line in script.lines]
    assert not [text for text in said if len(text) >= LONG_ENOUGH and text in others]
