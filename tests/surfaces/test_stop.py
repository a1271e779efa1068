"""Ctrl-C, and a disk that fills up: what was answered is kept, and the way on is printed."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from served import until
from support import missing
from surfaces.command import Command
from surfaces.killing import Home

SLOW = ("run", "exp1", "--model", "fake:slow?ms=20")


def begun(command: Command, table: str) -> None:
    """Waits until a run has asked (`intents`), or has an answer (`outcomes`)."""
    home = Home(command.folder / ".xiangsheng")
    until(lambda: home.rows(f"SELECT 1 FROM {table}"))


def test_the_first_ctrl_c_saves_and_prints_how_to_go_on(command: Command) -> None:
    process = command.start(*SLOW)
    begun(command, "outcomes")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "Once more to stop at once" in err
    found = re.search(r"Next: go on with: xiangsheng (resume \S+)", err)
    assert found, err
    again = command.call(*found[1].split())
    assert again.code == 0, again.err
    kept = re.search(r"next-line · base: \d+/190 · reused (\d+)", again.err)
    assert kept, again.err
    assert int(kept[1]) > 0


def test_the_second_ctrl_c_ends_at_once(command: Command) -> None:
    process = command.start("run", "exp1", "--model", "fake:slow?ms=300000")
    begun(command, "intents")
    process.send_signal(signal.SIGINT)
    assert process.stderr
    while "Once more to stop at once" not in (said := process.stderr.readline()):
        assert said, "it did not hear the first"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)  # far below the 300 s of the request in flight
    assert process.returncode == 130


FULL = """
set -u
mount -t tmpfs -o size=1000k tmpfs "$1" || exit 99
export XIANGSHENG_HOME="$1/h"
"$2" -m xiangsheng.cli.main run exp1 --model fake:loop --set sampling.n=16 --set sampling.max_tokens=384; echo "code $?"
"$2" -m xiangsheng.cli.main resume; echo "code $?"
mount -o remount,size=60m "$1"
"$2" -m xiangsheng.cli.main resume > /dev/null; echo "code $?"
cat "$1"/h/runs/*/completions.jsonl | wc -l
"""


def test_a_full_disk_stops_the_run_and_room_lets_it_go_on(tmp_path: Path) -> None:
    """On a real file system of a megabyte, in a namespace of its own so that nobody else sees it."""
    unshare = shutil.which("unshare")
    alone = [unshare or "", "--map-root-user", "--mount", "--user"]
    if not unshare or subprocess.run([*alone, "true"], check=False).returncode:
        missing("unshare with user namespaces", "needed to mount a small file system")
    (tmp_path / "small").mkdir()
    done = subprocess.run(
        [*alone, "bash", "-c", FULL, "bash", str(tmp_path / "small"), sys.executable],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["code", "5", "code", "5", "code", "0", "210"], done.stderr
    assert done.stderr.count("Error: ") == 2
    assert done.stderr.count("the disk is full; everything committed before is kept") == 2
    assert "Next: make room, then resume the run" in done.stderr
