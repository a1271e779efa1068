"""Where files come from and go to, being stopped, being two: nothing overwritten or half-written."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from surfaces.command import Command
from surfaces.hostile import (
    FIXABLE,
    ROWS,
    XIANGSHENG,
    alone,
    left,
    lines,
    read,
    shell,
    without_rights,
)

# Places to read from.


def test_a_pipe_that_is_slow_and_does_not_say_how_long_it_is(command: Command) -> None:
    os.mkfifo(command.folder / "slow.jsonl")
    process = command.start("prepare", "slow.jsonl", "-q")
    with (command.folder / "slow.jsonl").open("wb") as pipe:
        for row in FIXABLE:
            pipe.write(lines([row]).encode())
            pipe.flush()
            time.sleep(0.005)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "41 rows, checked as dialogue" in out
    assert read(command.folder / "slow_prepared.jsonl") == ROWS


def test_a_pipe_without_a_name_is_read_as_json_lines(command: Command) -> None:
    command.write("a.txt", lines(FIXABLE))
    done = shell(command, "xiangsheng prepare <(cat a.txt) -q")
    assert (done.returncode, done.stderr) == (0, "")
    assert read(command.folder / "pipe_prepared.jsonl") == ROWS


def test_standard_input(command: Command) -> None:
    command.write("a", lines(FIXABLE))
    done = shell(command, "xiangsheng prepare - -q < a && xiangsheng prepare - -q --format csv < a")
    assert done.returncode == 3
    assert "there is no column prompt" in done.stdout
    assert read(command.folder / "stdin_prepared.jsonl") == ROWS
    asked = shell(command, "xiangsheng prepare - < a")
    assert asked.returncode == 0
    assert "Nothing was written." in asked.stdout
    closed = shell(command, "xiangsheng prepare - <&-")
    assert (closed.returncode, closed.stderr.splitlines()[0]) == (
        3,
        "Error: standard input: closed",
    )
    nothing = shell(command, "xiangsheng prepare - < /dev/null")
    assert nothing.returncode == 3
    assert "there is no example to use" in nothing.stdout


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("nowhere.jsonl", 3, "nowhere.jsonl: no such file"),
        ("folder.jsonl", 3, "folder.jsonl: a folder, not a file"),
        ("hanging.jsonl", 3, "hanging.jsonl: no such file"),
        ("a.doc", 3, "nothing reads .doc files"),
        ("nothing", 3, "the name has no extension"),
        ("a" * 300 + ".jsonl", 3, "cannot be read: File name too long"),
        ("a.doc/b.jsonl", 3, "no such file"),
        ("/proc/self/mem", 3, "cannot be read: Input/output error"),
        ("loop.jsonl", 3, "loop.jsonl: "),
    ],
)
def test_what_cannot_be_read_is_said(command: Command, name: str, code: int, said: str) -> None:
    (command.folder / "folder.jsonl").mkdir()
    (command.folder / "hanging.jsonl").symlink_to("gone")
    (command.folder / "loop.jsonl").symlink_to("loop.jsonl")
    command.write("a.doc", "")
    command.write("nothing", "")
    more = ("--format", "jsonl") if name.startswith("/proc") else ()
    before = left(command)
    result = command.call("prepare", name, "-q", *more)
    assert result.code == code, result.err
    assert said in result.err
    assert left(command) == before


def test_a_link_is_read_and_what_is_written_stands_beside_it(command: Command) -> None:
    command.write("far/data.jsonl", lines(FIXABLE))
    (command.folder / "link.jsonl").symlink_to("far/data.jsonl")
    assert command.call("prepare", "link.jsonl", "-q").code == 0
    assert read(command.folder / "link_prepared.jsonl") == ROWS
    assert left(command) == {
        "far",
        "link.jsonl",
        "link_prepared.jsonl",
        "link_prepared.changes.jsonl",
    }
    assert read(command.folder / "far" / "data.jsonl") == FIXABLE


def test_permissions_are_respected_and_said(command: Command) -> None:
    command.write("secret.jsonl", lines(FIXABLE)).chmod(0)
    command.write("a.jsonl", lines(FIXABLE))
    command.write("closed/b.jsonl", lines(FIXABLE))
    closed = command.folder / "closed"
    closed.chmod(0o555)
    secret = without_rights(command, "prepare", "secret.jsonl", "-q")
    assert (secret.returncode, secret.stderr.splitlines()[0]) == (
        3,
        "Error: secret.jsonl: cannot be read: Permission denied",
    )
    beside = without_rights(command, "prepare", "closed/b.jsonl", "-q")
    assert (beside.returncode, beside.stderr.splitlines()[0]) == (
        3,
        "Error: closed: cannot be written: Permission denied",
    )
    out = without_rights(command, "prepare", "a.jsonl", "-q", "-o", "closed/out.jsonl")
    assert out.returncode == 3
    assert "cannot be written" in out.stderr
    closed.chmod(0)
    unseen = without_rights(command, "prepare", "closed/b", "-q")
    assert unseen.returncode == 3
    assert "cannot be read: Permission denied" in unseen.stderr
    closed.chmod(0o755)
    assert left(command) == {"secret.jsonl", "a.jsonl", "closed"}
    assert [path.name for path in closed.iterdir()] == ["b.jsonl"]


def test_what_needs_no_change_is_checked_where_nothing_can_be_written(command: Command) -> None:
    command.write("closed/b.jsonl", lines(ROWS))
    (command.folder / "closed").chmod(0o555)
    done = without_rights(command, "prepare", "closed/b.jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing was written.\n" in done.stdout
    (command.folder / "closed").chmod(0o755)


# Places to write to.


def test_nothing_that_exists_is_overwritten(command: Command) -> None:
    command.write("a.jsonl", lines(FIXABLE))
    command.write("out.jsonl", "mine")
    (command.folder / "link.jsonl").symlink_to("gone")
    for name in ("out.jsonl", "a.jsonl", "link.jsonl", ".", "/dev/null"):
        refused = command.call("prepare", "a.jsonl", "-q", "-o", name)
        assert refused.code == 2, name
        assert "exists already, and is left as it is" in refused.err
        assert refused.out == ""  # it is said before anything is asked
    assert (command.folder / "out.jsonl").read_text() == "mine"
    assert left(command) == {"a.jsonl", "out.jsonl", "link.jsonl"}


def test_a_record_that_exists_is_not_overwritten(command: Command) -> None:
    command.write("a.jsonl", lines(FIXABLE))
    command.write("out.changes.jsonl", "mine")
    refused = command.call("prepare", "a.jsonl", "-q", "-o", "out.jsonl")
    assert refused.code == 2
    assert "out.changes.jsonl" in refused.err
    assert left(command) == {"a.jsonl", "out.changes.jsonl"}


def test_names_that_are_taken_get_a_number(command: Command) -> None:
    command.write("a.jsonl", lines(FIXABLE))
    for taken in ("a_prepared.jsonl", "a_prepared (1).changes.jsonl"):
        command.write(taken, "mine")
    assert command.call("prepare", "a.jsonl", "-q").code == 0
    assert read(command.folder / "a_prepared (2).jsonl") == ROWS
    assert (command.folder / "a_prepared (2).changes.jsonl").is_file()


@pytest.mark.parametrize("out", ["nowhere/out.jsonl", "a.jsonl/out.jsonl"])
def test_a_folder_that_is_not_there(command: Command, out: str) -> None:
    command.write("a.jsonl", lines(FIXABLE))
    result = command.call("prepare", "a.jsonl", "-q", "-o", out)
    assert result.code == 3
    assert "there is no such folder" in result.err
    assert left(command) == {"a.jsonl"}


def test_a_name_that_is_too_long_for_the_disk(command: Command) -> None:
    command.write(f"{'a' * 240}.jsonl", lines(FIXABLE))
    result = command.call("prepare", f"{'a' * 240}.jsonl", "-q")
    assert result.code == 3
    assert "cannot be written: File name too long" in result.err
    assert left(command) == {f"{'a' * 240}.jsonl"}


FULL = """
mkdir small; mount -t tmpfs -o size=200k tmpfs small || exit 99
cp big.jsonl small/ 2>/dev/null; cp big.jsonl small/big.jsonl || exit 98
xiangsheng prepare small/big.jsonl -q > /dev/null; echo "code $?"
ls -A small
"""


def test_a_full_disk_leaves_nothing_behind(command: Command) -> None:
    rows = [
        *({**row, "completion": f" {n} {'啊' * 300}\n"} for n, row in enumerate(ROWS * 3)),
        *ROWS,
        ROWS[0],
    ]
    command.write("big.jsonl", lines(rows))
    assert 100_000 < (command.folder / "big.jsonl").stat().st_size < 190_000
    done = alone(command, FULL)
    assert done.stdout.split("\n") == ["code 5", "big.jsonl", ""], done.stderr
    assert "the disk is full; nothing was half-written" in done.stderr


SPOOL = """
mkdir small; mount -t tmpfs -o size=1m tmpfs small || exit 99
export TMPDIR=$PWD/small
cat big.jsonl | xiangsheng prepare - -q; echo "code $?"
ls -A small
"""


def test_a_pipe_that_finds_no_room_leaves_nothing_behind(command: Command) -> None:
    command.write("big.jsonl", lines(ROWS) * 2000)
    done = alone(command, SPOOL)
    assert done.stdout.split("\n") == ["code 5", ""], done.stderr
    assert "standard input: the disk is full" in done.stderr
    assert left(command) == {"big.jsonl", "small"}


READ_ONLY = """
mkdir fixed; mount -t tmpfs tmpfs fixed || exit 99; cp a.jsonl fixed/; mount -o remount,ro fixed
xiangsheng prepare fixed/a.jsonl -q > /dev/null; echo "code $?"
xiangsheng prepare fixed/a.jsonl -q -o out.jsonl > /dev/null; echo "code $?"
"""


def test_a_read_only_file_system(command: Command) -> None:
    command.write("a.jsonl", lines(FIXABLE))
    done = alone(command, READ_ONLY)
    assert done.stdout == "code 3\ncode 0\n"
    assert "fixed: cannot be written: Read-only file system" in done.stderr
    assert read(command.folder / "out.jsonl") == ROWS


# Being stopped, and being two.

MANY = [*ROWS * 8000, {"prompt": "0:", "completion": " 好\n"}]


def writing(command: Command) -> subprocess.Popen[str]:
    """A run that sleeps in the middle of writing; one that was too quick is followed by another."""
    command.write("many.jsonl", lines(MANY))
    for _ in range(10):
        process = command.start("prepare", "many.jsonl", "-q")
        if asleep_while_writing(process, command.folder):
            return process
        process.send_signal(signal.SIGCONT)
        said = process.communicate(timeout=60)
        assert process.returncode == 0, said
        for made in command.folder.glob("many_prepared*"):
            made.unlink()
    raise AssertionError("it was never seen to write")


def asleep_while_writing(process: subprocess.Popen[str], folder: Path) -> bool:
    while process.poll() is None:
        if half_written(folder):
            process.send_signal(signal.SIGSTOP)
            if process.returncode is None:
                os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            return half_written(folder)
        time.sleep(0.001)
    return False


def half_written(folder: Path) -> bool:
    """Whether there is a part of what will be put together, and not yet the whole."""
    part = next(folder.glob(".xiangsheng-making-*/changes-0"), None)
    with suppress(FileNotFoundError):  # gone between the one look and the other
        return (
            part is not None and part.stat().st_size > 0 and not part.with_name("changes").exists()
        )
    return False


def test_ctrl_c_leaves_nothing_behind(command: Command) -> None:
    process = writing(command)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    assert left(command) == {"many.jsonl"}


def test_kill_9_leaves_a_hidden_folder_which_the_next_run_takes_away(command: Command) -> None:
    process = writing(command)
    process.kill()
    process.communicate(timeout=60)
    (hidden,) = left(command) - {"many.jsonl"}
    assert hidden.startswith(".xiangsheng-making-")
    command.write("a.jsonl", lines(FIXABLE))
    own = command.write(".xiangsheng-making-of/notes", "mine")
    assert command.call("prepare", "a.jsonl", "-q").code == 0
    assert hidden not in left(command)
    assert own.read_text() == "mine"


def test_a_run_does_not_take_the_folder_of_one_that_is_alive(command: Command) -> None:
    process = writing(command)
    command.write("a.jsonl", lines(FIXABLE))
    assert command.call("prepare", "a.jsonl", "-q").code == 0
    process.send_signal(signal.SIGCONT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert not any(name.startswith(".") for name in left(command))


def test_several_runs_at_once_take_different_names(command: Command) -> None:
    command.write("a.jsonl", lines(FIXABLE))
    processes = [command.start("prepare", "a.jsonl", "-q") for _ in range(4)]
    said = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, said
    names = {"", " (1)", " (2)", " (3)"}
    assert left(command) == {"a.jsonl"} | {
        f"a_prepared{name}{end}" for name in names for end in (".jsonl", ".changes.jsonl")
    }
    assert all(read(command.folder / f"a_prepared{name}.jsonl") == ROWS for name in names)


def test_of_several_runs_with_one_name_one_gets_it(command: Command) -> None:
    command.write("a.jsonl", lines(FIXABLE))
    processes = [command.start("prepare", "a.jsonl", "-q", "-o", "out.jsonl") for _ in range(3)]
    for process in processes:
        process.communicate(timeout=120)
    assert sorted(process.returncode for process in processes) == [0, 2, 2]
    assert left(command) == {"a.jsonl", "out.jsonl", "out.changes.jsonl"}


def test_nobody_to_answer_means_nothing_is_written(command: Command) -> None:
    command.write("a.jsonl", lines(FIXABLE))
    done = subprocess.run(
        [*XIANGSHENG, "prepare", "a.jsonl"],
        cwd=command.folder,
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "Nothing was written." in done.stdout
    assert command.call("prepare", "a.jsonl", "--json").code == 0
    assert left(command) == {"a.jsonl"}


def test_the_folder_may_be_anywhere(command: Command, tmp_path: Path) -> None:
    """A path with spaces, Chinese, and what a shell or a pattern would take for more."""
    path = command.write("我的 [数据]*?/a'b\"$x.jsonl", lines(FIXABLE))
    assert command.call("prepare", str(path.relative_to(tmp_path)), "-q").code == 0
    assert read(path.with_name("a'b\"$x_prepared.jsonl")) == ROWS
