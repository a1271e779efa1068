"""docs/reference/cli.md is what `--help` says; `make golden` writes it anew."""

import os
import sys
from collections.abc import Iterator

import pytest

from support import ROOT

PAGE = ROOT / "docs" / "reference" / "cli.md"
GROUPS = {
    "corpus": (
        *("import", "stats", "select", "compose", "openings", "export", "clean"),
        *("render", "leaks", "split"),
    ),
    "ft": (
        *("create", "follow", "list", "get", "cancel", "pause", "resume", "events", "results"),
        *("delete", "work"),
    ),
    "api": ("fine_tunes.create", "completions.create"),
    "models": ("list", "build"),
    "tools": ("fine_tunes.prepare_data",),
    "price": ("list", "show"),
    "estimate": ("train", "generate", "run"),
}
COMMANDS = (
    "demo",
    "prepare",
    "run",
    "resume",
    "score",
    "copied",
    "report",
    "log",
    "ft",
    "api",
    "complete",
    "serve",
    "models",
    "corpus",
    "tools",
    "price",
    "estimate",
)
INTRODUCTION = """\
# Commands

What `--help` says, kept so by a test. With `--lang zh`, or in a Chinese locale, the help is in Chinese.
Data goes to standard output, everything else to standard error; `--json` prints one document with a
`schema_version` and nothing else. Exit codes are on [the page of errors](errors.md).
"""


def calls() -> Iterator[tuple[str, ...]]:
    yield ()
    for command in COMMANDS:
        yield (command,)
        yield from ((command, inner) for inner in GROUPS.get(command, ()))


def told(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    from xiangsheng.cli.main import main

    sys.argv = ["xiangsheng", *arguments, "--help"]
    with pytest.raises(SystemExit):
        main()
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()).strip()


def test_the_page_is_what_help_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "96")
    monkeypatch.setattr(sys, "argv", [])
    parts = [
        f"## xiangsheng {' '.join(arguments)}".rstrip()
        + f"\n\n```text\n{told(arguments, capsys)}\n```\n"
        for arguments in calls()
    ]
    page = "\n".join([INTRODUCTION, *parts])
    if os.environ.get("XIANGSHENG_GOLDEN") == "1":
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page


def test_every_command_is_on_the_page() -> None:
    from xiangsheng.cli.commands import corpus
    from xiangsheng.cli.main import app

    names = {
        info.name or getattr(info.callback, "__name__", "") for info in app.registered_commands
    }
    assert names | {group.name for group in app.registered_groups} == set(COMMANDS)
    inner = {
        info.name or getattr(info.callback, "__name__", "")
        for info in corpus.app.registered_commands
    }
    assert inner == set(GROUPS["corpus"])
