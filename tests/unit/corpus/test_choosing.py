"""What a person does to a window, and what is refused."""

from dataclasses import replace

import pytest

from dialogues import dialogue
from xiangsheng.core.script import Line, Script
from xiangsheng.core.words import Words
from xiangsheng.corpus.choosing import Accept, Candidate, Rewrite, Shift, Skip, Step, taken
from xiangsheng.corpus.decisions import Verdict
from xiangsheng.corpus.training_lines import TrainingLines, training_lines
from xiangsheng.corpus.windows import Edit, Window

SCRIPT = dialogue("7", 30)
HERE = Candidate(SCRIPT, Window(3, 22))
NOTHING = TrainingLines()


def step(found: Step | Words) -> Step:
    assert isinstance(found, Step), found
    return found


def words(found: Step | Words) -> str:
    assert isinstance(found, Words), found
    return found.en


def test_accept_takes_it_as_it_is() -> None:
    assert taken(HERE, Accept(), NOTHING) == Step(Verdict.ACCEPT, HERE)


def test_accept_keeps_the_edits_of_the_window_only() -> None:
    edits = (Edit(2, SCRIPT.lines[1].text, "外面"), Edit(3, SCRIPT.lines[2].text, "里面的一行。"))
    found = step(taken(replace(HERE, edits=edits), Accept(), NOTHING))
    assert found.candidate.edits == edits[1:]
    assert found.candidate.part.lines[0].text == "里面的一行。"


def test_a_training_line_is_never_accepted_not_even_as_an_edit() -> None:
    line = "训练剧本里的这一行有十五个字。"
    training = training_lines([Script("t", "", (Line("0", line),))])
    edited = step(taken(HERE, Rewrite({5: line}), training)).candidate
    assert "line 5 is also in the training script t" in words(taken(edited, Accept(), training))
    assert step(taken(edited, Accept(), NOTHING)).verdict is Verdict.ACCEPT


def test_what_could_not_be_read_back_is_not_accepted() -> None:
    assert "cannot be a file name" in words(
        taken(replace(HERE, script=replace(SCRIPT, id="../x")), Accept(), NOTHING)
    )


def test_a_skip_has_a_reason() -> None:
    assert step(taken(HERE, Skip(" 太俗 "), NOTHING)).reason == "太俗"
    assert "reason" in words(taken(HERE, Skip("  "), NOTHING))
    assert "reason" in words(taken(HERE, Skip("\x1b[A"), NOTHING))


@pytest.mark.parametrize(("by", "first"), [(1, 4), (-1, 2), (8, 11), (-2, 1)])
def test_the_window_moves_within_the_script(by: int, first: int) -> None:
    found = step(taken(HERE, Shift(by), NOTHING))
    assert found == Step(Verdict.SHIFT, replace(HERE, window=Window(first, first + 19)))


@pytest.mark.parametrize("by", [9, -3, 10**6])
def test_and_not_beyond_it(by: int) -> None:
    assert "ends there" in words(taken(HERE, Shift(by), NOTHING))


def test_a_line_is_rewritten_again_and_brought_back() -> None:
    before = SCRIPT.lines[4].text
    once = step(taken(HERE, Rewrite({5: " 新的一行。 "}), NOTHING)).candidate
    assert once.edits == (Edit(5, before, "新的一行。"),)
    twice = step(taken(once, Rewrite({5: "更新的一行。", 4: "还有一行。"}), NOTHING)).candidate
    assert [edit.line for edit in twice.edits] == [4, 5]
    assert twice.edits[1] == Edit(5, before, "更新的一行。")
    back = step(taken(twice, Rewrite({5: "", 4: SCRIPT.lines[3].text}), NOTHING)).candidate
    assert back == HERE


def test_edits_wait_outside_of_the_window() -> None:
    edited = step(taken(HERE, Rewrite({3: "新的一行。"}), NOTHING)).candidate
    away = step(taken(edited, Shift(1), NOTHING)).candidate
    assert away.part == replace(HERE, window=Window(4, 23)).part
    assert step(taken(away, Shift(-1), NOTHING)).candidate == edited


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({2: "外面"}, "line 2 is not in the window"),
        ({5: "箭头\x1b[D"}, "control character"),
        ({5: "两\n行"}, "control character"),
        ({5: "半个\udce4"}, "control character"),
        ({5: ""}, "nothing was changed"),
        ({}, "nothing was changed"),
    ],
)
def test_what_is_no_new_line_is_refused(texts: dict[int, str], why: str) -> None:
    assert why in words(taken(HERE, Rewrite(texts), NOTHING))
