"""The command line, called as a person would, in this process or in its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from xiangsheng.cli.main import main

if TYPE_CHECKING:
    from postgres import Cluster


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


def no_cluster() -> "Cluster":
    raise AssertionError("this test was given no PostgreSQL")


class Command:
    """`xiangsheng` in a folder of its own; `call` in this process, `start` in another.

    `cluster` starts a PostgreSQL, once; `address` is of a database in it that a test talks of.
    """

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        cluster: "Callable[[], Cluster]" = no_cluster,
    ) -> None:
        self.folder, self.patch, self.capsys = folder, monkeypatch, capsys
        self.cluster, self.address = cluster, ""
        self.held = ExitStack()

    def call(self, *arguments: str) -> Result:
        self.patch.chdir(self.folder)
        self.patch.setattr(sys, "argv", ["xiangsheng", *arguments])
        self.capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as ending:
            code = ending.code if isinstance(ending.code, int) else 1
        captured = self.capsys.readouterr()
        return Result(code, captured.out, captured.err)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "xiangsheng.cli.main", *arguments],
            cwd=self.folder,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path
