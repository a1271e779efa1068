"""`corpus compose` and `corpus openings`, as a person types them."""

import json
import signal
import time

from surfaces.command import Command
from xiangsheng.corpus.reading import read


def test_composed_scripts_are_read_back_and_are_the_same_for_a_seed(command: Command) -> None:
    made = command.call("corpus", "compose", "--chars", "3000", "--seed", "7", "-o", "made")
    assert (made.code, made.err) == (0, "")
    scripts = read(command.folder / "made").scripts
    assert made.out == f"{len(scripts)} scripts: made\n"
    assert sum(len(line.text) for script in scripts for line in script.lines) >= 3000
    command.call("corpus", "compose", "--chars", "3000", "--seed", "7", "-o", "again")
    assert read(command.folder / "again").scripts == scripts
    command.call("corpus", "compose", "--chars", "3000", "--seed", "8", "-o", "other")
    assert not {s.lines for s in read(command.folder / "other").scripts} & {
        s.lines for s in scripts
    }


def test_without_a_folder_scripts_are_shown(command: Command) -> None:
    shown = command.call("corpus", "compose", "--chars", "900").out
    command.call("corpus", "compose", "--chars", "900", "-o", "made")
    for script in read(command.folder / "made").scripts:
        assert all(f":{line.text}\n" in shown for line in script.lines)


def test_a_folder_that_is_there_is_left_alone(command: Command) -> None:
    command.write("made/mine.txt", "甲：我的。\n")
    done = command.call("corpus", "compose", "--chars", "100", "-o", "made")
    assert (done.code, done.out) == (2, "")
    assert "exists already, and is left as it is" in done.err
    assert [path.name for path in (command.folder / "made").iterdir()] == ["mine.txt"]


def test_killed_it_leaves_no_half_of_a_folder(command: Command) -> None:
    process = command.start("corpus", "compose", "--chars", "400000", "-o", "made")
    deadline = time.monotonic() + 60
    while not list(command.folder.glob(".made.*/*.txt")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert list(command.folder.glob(".made.*/*.txt")), "it was never killed underway"
    assert not (command.folder / "made").exists()
    assert command.call("corpus", "compose", "--chars", "100", "-o", "made").code == 0


def test_openings_in_lines_and_in_json(command: Command) -> None:
    asked = ("corpus", "openings", "--topic", "超前消费", "--mood", "抱怨", "-n", "5")
    lines = command.call(*asked).out.splitlines()
    assert len(set(lines)) == 5
    found = json.loads(command.call(*asked, "--json").out)["openings"]
    assert found == [{"topic": "超前消费", "text": line} for line in lines]
