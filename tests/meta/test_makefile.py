"""The Makefile explains itself, and says what is missing before it starts installing."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support import ROOT, missing

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
STAMP = ".venv/.installed"


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("make") is None:
        missing("make", "it is not on the PATH")
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *words], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def pretend_python(folder: Path, script: str) -> str:
    """A stand-in for the interpreter: a shell script that sees what make asks of it."""
    file = folder / "pretend-python"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return f"PYTHON={file}"


def test_help_lists_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    shown = {line.split()[1] for line in make(ROOT, "help").stdout.splitlines()}
    assert shown == set(phony[1].split())
    assert shown >= {"demo", "test", "check", "bench", "docs", "soak", "golden", "clean", "help"}


def test_an_old_python_is_named_with_its_version(checkout: Path) -> None:
    old = pretend_python(checkout, '[ "$1" = --version ] && echo Python 3.10.12')
    done = make(checkout, "demo", old)
    assert done.returncode == 2
    assert "needs Python 3.11 or newer" in done.stderr
    assert "Python 3.10.12" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_not_there_is_named(checkout: Path) -> None:
    done = make(checkout, "demo", "PYTHON=python-of-nowhere")
    assert done.returncode == 2
    assert "'python-of-nowhere' is not there" in done.stderr


def test_a_python_without_ensurepip_is_told_the_package(checkout: Path) -> None:
    bare = pretend_python(checkout, 'case "$2" in *ensurepip*) exit 1;; esac')
    done = make(checkout, "demo", bare)
    assert done.returncode == 2
    assert "install the package python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_an_installation_that_fails_leaves_no_stamp(checkout: Path) -> None:
    failing_pip = 'case "$*" in *install*) echo no such package >&2; exit 1;; esac'
    making_venv = f"""
        [ "$2" = venv ] || exit 0
        mkdir -p .venv/bin
        printf '%s\\n' '#!/bin/sh' '{failing_pip}' > .venv/bin/python
        chmod +x .venv/bin/python
    """
    (checkout / ".venv").mkdir()
    (checkout / STAMP).touch()
    os.utime(checkout / STAMP, (0, 0))  # from an earlier installation
    done = make(checkout, "demo", pretend_python(checkout, making_venv))
    assert done.returncode == 2
    assert "no such package" in done.stderr
    assert not (checkout / STAMP).exists()


def test_without_the_old_tool_the_tests_are_still_run(checkout: Path) -> None:
    (checkout / "tests" / "parity").mkdir(parents=True)
    (checkout / "tests" / "parity" / "requirements.txt").touch()
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    no_venvs = 'case "$*" in *venv*) exit 1;; *pytest*) echo all passed;; esac'
    python.write_text(f"#!/bin/sh\n{no_venvs}\n", encoding="utf-8")
    python.chmod(0o755)
    for stamp in (STAMP, f"{STAMP}-dev"):
        (checkout / stamp).touch()
    done = make(checkout, "test", "XIANGSHENG_OLD_TOOL=")
    assert (done.returncode, done.stdout) == (0, "all passed\n")
    assert "will be skipped" in done.stderr
    assert not (checkout / ".venv-openai-0.28" / ".installed").exists()
