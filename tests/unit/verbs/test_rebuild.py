"""The same set again, from its decisions and the source alone."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dialogues import corpus, dialogue
from xiangsheng.core.errors import DataError, UsageError, XiangshengError
from xiangsheng.core.events import Event
from xiangsheng.corpus.choosing import Accept, Action, Rewrite, Shift
from xiangsheng.corpus.reading import ReadingOptions
from xiangsheng.corpus.writing import write_scripts
from xiangsheng.verbs.rebuild import rebuild
from xiangsheng.verbs.select import Wishes, select
from xiangsheng.verbs.select_session import View


def quiet(_event: Event) -> None:
    pass


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A folder with a source, and in `test` what a person made of it."""
    corpus(tmp_path / "source")
    actions: list[Action] = [Shift(3), Rewrite({5: "新的一行。"}), Accept(), Accept(), Accept()]

    def ask(_view: View) -> Action:
        return actions.pop(0)

    select(Wishes(tmp_path / "source", tmp_path / "test", scripts=3), ask, quiet)
    return tmp_path


def again(root: Path, name: str = "again") -> dict[str, bytes]:
    rebuild(root / "test.decisions.jsonl", root / "source", root / name, quiet)
    return contents(root / name)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def edit_rows(root: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    log = root / "test.decisions.jsonl"
    rows = [json.loads(row) for row in log.read_text(encoding="utf-8").splitlines()]
    change(rows)
    log.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_it_is_the_same_to_the_byte(made: Path) -> None:
    assert again(made) == contents(made / "test")


def test_scripts_more_in_the_source_change_nothing(made: Path) -> None:
    write_scripts([dialogue("0"), dialogue("99")], made / "source")
    assert again(made) == contents(made / "test")


def test_the_source_is_read_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    text = "".join(f"{who}:{dialogue('1').lines[n].text}\n" for n, who in enumerate("王李" * 20))
    (tmp_path / "source" / "1.txt").write_bytes(text.replace("王", "老").encode("big5", "ignore"))
    reading = ReadingOptions(encoding="big5", role_map={"老": "甲"})
    wishes = Wishes(tmp_path / "source", tmp_path / "test", scripts=1, reading=reading)
    select(wishes, None, quiet)
    assert again(tmp_path) == contents(tmp_path / "test")
    assert contents(tmp_path / "test")["1.txt"].decode().startswith("+++\n+++\n甲:")


def test_a_script_that_changed_is_refused(made: Path) -> None:
    id_ = next(iter(contents(made / "test"))).removesuffix(".txt")
    write_scripts([replace(dialogue(id_), title="别的")], made / "source")
    with pytest.raises(DataError, match="has changed since it was decided on") as refused:
        again(made)
    assert refused.value.where == id_
    assert not (made / "again").exists()


def test_decisions_that_are_not_complete_are_refused(made: Path) -> None:
    edit_rows(made, lambda rows: rows.pop())
    with pytest.raises(UsageError, match="not complete: 3 of 3 are accepted"):
        again(made)
    edit_rows(made, lambda rows: rows.clear())
    with pytest.raises(UsageError, match="not complete: 0 are accepted"):
        again(made)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[-2]["window"].update(first=2, last=21),
        lambda rows: rows[-2]["window"].update(last=1000),
        lambda rows: rows[-2].update(script="../../etc/passwd"),
        lambda rows: rows[-4]["edits"][0].update(after="换了。"),
        lambda rows: rows[-4]["edits"][0].update(before="换了。"),
        lambda rows: rows.pop(-2),
    ],
)
def test_decisions_that_somebody_changed_are_refused(
    made: Path, change: Callable[[list[dict[str, Any]]], object]
) -> None:
    edit_rows(made, change)
    with pytest.raises(XiangshengError):
        again(made)
    assert not (made / "again").exists()


def test_nothing_existing_is_overwritten(made: Path) -> None:
    with pytest.raises(UsageError, match="exists already"):
        again(made, "test")
