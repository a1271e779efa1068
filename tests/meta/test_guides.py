"""The guides show what exists: their commands parse, their files can be read."""

import json
import re
import shlex
from pathlib import Path

import pytest
import typer

from support import ROOT
from xiangsheng.cli.main import app
from xiangsheng.core.script import Role
from xiangsheng.corpus.reading import read

GUIDES = {
    path: path.read_text(encoding="utf-8")
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
}
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^ *(?:\$ )?(?:\.venv/bin/)?xiangsheng ([^#\n]*)", re.MULTILINE)


def blocks(name: str, language: str) -> list[str]:
    return [text for kind, text in FENCE.findall(GUIDES[ROOT / name]) if kind == language]


def commands() -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), command.strip())
        for path, guide in sorted(GUIDES.items())
        for language, block in FENCE.findall(guide)
        if language in {"sh", "bash", "console"}
        for command in COMMAND.findall(block)
    ]


def test_the_guides_show_commands() -> None:
    assert len(commands()) > 5


@pytest.mark.parametrize(("page", "line"), commands())
def test_every_command_shown_can_be_parsed(page: str, line: str) -> None:
    command = typer.main.get_command(app)
    words = shlex.split(line)
    context = None
    while (resolve := getattr(command, "resolve_command", None)) is not None:
        context = command.make_context(page, words, parent=context)
        _, command, words = resolve(context, [*context._protected_args, *context.args])
        assert command, line
    command.make_context(page, words, parent=context)


def test_the_script_shown_can_be_read(tmp_path: Path) -> None:
    shown = [block for block in blocks("docs/howto/own-scripts.md", "text") if "+++" in block]
    assert len(shown) == 1
    file = tmp_path / "shown.txt"
    file.write_text(shown[0], encoding="utf-8")
    (script,) = read(file).scripts
    assert (script.title, len(script.lines)) == ("排队", 4)
    assert [speaker.role for speaker in script.speakers] == [Role.DOUGEN, Role.PENGEN]


def test_the_tables_and_objects_shown_can_be_read(tmp_path: Path) -> None:
    page = "docs/howto/own-scripts.md"
    (table,) = [block for block in blocks(page, "text") if block.startswith("剧本,")]
    shown = [(table, "csv"), *((block, "json") for block in blocks(page, "json"))]
    assert len(shown) == 3
    for text, suffix in shown:
        file = tmp_path / f"shown.{suffix}"
        file.write_text(text, encoding="utf-8")
        (script,) = read(file).scripts
        assert [line.text for line in script.lines] == ["您猜我今天排了多久的队？", "多久？"]


def test_the_pairs_shown_are_pairs() -> None:
    (shown,) = blocks("docs/howto/score-other-systems.md", "json")
    pairs = json.loads(shown)
    assert pairs
    assert all(set(pair) == {"script", "ori", "gen"} for pair in pairs)
