"""The official tool of 2022, `openai tools fine_tunes.prepare_data`, in an environment of its own.

`make test` makes the environment; XIANGSHENG_OLD_TOOL names another folder for it.
"""

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from support import ROOT, missing

DRIVER = Path(__file__).with_name("drive_old.py")
PINNED = ("openai-0.28.1", "pandas-2.1.4", "numpy-1.26.4", "openpyxl-3.1.2")

Rows = list[list[str]]


@dataclass(frozen=True)
class Job:
    """One file through the tool. `answers` is repeated as long as it asks; None is `-q`."""

    key: str
    file: str
    answers: str | None = None


@dataclass(frozen=True)
class Fired:
    """One remediation with something to say. `check` is R, or V1 … V15 by its place."""

    check: str
    name: str
    level: str
    immediate: str | None
    optional: str | None
    necessary: str | None
    error: str | None

    @property
    def code(self) -> str:
        return f"{self.check}{self.level[0]}"


@dataclass(frozen=True)
class Run:
    """What the tool did: `crash` names the exception that ended it, `outputs` the files made."""

    fired: tuple[Fired, ...]
    exit: int
    crash: str | None
    outputs: dict[str, Rows]
    out: str
    err: str

    @property
    def codes(self) -> list[str]:
        return [fired.code for fired in self.fired]

    @property
    def ending(self) -> str:
        if self.crash:
            return f"crash:{self.crash}"
        return "fatal" if self.exit else ending_of(self.outputs)


def ending_of(outputs: dict[str, Rows]) -> str:
    return ("kept", "written", "split")[len(outputs)]


def python_of_old_tool() -> Path:
    named = os.environ.get("XIANGSHENG_OLD_TOOL")
    folder = ROOT / (named or ".venv-openai-0.28")
    for pin in PINNED:
        if not any(folder.glob(f"lib/python3*/site-packages/{pin}.dist-info")):
            missing(
                "the official tool of 2022",
                f"{pin} is not in {folder}; `make test` installs it there",
            )
    return folder / "bin" / "python"


def drive(jobs: Iterable[Job], folder: Path) -> dict[str, Run]:
    """Every job in one process, by key; `folder` holds what is said to it and what it says."""
    asked, told = folder / "jobs.json", folder / "runs.json"
    asked.write_text(json.dumps([asdict(job) for job in jobs]), encoding="utf-8")
    subprocess.run([python_of_old_tool(), DRIVER, asked, told], check=True)
    runs = json.loads(told.read_text(encoding="utf-8"))
    return {
        key: Run(**(run | {"fired": tuple(Fired(**one) for one in run["fired"])}))
        for key, run in runs.items()
    }
