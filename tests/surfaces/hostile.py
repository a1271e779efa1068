"""Files that are odd, large or broken, and running `prepare` on them as another person would."""

import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from support import missing
from surfaces.command import Command
from xiangsheng.verbs import prepare

ROWS = [{"prompt": f"0:您好{n}\n1:", "completion": f" 好{n}啊\n"} for n in range(40)]
FIXABLE = [*ROWS, ROWS[0]]
"""One row is there twice, so that with `-q` there is something to write."""
MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdin=sys.stdin)
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)
sys.exit(done.returncode)
"""
"""A small process between, for a process begins with its parent's peak."""
XIANGSHENG = [sys.executable, "-m", "xiangsheng.cli.main"]


def lines(rows: Iterable[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def converted(path: Path, **options: Any) -> list[Any]:
    """The rows of a file as they are read, written with nothing mended that need not be."""
    out = path.with_name("converted.jsonl")
    with prepare.checking(path, prepare.PrepareOptions(**options)) as checked:
        assert not checked.fatal, checked.findings
        assert prepare.write(checked, [], out, lambda _: False, lambda _: True)
    return read(out)


def bad_of(out: str) -> list[str]:
    """The lines that are said to be unreadable, as `line:column: reason: text`."""
    return re.findall(r"(?m)^    (\d+:\d+: .*)$", out)


def left(command: Command) -> set[str]:
    """The names of all that is in the folder, what is hidden too."""
    return {path.name for path in command.folder.iterdir()}


def measured(
    command: Command, *arguments: str, stdin: int | None = None
) -> tuple[subprocess.CompletedProcess[str], int]:
    """How it ended, and its peak in MB."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *XIANGSHENG, *arguments],
        cwd=command.folder,
        stdin=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    *said, peak = done.stderr.splitlines()
    return (
        subprocess.CompletedProcess(done.args, done.returncode, done.stdout, "\n".join(said)),
        int(peak.split()[1]),
    )


def shell(command: Command, script: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script.replace("xiangsheng", " ".join(XIANGSHENG))],
        cwd=command.folder,
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


def alone(command: Command, script: str) -> subprocess.CompletedProcess[str]:
    """In a namespace of its own, where it may mount file systems that nobody else sees."""
    unshare = shutil.which("unshare")
    begin = [unshare or "", "--map-root-user", "--mount", "--user"]
    if not unshare or subprocess.run([*begin, "true"], check=False).returncode:
        missing("unshare with user namespaces", "needed to mount a small file system")
    return subprocess.run(
        [*begin, "bash", "-c", script.replace("xiangsheng", " ".join(XIANGSHENG))],
        cwd=command.folder,
        capture_output=True,
        text=True,
        check=False,
    )


def without_rights(command: Command, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As somebody for whom permissions hold, also where the tests run as root."""
    return subprocess.run(
        [*XIANGSHENG, *arguments],
        cwd=command.folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_drop_rights if os.geteuid() == 0 else None,
    )


def _drop_rights() -> None:
    prctl = ctypes.CDLL(None).prctl
    drop, override, search = 24, 1, 2  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    if prctl(drop, override, 0, 0, 0) or prctl(drop, search, 0, 0, 0):
        os._exit(99)


def one_line(path: Path, megabytes: int, before: Sequence[Any], after: Sequence[Any]) -> Path:
    """A file of rows with a line of that length among them, written a megabyte at a time."""
    with path.open("wb") as stream:
        stream.write(lines(before).encode())
        stream.write(b'{"prompt":"0:')
        for _ in range(megabytes):
            stream.write(b"a" * (1 << 20))
        stream.write(b'","completion":"b"}\n')
        stream.write(lines(after).encode())
    return path
