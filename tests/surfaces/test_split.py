"""`corpus split`, and a study on what it wrote."""

import json

import pytest

from scripts import said
from support import c3_folder
from surfaces.command import Command

SHARED = said(500, 14)


@pytest.fixture
def corpus(command: Command) -> Command:
    """Eight scripts; the third and the sixth share a line."""
    for number in range(8):
        lines = [said(100 * number + place) for place in range(9)]
        if number in {2, 5}:
            lines[4] = SHARED
        labelled = [f"{'甲乙'[place % 2]}：{line}" for place, line in enumerate(lines)]
        command.write(f"mine/{number}.txt", "\n".join(labelled) + "\n")
    return command


def test_scripts_are_divided_and_it_is_said_what_was_kept_together(corpus: Command) -> None:
    result = corpus.call("corpus", "split", "mine", "-o", "out", "--test", "2", "--valid", "1")
    assert result.code == 0
    assert result.err == ""
    assert "     5  out/train\n     2  out/test\n     1  out/valid\n" in result.out
    assert "  2, 5 → " in result.out
    assert "    2 ↔ 5: run of 28 characters" in result.out
    sides = {
        side: {path.stem for path in (corpus.folder / "out" / side).iterdir()}
        for side in ("train", "test", "valid")
    }
    assert set().union(*sides.values()) == {str(number) for number in range(8)}
    assert [side for side, ids in sides.items() if {"2", "5"} & ids] == [
        side for side, ids in sides.items() if {"2", "5"} <= ids
    ]
    assert corpus.call("corpus", "leaks", "out/train", "out/test").code == 0


def test_what_was_done_is_kept_beside_the_scripts(corpus: Command) -> None:
    call = ("corpus", "split", "mine", "--test-share", "0.25", "--seed", "7", "-o")
    printed = json.loads(corpus.call(*call, "out", "--json").out)
    kept = json.loads((corpus.folder / "out" / "split.json").read_text(encoding="utf-8"))
    assert printed == {"schema_version": 1, "folder": "out", **kept}
    assert (kept["source"], kept["seed"], len(kept["scripts"]["test"])) == ("mine", 7, 2)
    (group,) = kept["groups"]
    assert group["scripts"] == ["2", "5"]
    assert group["side"] in kept["scripts"]
    (tie,) = group["ties"]
    assert (tie["kind"], tie["characters"]) == ("run", 28)
    assert [place["first"] for place in tie["scripts"]] == [5, 5]
    corpus.call(*call, "again")
    for file in (corpus.folder / "out").rglob("*.*"):
        twin = corpus.folder / "again" / file.relative_to(corpus.folder / "out")
        assert twin.read_bytes() == file.read_bytes()


def test_a_study_finds_the_folders(corpus: Command) -> None:
    corpus.call("corpus", "split", "mine", "-o", "out", "--test", "2", "--valid", "1")
    small = ("tasks.next-line.given=3", "tasks.last-ten.given=3", "tasks.last-ten.asked=3")
    settings = [word for one in small for word in ("--set", one)]
    result = corpus.call("run", "exp2", "--data", "out", "-m", "ngram:3", *settings, "--json")
    assert result.code == 0, result.err
    (run,) = (corpus.folder / ".xiangsheng" / "runs").iterdir()
    counts = [
        len((run / name).read_text(encoding="utf-8").splitlines())
        for name in ("training.jsonl", "validation.jsonl")
    ]
    assert counts == [5, 1]


def test_nothing_existing_is_touched(corpus: Command) -> None:
    corpus.write("out/note.txt", "mine")
    result = corpus.call("corpus", "split", "mine", "-o", "out", "--test", "2")
    assert result.code == 2
    assert "exists already" in result.err
    assert [path.name for path in (corpus.folder / "out").iterdir()] == ["note.txt"]


def test_a_split_that_fails_leaves_nothing(corpus: Command) -> None:
    before = sorted(path.name for path in corpus.folder.iterdir())
    corpus.patch.setattr("xiangsheng.verbs.split.write_bytes", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        corpus.call("corpus", "split", "mine", "-o", "out", "--test", "2")
    assert sorted(path.name for path in corpus.folder.iterdir()) == before


def test_a_group_that_does_not_fit_is_passed_over_and_told(corpus: Command) -> None:
    for number in range(8):
        if number not in {2, 5}:
            (corpus.folder / "mine" / f"{number}.txt").unlink()
    text = (corpus.folder / "mine" / "2.txt").read_text(encoding="utf-8")
    for name in ("x", "y"):
        corpus.write(f"mine/{name}.txt", text.replace("甲", name))
    corpus.write("mine/z.txt", f"甲：{said(900)}\n乙：{said(901)}\n")
    result = corpus.call("corpus", "split", "mine", "-o", "out", "--test", "3")
    assert result.code == 0
    assert result.err == "test: 1 of 3 scripts; groups are not divided\n"


@pytest.mark.real_data
def test_the_real_scripts(command: Command) -> None:
    source = str(c3_folder() / "scripts")
    result = command.call("corpus", "split", source, "-o", "out", "--test", "50", "--json")
    made = json.loads(result.out)
    assert {name: len(ids) for name, ids in made["scripts"].items()} == {"train": 268, "test": 50}
    assert [group["scripts"] for group in made["groups"]] == [
        ["160", "208", "332"],
        ["161", "166", "85"],
        ["212", "276"],
        ["235", "296"],
        ["258", "39"],
        ["267", "28"],
        ["351", "63"],
    ]
    assert command.call("corpus", "leaks", "out/train", "out/test").code == 0
