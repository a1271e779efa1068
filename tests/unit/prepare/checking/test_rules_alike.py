"""Rows that are like others: the same question, nearly the same row, rows to validate with."""

from preparing import Row, found, of_rule, pairs
from scripts import said
from xiangsheng.prepare.checking.finding import Level
from xiangsheng.prepare.checking.looking import Wanted
from xiangsheng.prepare.checking.profiles import Profile
from xiangsheng.prepare.checking.rules_alike import OtherRows
from xiangsheng.prepare.checking.survey import Survey

HEAD = "一段名称为排队的对口相声\n\n###\n\n"


def rows(count: int) -> list[Row]:
    return [(f"{HEAD}0:{said(n)}\n1:", f"{said(1000 + n)}\n") for n in range(count)]


def plain(count: int) -> list[Row]:
    return [(f"{said(n)} ->", f" {said(1000 + n)} END") for n in range(count)]


def test_another_answer_to_the_same_question_is_a_conflict() -> None:
    some = rows(4)
    asked = some[1][0]
    told = found([*some, (asked, "不知道。\n"), some[0], (asked, f" {some[1][1]}")])
    (conflict,) = of_rule("conflicts", told)
    assert (conflict.level, conflict.fix) == (Level.INFO, None)
    assert (conflict.rows, conflict.beside) == ((5,), ("2",))
    assert (
        conflict.message.en
        == "1 row asks what an earlier one asks and answers something else (1 prompt)"
    )


def test_conflicts_of_other_rows_are_found_too_but_empty_prompts_ask_nothing() -> None:
    told = found([*plain(4), (plain(4)[3][0], " 不知道 END")], profile=Profile.OPENAI_2022)
    (conflict,) = of_rule("conflicts", told)
    assert (conflict.rows, conflict.beside) == ((5,), ("4",))
    open_ended = [("", answer) for _, answer in plain(4)]
    assert not list(of_rule("conflicts", found(open_ended, profile=Profile.OPENAI_2022)))


def test_nearly_the_same_row_may_be_left_out() -> None:
    some = rows(4)
    prompt, answer = some[2]
    history = prompt.replace("###\n\n", "###\n\n0:今儿个来得挺早\n1:不早了\n")
    copy = (history, answer.replace("，", "、").replace("\n", "！\n"))
    (near,) = of_rule("near_duplicates", found([*some, copy]))
    assert (near.level, near.rows, near.beside) == (Level.OPTIONAL, (5,), ("3",))
    assert near.example == "5 ~ 3: 100 %"
    assert near.fix


def test_in_the_profile_of_2022_it_is_told_only() -> None:
    some = plain(5)
    copy = (some[2][0], some[2][1].replace("，", ","))
    (near,) = of_rule("near_duplicates", found([*some, copy], profile=Profile.OPENAI_2022))
    assert (near.level, near.rows, near.does, near.fix) == (Level.INFO, (6,), None, None)


def test_equal_rows_are_told_once() -> None:
    some = rows(4)
    told = found([*some, some[0]])
    assert list(of_rule("duplicated_rows", told))
    assert not list(of_rule("near_duplicates", told))


def test_stock_replies_are_no_near_duplicates() -> None:
    short = [(f"0:{said(n)}\n1:是吗？\n0:", "您说呢？\n") for n in range(3)]
    assert not list(of_rule("near_duplicates", found([*rows(3), *short])))


def test_near_duplicates_are_not_looked_for_unless_wanted() -> None:
    some = [*rows(4), (rows(4)[0][0], rows(4)[0][1].replace("。", "！"))]
    assert not list(of_rule("near_duplicates", found(some, Wanted(near=False))))
    assert list(of_rule("near_duplicates", found(some, Wanted(near=True))))


def test_prompts_that_validation_has_too_are_named_with_both_lines() -> None:
    survey = Survey()
    held = [*rows(2), ("0:", "谁也不认识谁。\n")]
    survey.observe(pairs(held, first=10))
    other = OtherRows("valid.jsonl", survey.prompt_hashes, survey.lines)
    mine = [*rows(6)[4:], *rows(2), ("0:", "又见面了。\n")]
    (both,) = of_rule("in_validation", found(mine, Wanted(other=other)))
    assert (both.level, both.rows) == (Level.INFO, (3, 4))
    assert both.beside == ("valid.jsonl:11", "valid.jsonl:12")
    assert both.message.en == "2 prompts are in valid.jsonl too"
    nobody = OtherRows("valid.jsonl", (), ())
    assert not list(of_rule("in_validation", found(mine, Wanted(other=nobody))))


def test_the_last_line_before_the_answer_is_what_is_compared() -> None:
    from xiangsheng.prepare.checking.added import cue

    asked = {
        "0:您好\n1:早\n0:": "1:早",
        f"{HEAD}0:": "",
        f"{HEAD}0:您好\n1:": "0:您好",
        "Review: fine\n\n###\n\n": "Review: fine",
        "what is it? ->": "what is it? ->",
        "": "",
    }
    assert {prompt: cue(prompt) for prompt in asked} == asked
