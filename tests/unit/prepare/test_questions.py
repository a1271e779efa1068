"""The questions of the two experiments."""

from dataclasses import replace
from itertools import pairwise

import pytest

from support import c3_folder
from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.corpus.study import study_data
from xiangsheng.prepare.questions import last_lines_prompt, next_line_prompts, real_lines_prompt
from xiangsheng.prepare.render import examples

PLAIN = Rendering(header="", space=False)
SCRIPT = Script(
    "大-1", "大话", (Line("0", "一"), Line("1", "二"), Line("1", "三"), Line("0", "四"))
)


def test_next_line_asks_after_every_line_as_far_as_given() -> None:
    first, second = next_line_prompts(SCRIPT, PLAIN, given=2)
    assert (first.item, first.prompt.text) == ("next-line/大-1/01", "0:一\n1:")
    assert (first.label, first.reference, first.title) == ("1", "二", "大话")
    assert (second.item, second.prompt.text) == ("next-line/大-1/02", "0:一\n1:二\n1:")
    assert (second.history, second.answer) == (SCRIPT.lines[:2], (Line("1", "三"),))


def test_next_line_ends_with_the_script() -> None:
    assert [question.item[-2:] for question in next_line_prompts(SCRIPT, PLAIN)] == [
        "01",
        "02",
        "03",
    ]


def test_last_lines_are_asked_for_at_once() -> None:
    question = last_lines_prompt(SCRIPT, PLAIN, given=1, asked=2)
    assert (question.item, question.prompt.text, question.label) == (
        "last-ten/大-1",
        "0:一\n1:",
        "1",
    )
    assert question.reference == "二\n1:三"
    assert last_lines_prompt(SCRIPT, PLAIN, given=1).reference == "二\n1:三\n0:四"


def test_last_lines_of_a_script_that_has_none_are_refused() -> None:
    with pytest.raises(DataError, match="4 lines has none after the first 4"):
        last_lines_prompt(SCRIPT, PLAIN, given=4)


@pytest.mark.parametrize("space", [True, False])
@pytest.mark.parametrize("form", [Format.TURNS, Format.SCRIPT, Format.BLOCK])
def test_real_lines_are_the_script_as_it_is_trained_on(*, form: Format, space: bool) -> None:
    rendering = Rendering(form, space=space)
    question = real_lines_prompt(SCRIPT, rendering)
    (whole,) = examples([SCRIPT], Rendering(Format.SCRIPT, space=space))
    assert question.item == "real-lines/大-1"
    assert question.prompt.text == "".join(span.text for span in whole.spans)
    assert (question.history, question.answer) == (SCRIPT.lines[:1], SCRIPT.lines[1:])
    scored = [question.prompt.text[start:end] for start, end in question.scored]
    assert scored == ["二\n", "三\n", "四\n"]


def test_real_lines_end_where_asked_and_history_shortens_nothing() -> None:
    question = real_lines_prompt(SCRIPT, replace(PLAIN, history=1), given=2, asked=1)
    assert question.prompt.text == "0:一\n1:二\n1:三\n"
    assert question.scored == ((10, 12),)


def test_real_lines_need_one_and_a_model_of_text() -> None:
    with pytest.raises(DataError, match="4 lines has none after the first 4"):
        real_lines_prompt(SCRIPT, PLAIN, given=4)
    with pytest.raises(UsageError, match="does not say how likely"):
        real_lines_prompt(SCRIPT, Rendering(Format.CHAT))


@pytest.mark.parametrize("form", [Format.TURNS, Format.SCRIPT])
@pytest.mark.parametrize("space", [True, False])
def test_a_model_is_asked_as_it_was_trained(form: Format, space: bool) -> None:  # noqa: FBT001
    rendering = Rendering(form, space=space)
    trained = ["".join(span.text for span in e.spans) for e in examples([SCRIPT], rendering)]
    for question in next_line_prompts(SCRIPT, rendering):
        assert any(text.startswith(question.prompt.text) for text in trained)


def test_turns_prompts_are_the_examples_prompts() -> None:
    rendering = Rendering(history=2)
    prompts = [question.prompt.text for question in next_line_prompts(SCRIPT, rendering)]
    assert prompts == [example.prompt for example in examples([SCRIPT], rendering)]


def test_block_prompts_are_the_examples_prompts() -> None:
    rendering = Rendering(Format.BLOCK, given=2, asked=2)
    (example,) = examples([SCRIPT], rendering)
    assert last_lines_prompt(SCRIPT, rendering, given=2).prompt.text == example.prompt


def test_chat_asks_for_the_speaker_as_assistant() -> None:
    rendering = Rendering(Format.CHAT, header="")
    second, third, fourth = (
        question.prompt.messages for question in next_line_prompts(SCRIPT, rendering)
    )
    assert [(m.role, m.content) for m in second] == [("user", "一")]
    assert [(m.role, m.content) for m in third] == [("user", "一"), ("assistant", "二")]
    assert [(m.role, m.content) for m in fourth] == [
        ("system", "对口相声"),
        ("assistant", "一"),
        ("user", "二\n三"),
    ]
    assert not any(message.trained for message in fourth)
    with pytest.raises(UsageError, match="cannot write both"):
        last_lines_prompt(SCRIPT, rendering, given=1)


@pytest.mark.real_data
def test_the_real_test_set_gives_950_prompts_that_grow_by_one_line() -> None:
    questions = [q for s in study_data(c3_folder()).test for q in next_line_prompts(s, PLAIN)]
    assert len({question.item for question in questions}) == 950
    assert all(question.prompt.text.endswith(f"\n{question.label}:") for question in questions)
    assert all(len(question.history) == int(question.item[-2:]) for question in questions)
    for before, after in pairwise(questions):
        if before.script == after.script:
            grown = f"{before.prompt.text}{before.reference}\n{after.label}:"
            assert after.prompt.text == grown
    asked = [last_lines_prompt(s, PLAIN) for s in study_data(c3_folder()).test]
    assert [len(question.answer) for question in asked] == [10] * 50


def test_titles_and_ids_are_the_scripts() -> None:
    (question, *_) = next_line_prompts(replace(SCRIPT, id="x"), Rendering())
    assert (question.script, question.title) == ("x", "大话")
    assert question.prompt.text.startswith("Specific information:一段名称为大话")
