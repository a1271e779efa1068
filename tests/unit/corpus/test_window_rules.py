"""Each rule, broken and just kept."""

from collections.abc import Sequence

import pytest

from dialogues import dialogue
from support import c3_folder
from xiangsheng.core.script import Line, Script
from xiangsheng.corpus.reading import read
from xiangsheng.corpus.training_lines import TrainingLines, training_lines
from xiangsheng.corpus.window_rules import LONGEST_LINE, faults

NOTHING = TrainingLines()


def broken(texts: Sequence[str], speakers: str = "01010101") -> list[str]:
    lines = tuple(Line(who, text) for who, text in zip(speakers, texts, strict=False))
    return [fault.code for fault in faults(Script("a", "", lines), NOTHING)]


def test_an_ordinary_dialogue_breaks_no_rule() -> None:
    assert faults(dialogue("1", 20), NOTHING) == ()


def test_a_line_may_have_120_characters() -> None:
    assert broken(["好" * LONGEST_LINE, "您说什么？", "我没说。"]) == []
    assert broken(["好" * (LONGEST_LINE + 1), "您说什么？", "我没说。"]) == ["long_line"]


@pytest.mark.parametrize(("length", "codes"), [(3, ["median", "short"]), (4, []), (60, []), (61, ["median"])])  # fmt: skip
def test_the_middle_line_has_4_to_60_characters(length: int, codes: list[str]) -> None:
    assert broken(["好" * length] * 4) == codes


def test_half_of_the_lines_may_be_one_word() -> None:
    assert broken(["是啊。", "对呀。", "您说的这是什么话？", "我说的是真话。"]) == []
    assert broken(
        ["是啊。", "对呀。", "嗯。", "您说的这是什么话呀？", "真话。", "我说的是真话。"]
    ) == [
        "median",
        "short",
    ]


def test_speakers_take_turns_and_there_are_two() -> None:
    words = ["您说什么？", "我没说什么。", "您再说一遍。", "没有什么可说的。"]
    assert broken(words, "0110") == ["same_speaker"]
    assert broken(words, "0000") == ["one_speaker"]


def test_a_line_of_12_characters_may_not_be_a_training_line() -> None:
    said = "您这是说什么呢您这是"
    for text, expected in ((said + "啊", []), (said + "话啊", ["in_training"])):
        script = Script("a", "", (Line("0", text), Line("1", "我没说什么。")))
        training = training_lines([Script("b", "", script.lines)])
        found = faults(script, training, 31)
        assert [fault.code for fault in found] == expected
        assert all(fault.forbids and "line 31" in fault.words.en for fault in found)


def test_a_script_is_not_held_against_itself_where_the_sources_are_one() -> None:
    lines = (Line("0", "您说的这一句足足有十二个字。"), Line("1", "我没说什么。"))
    one, other = Script("a", "", lines), Script("b", "", lines)
    assert faults(one, training_lines([one], own=True)) == ()
    (fault,) = faults(one, training_lines([one, other], own=True))
    assert "script b" in fault.words.en
    (fault,) = faults(one, training_lines([one]))
    assert "script a" in fault.words.en


@pytest.mark.real_data
def test_nine_of_ten_windows_that_were_chosen_by_hand_keep_the_rules() -> None:
    test = read(c3_folder() / "test_filter_50x20.txt").scripts
    training = training_lines(read(c3_folder() / "scripts").scripts)
    codes = [tuple(fault.code for fault in faults(script, training)) for script in test]
    assert codes.count(()) == 45
    assert set(codes) == {(), ("long_line",)}
