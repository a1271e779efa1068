"""Streams that are closed, full or gone, and other things a shell can do."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from surfaces.command import Command
from xiangsheng import __version__

XIANGSHENG = f'"{sys.executable}" -m xiangsheng.cli.main'


def shell(command: Command, line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", line.replace("xiangsheng", XIANGSHENG, 1)],
        cwd=command.folder,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_reader_that_has_gone_is_no_error(command: Command) -> None:
    command.call("run", "exp1", "-m", "ngram:5")
    done = shell(command, "xiangsheng log | (exec 0<&-; sleep 2); echo ${PIPESTATUS[0]}")
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_nobody_listening_to_progress_stops_no_run(command: Command) -> None:
    done = shell(command, "(xiangsheng run exp1 --json > out.json) 2>&1 | (exec 0<&-; sleep 1)")
    assert done.returncode == 0
    run = json.loads((command.folder / "out.json").read_text(encoding="utf-8"))
    assert run["tasks"]["next-line"]["systems"]["base"]["n"] == 190


@pytest.mark.parametrize("line", ["xiangsheng models >&-", "xiangsheng models 2>&-"])
def test_closed_streams_are_places_to_write_to(command: Command, line: str) -> None:
    done = shell(command, line)
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize("line", ["xiangsheng models > /dev/full", "xiangsheng --help > /dev/full"])
def test_output_that_cannot_be_written_is_said(command: Command, line: str) -> None:
    done = shell(command, line)
    assert done.returncode == 5
    assert done.stderr == (
        "Error: No space left on device\nNext: make room, then give the same command again\n"
    )


def test_a_full_standard_error_stops_no_run(command: Command) -> None:
    done = shell(command, "xiangsheng run exp1 --json 2> /dev/full")
    assert done.returncode == 0
    assert json.loads(done.stdout)["tasks"]["next-line"]["systems"]["base"]["n"] == 190


@pytest.mark.parametrize("typed", ["nonsense", "score typo.json"])
@pytest.mark.parametrize("unheard", ["2> /dev/full", "2>&-", "2> >(exec 0<&-; sleep 2)"])
def test_an_error_that_nobody_hears_is_still_an_error(
    command: Command, typed: str, unheard: str
) -> None:
    expected = {"nonsense": 2, "score typo.json": 3}
    assert shell(command, f"xiangsheng {typed} {unheard}").returncode == expected[typed]


def test_arguments_that_are_no_utf8_are_refused(command: Command) -> None:
    done = shell(command, r"xiangsheng complete -p $'\xff' --json")
    assert done.returncode == 2
    assert "not UTF-8" in done.stderr


def test_a_failure_as_json_is_still_a_failure(command: Command) -> None:
    asked = ("complete", "-m", "fake:error", "-p", "0:您好\n1:")
    as_json, plain = command.call(*asked, "--json"), command.call(*asked)
    assert as_json.code == plain.code == 1
    assert json.loads(as_json.out)["failure"]["kind"] == "error"


def test_a_folder_that_is_gone_is_said(command: Command) -> None:
    done = shell(command, "mkdir gone; cd gone; rmdir ../gone; xiangsheng run exp1")
    assert done.returncode == 1
    assert "the current folder is gone" in done.stderr


@pytest.mark.parametrize("line", ["log", "report", "resume", "score exp1"])
def test_who_only_reads_makes_no_home(command: Command, line: str) -> None:
    result = command.call(*line.split())
    assert result.code == 1
    assert "no home here yet" in result.err
    assert list(command.folder.iterdir()) == []


def test_the_bases_are_listed_without_a_home(command: Command) -> None:
    result = command.call("models")
    assert (result.code, result.err) == (0, "")
    assert "ngram:5" in result.out
    assert list(command.folder.iterdir()) == []


def test_pairs_come_through_a_pipe_too(command: Command) -> None:
    command.write("own.json", json.dumps([{"ori": "好", "gen": "好"}]))
    done = shell(command, "xiangsheng score --json <(cat own.json)")
    assert done.returncode == 0, done.stderr
    (system,) = json.loads(done.stdout)["systems"].values()
    assert system["metrics"]["bleu_1"]["value"] == 100


def test_a_pair_without_a_text_is_named(command: Command) -> None:
    command.write("own.json", '[{"ori": "好", "gen": "好"}, {"ori": "好", "gen": null}]')
    result = command.call("score", "own.json")
    assert result.code == 3
    assert "pair 2 of 2 is not two texts" in result.err


def forget(command: Command, which: str) -> None:
    """Takes answers out of the journal, as if they had never come."""
    database = command.folder / ".xiangsheng" / "xiangsheng.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"DELETE FROM outcomes WHERE {which}")


def test_a_stopped_run_is_looked_at_with_a_warning(command: Command) -> None:
    command.call("run", "exp1", "--model", "fake:echo")
    forget(command, "rowid > 20")
    result = command.call("score", "exp1", "--json")
    assert result.code == 0, result.err
    assert "20 of 210 items have an answer" in result.err
    (system,) = json.loads(result.out)["systems"]
    assert system.endswith(":next-line:base")
    assert "20 of 210 items have an answer" in command.call("copied", "exp1").err


def test_a_run_without_answers_has_nothing_to_look_at(command: Command) -> None:
    command.call("run", "exp1", "--model", "fake:echo")
    forget(command, "true")
    for words in ("score exp1", "copied exp1"):
        result = command.call(*words.split())
        assert (result.code, result.out) == (3, "")
        assert "has no answers yet" in result.err


def test_the_language_may_be_said_anywhere(command: Command) -> None:
    done = shell(command, "xiangsheng models --lang zh")
    assert done.returncode == 0, done.stderr
    assert "常用 ngram:5" in done.stdout
    wrong = shell(command, "xiangsheng models --lang fr")
    assert wrong.returncode == 2
    assert "en or zh" in wrong.stderr
    without = shell(command, "xiangsheng models --lang")
    assert without.returncode == 2
    assert "--lang" in without.stderr


def test_the_version_needs_no_command(command: Command) -> None:
    result = command.call("--version")
    assert (result.code, result.out, result.err) == (0, f"xiangsheng {__version__}\n", "")


def test_ctrl_c_elsewhere_is_quiet(command: Command) -> None:
    """While `score` waits for pairs that nobody sends."""
    pipe = command.folder / "pairs"
    os.mkfifo(pipe)
    process = command.start("score", "pairs")
    writer = os.open(pipe, os.O_WRONLY)  # waits until it is opened for reading
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    os.close(writer)
    assert (process.returncode, out, err) == (130, "", "")
