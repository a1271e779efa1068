"""`corpus select` on a terminal: keys, an editor, Ctrl-C, kill -9, narrow windows, Chinese."""

import json
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dialogues import corpus
from surfaces.terminal import Terminal
from xiangsheng.corpus.reading import read

SELECT = ("corpus", "select", "source", "-o", "test", "--scripts", "3")


class Desk:
    """A folder with a source, and terminals in it that are closed in the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.terminals: list[Terminal] = []
        corpus(folder / "source")

    def sit_down(
        self, *more: str, columns: int = 80, environment: Mapping[str, str] | None = None
    ) -> Terminal:
        terminal = Terminal(self.folder, *SELECT, *more, columns=columns, environment=environment)
        self.terminals.append(terminal)
        return terminal

    def rows(self) -> list[dict[str, Any]]:
        text = (self.folder / "test.decisions.jsonl").read_text(encoding="utf-8")
        return [json.loads(row) for row in text.splitlines()]

    def editor(self, body: str) -> dict[str, str]:
        """An editor that does this to the `text` of the file it is given."""
        file = self.folder / "editor.py"
        file.write_text(
            "import sys\nfrom pathlib import Path\nfile = Path(sys.argv[1])\n"
            f"text = file.read_text(encoding='utf-8')\n{body}\n"
            "file.write_text(text, encoding='utf-8')\n",
            encoding="utf-8",
        )
        return {"EDITOR": f"'{sys.executable}' '{file}'", "VISUAL": ""}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    for terminal in desk.terminals:
        if terminal.process.poll() is None:
            terminal.kill()


def answer(terminal: Terminal, *keys: str) -> None:
    """Each key once it is asked for."""
    for key in keys:
        terminal.wait_for("\n> ")
        terminal.type(key)


def test_a_set_is_chosen_key_by_key(desk: Desk) -> None:
    terminal = desk.sit_down()
    terminal.wait_for("6 of 6 scripts have a window")
    terminal.wait_for("0/3 accepted · 0 skipped · 6 left")
    answer(terminal, "+2")
    terminal.wait_for("lines 3 to 22 of 40")
    answer(terminal, "a")
    terminal.wait_for("1/3 accepted · 0 skipped · 5 left")
    answer(terminal, "s")
    terminal.wait_for("why? ")
    terminal.type("太俗")
    terminal.wait_for("1/3 accepted · 1 skipped · 4 left")
    answer(terminal, "b")
    terminal.wait_for("1/3 accepted · 0 skipped · 5 left")
    answer(terminal, "e 2 新的一行。")
    terminal.wait_for(" 2 * 乙 新的一行。")
    answer(terminal, "a", "a")
    assert terminal.end() == 0, terminal.screen
    assert terminal.screen.endswith("\ntest\n")
    assert len(read(desk.folder / "test").scripts) == 3
    assert [row.get("decision", row["kind"]) for row in desk.rows()] == [
        *("selection", "shift", "accept", "skip", "back", "edit", "accept", "accept", "complete")
    ]


def test_killed_at_any_question_it_goes_on_there(desk: Desk) -> None:
    """kill -9 after every single answer, a shift and an edit that nobody accepted included."""
    for key in ("a", "+", "e 5 新的一行。", "-", "a", "s 太俗"):
        terminal = desk.sit_down()
        answer(terminal, key)
        terminal.wait_for("\n> ")
        terminal.kill()
    last = desk.sit_down()
    last.wait_for("2/3 accepted · 1 skipped · 3 left")
    answer(last, "a")
    assert last.end() == 0
    edited = desk.rows()[5]
    assert (edited["decision"], edited["window"]["first"]) == ("accept", 1)
    assert edited["edits"][0]["after"] == "新的一行。"


def test_killed_where_a_script_is_half_decided_it_shows_it_as_it_was(desk: Desk) -> None:
    terminal = desk.sit_down()
    answer(terminal, "+4", "e 7 新的一行。")
    terminal.wait_for("7 * 甲 新的一行。")
    terminal.kill()
    again = desk.sit_down()
    shown = again.wait_for("\n> ")
    assert "lines 5 to 24 of 40" in shown
    assert " 7 * 甲 新的一行。" in shown


def test_ctrl_c_keeps_what_was_decided(desk: Desk) -> None:
    terminal = desk.sit_down()
    answer(terminal, "a")
    terminal.wait_for("\n> ")
    terminal.press("s 不要这")
    terminal.press("\x03")
    assert terminal.end() == 130
    assert "Error: stopped; 1 of 3 are accepted and every decision is kept" in terminal.screen
    assert "Next: give the same command again to go on" in terminal.screen
    assert [row["kind"] for row in desk.rows()] == ["selection", "decision"]


def test_ctrl_d_quits(desk: Desk) -> None:
    terminal = desk.sit_down()
    terminal.wait_for("\n> ")
    terminal.press("\x04")
    assert terminal.end() == 5
    assert "0 of 3 are accepted" in terminal.screen


def test_another_terminal_on_the_same_decisions_is_held_off(desk: Desk) -> None:
    first = desk.sit_down()
    first.wait_for("\n> ")
    second = desk.sit_down()
    assert second.end() == 1
    assert "another process is adding to it" in second.screen
    first.type("q")
    assert first.end() == 5


def test_the_editor_changes_lines_and_they_are_written_down_one_by_one(desk: Desk) -> None:
    editor = desk.editor("text = text.replace('第2回', '第二回').replace('第5回', '第五回')")
    terminal = desk.sit_down(environment=editor)
    answer(terminal, "e")
    terminal.wait_for("第二回")
    answer(terminal, "q")
    assert terminal.end() == 5
    edits = desk.rows()[-1]["edits"]
    assert [(one["line"], one["after"]) for one in edits] == [
        (one["line"], one["before"].replace("第2回", "第二回").replace("第5回", "第五回"))
        for one in edits
    ]
    assert [one["line"] for one in edits] == [2, 5]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass", "nothing was changed"),
        ("text = text.replace('乙:', '甲:', 1)", "line 2 must begin with 乙:"),
        ("text = text + '甲:多了。'", "there are 21 lines now, and must be 20"),
        ("text = text.replace('第2回', '\\x1b[A')", "line 2 holds a control character"),
        ("sys.exit(3)", "the editor ended with 3; nothing is changed"),
        ("file.unlink(); sys.exit()", "the edited file cannot be read"),
    ],
)
def test_what_an_editor_can_do_wrong(desk: Desk, body: str, said: str) -> None:
    terminal = desk.sit_down(environment=desk.editor(body))
    answer(terminal, "e")
    terminal.wait_for(said)
    answer(terminal, "q")
    assert terminal.end() == 5
    assert [row["kind"] for row in desk.rows()] == ["selection"]


@pytest.mark.parametrize(
    ("editor", "said"),
    [
        ("", "neither VISUAL nor EDITOR names an editor"),
        ("'", "neither VISUAL nor EDITOR names an editor"),
        ("no-such-editor -w", "the editor cannot be started: No such file"),
    ],
)
def test_no_editor(desk: Desk, editor: str, said: str) -> None:
    terminal = desk.sit_down(environment={"EDITOR": editor, "VISUAL": ""})
    answer(terminal, "e")
    terminal.wait_for(said)
    terminal.wait_for("\n> ")


def test_ctrl_c_in_the_editor_is_the_editors(desk: Desk) -> None:
    waiting = "print('editing', flush=True)\nimport time; time.sleep(600)"
    terminal = desk.sit_down(environment=desk.editor(waiting))
    answer(terminal, "e")
    terminal.wait_for("editing")
    terminal.press("\x03")
    terminal.wait_for("nothing is changed")
    answer(terminal, "a", "q")
    assert terminal.end() == 5
    assert desk.rows()[-1]["decision"] == "accept"


def width(line: str) -> int:
    """In columns, as a terminal counts them."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
def test_every_screen_fits_its_terminal(desk: Desk, columns: int, language: str) -> None:
    """A line that is too wide would be broken by the terminal, in the middle of the columns."""
    terminal = desk.sit_down(columns=columns, environment={"LANG": language})
    answer(terminal, "？", f"e 3 {'长' * 100}", "+1", "q")
    assert terminal.end() == 5
    typed = f"> e 3 {'长' * 100}"
    shown = terminal.screen.partition("Error: ")[0].partition("错误：")[0].splitlines()
    summary = next(n for n, line in enumerate(shown) if line.startswith("> q"))
    assert summary > 60
    assert not [line for line in shown[:summary] if width(line) > columns and line != typed]
    assert ("采用" in terminal.screen) is (language == "zh_CN.UTF-8")
