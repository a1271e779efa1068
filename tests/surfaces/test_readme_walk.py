"""The READMEs' walk through the commands of 2022, typed as it stands there."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients import OLDEST, Client
from support import ROOT, free_port

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KEY, MODEL, JOB = r"sk-xs-[\w-]+", r"ada:ft-[\d-]+-[0-9a-f]{8}", r"ft-[0-9a-f]{8}"
PORT = "8000"
MOST_S = 900
"""Two minutes, on a machine that has nothing else to do; a slow and busy one takes many times that."""


def blocks(readme: str) -> list[str]:
    return BLOCK.findall((ROOT / readme).read_text(encoding="utf-8"))


def commands(block: str) -> list[tuple[str, list[str]]]:
    """Every command, and the lines shown after it."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)
    assert parts[0] == ""
    return [(parts[n], parts[n + 1].splitlines()) for n in range(1, len(parts), 2)]


def shape(line: str) -> str:
    """A line without what differs from time to time: names, numbers, and the model's words."""
    if line.startswith("1:"):
        return "1:"
    line = re.sub(r"(file|ft|sk-xs)-[\w-]+", r"\1-…", line)
    return re.sub(r"\d[\d.,]*( s\b| min\b)?", "0", line)


def assert_shown(shown: list[str], told: str) -> None:
    """All lines shown were told, in that order; others may be between them only at a «…»."""
    shapes = [shape(line) for line in told.splitlines()]
    place, anywhere = 0, False
    for line in shown:
        if line == "…":
            anywhere = True
            continue
        beginning = shape(line.removesuffix("…"))
        while anywhere and not shapes[place].startswith(beginning):
            place += 1
        assert shapes[place].startswith(beginning), (line, told)
        if not line.endswith("…"):
            assert shapes[place] == beginning, (line, told)
        place, anywhere = place + 1, False
    assert anywhere or place == len(shapes), told


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that looks like a checkout after `make demo`, with the old client on the path."""
    old = Client(OLDEST, "", "").folder
    monkeypatch.setenv("PATH", f"{old / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")
    monkeypatch.setenv("LANG", "C.UTF-8")
    for name in ("XIANGSHENG_HOME", "XIANGSHENG_API_KEY", "LC_ALL"):
        monkeypatch.delenv(name, raising=False)
    for shown, real in ((".venv/bin", Path(sys.executable).parent), ("src", ROOT / "src")):
        (tmp_path / shown).parent.mkdir(exist_ok=True)
        (tmp_path / shown).symlink_to(real)
    yield tmp_path
    shutil.rmtree(tmp_path / ".xiangsheng", ignore_errors=True)


def until_serving(log: Path, server: "subprocess.Popen[bytes]") -> str:
    began = time.monotonic()
    while "(Ctrl-C stops)" not in (told := log.read_text(encoding="utf-8")):
        assert server.poll() is None, told
        assert time.monotonic() - began < MOST_S, told
        time.sleep(0.1)
    return told


def test_both_languages_show_the_same_walk() -> None:
    assert len(blocks("README.md")) == 2
    assert blocks("README.md") == blocks("README.zh-CN.md")


def test_the_walk_goes_as_it_is_shown(desk: Path) -> None:
    first, second = blocks("README.md")
    ((serve, shown),) = commands(first)
    log, port = desk / "serve.log", str(free_port())
    with log.open("wb") as stream:
        server = subprocess.Popen(
            ["bash", "-c", f"exec {serve} --port {port}"], cwd=desk, stdout=stream, stderr=stream
        )
    try:
        told = until_serving(log, server)
        assert_shown(shown, told.replace(port, PORT))
        walk(desk, second, {PORT: port, found(KEY, first): found(KEY, told)})
    finally:
        server.terminate()
        server.wait(60)


def walk(desk: Path, block: str, actual: dict[str, str]) -> None:
    """Types every command; `actual` has what stands for the port and the names shown."""
    exported = ""
    for command, shown in commands(block):
        typed = command
        for name, real in actual.items():
            typed = typed.replace(name, real)
        if typed.startswith("export "):
            exported += f"{typed}\n"
            continue
        done = subprocess.run(
            ["bash", "-c", exported + typed],
            cwd=desk,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=MOST_S,
        )
        assert done.returncode == 0, (typed, done.stderr)
        assert_shown(shown, done.stdout)
        if "fine_tunes.create" in command:
            everything = "\n".join(shown)
            for name in (MODEL, JOB):
                actual[found(name, everything)] = found(name, done.stdout)


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, text
    return match[0]
