"""Which windows are proposed, in which order."""

from dataclasses import replace

import pytest

from dialogues import dialogue
from xiangsheng.core.script import Line, Script
from xiangsheng.corpus.proposals import begins_in_a_list, judged, proposals, shuffled
from xiangsheng.corpus.training_lines import TrainingLines, training_lines
from xiangsheng.corpus.windows import Window, cut

NOTHING = TrainingLines()


def with_line(script: Script, number: int, line: Line) -> Script:
    lines = list(script.lines)
    lines[number - 1] = line
    return replace(script, lines=tuple(lines))


def firsts(script: Script, training: TrainingLines = NOTHING) -> list[int]:
    return sorted(one.window.first for one in proposals(script, 20, training))


def test_every_window_of_an_ordinary_script_is_proposed_the_beginning_first() -> None:
    found = proposals(dialogue("1", 25), 20, NOTHING)
    assert found[0].window == Window(1, 20)
    assert firsts(dialogue("1", 25)) == [1, 2, 3, 4, 5, 6]
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert proposals(dialogue("1", 19), 20, NOTHING) == ()


def test_windows_that_break_a_rule_are_not_proposed() -> None:
    long = with_line(dialogue("1", 30), 23, Line("0", "好" * 121))
    assert firsts(long) == [1, 2, 3]
    line = "这一句话训练剧本里也有一模一样的。"
    shared = with_line(dialogue("1", 30), 23, Line("0", line))
    assert firsts(shared, training_lines([Script("2", "", (Line("0", line),))])) == [1, 2, 3]


def test_one_speaker_goes_on_only_where_no_window_is_without_it() -> None:
    script = dialogue("1", 45)
    once = with_line(script, 23, replace(script.lines[22], speaker="1"))
    assert firsts(once) == [1, 2, 3, 24, 25, 26]
    short = with_line(dialogue("1", 25), 12, replace(script.lines[11], speaker="0"))
    assert firsts(short) == [1, 2, 3, 4, 5, 6]


def test_the_parts_of_the_score_by_hand() -> None:
    lines = ("您好您好", "嗯。", "您吃过饭了", "吃了。")
    script = Script("a", "", tuple(Line("01"[n % 2], text) for n, text in enumerate(lines * 2)))
    found = judged(script, Window(2, 5), cut(script, Window(2, 5)))
    assert found.opening == 1 - 1 / 4
    assert found.balance == (2 + 3) / (5 + 4)
    assert found.replies == 2 / 4
    assert found.variety == 9 / 10  # 您好 is there twice; 好您 once
    assert found.score == (found.opening + found.balance + found.replies + found.variety) / 4


LIST = "一二、三四、五六、七八、九十、百千、万亿。"


@pytest.mark.parametrize(
    ("before", "after", "in_it"),
    [
        (LIST, LIST, True),
        (LIST, "您这是背什么呢？", False),
        ("您这是背什么呢？", LIST, False),
        ("好、好、好！", "好、好、好！", False),
    ],
)
def test_a_recitation_is_not_begun_in_its_middle(before: str, after: str, in_it: bool) -> None:  # noqa: FBT001
    lines = [Line("0", before), Line("1", after)]
    assert begins_in_a_list(lines, 1) is in_it
    assert not begins_in_a_list(lines, 0)


def test_a_rapid_exchange_is_not_begun_in_its_middle() -> None:
    texts = [
        "您说说都去过哪儿啊？",
        "去过天津。",
        "还有呢？",
        "去过保定。",
        "还有呢？",
        "那可就多了去了，我慢慢说给您听。",
    ]
    lines = [Line("01"[n % 2], text) for n, text in enumerate(texts)]
    assert [begins_in_a_list(lines, start) for start in range(6)] == [False] * 3 + [True] + [
        False
    ] * 2


def test_windows_that_begin_in_a_list_come_last() -> None:
    script = with_line(with_line(dialogue("1", 24), 1, Line("0", LIST)), 2, Line("1", LIST))
    found = proposals(script, 20, NOTHING)
    assert found[-1].window.first == 2
    assert [one.in_a_list for one in found] == [False] * 4 + [True]


def test_the_order_is_the_seeds_and_a_script_more_moves_no_other() -> None:
    ids = [str(n) for n in range(30)]
    order = shuffled(ids, 1)
    assert sorted(order) == sorted(ids)
    assert order == shuffled(reversed(ids), 1)
    assert order != shuffled(ids, 2)
    assert [id_ for id_ in shuffled([*ids, "x"], 1) if id_ != "x"] == list(order)
