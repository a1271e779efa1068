"""What is said of single rows of dialogue."""

import pytest

from preparing import Row, pairs
from xiangsheng.prepare.checking.dialogue_lines import Labels, Lines
from xiangsheng.prepare.checking.dialogue_marks import Mark, marks

PLAIN = Mark.ASKS | Mark.SPOKEN | Mark.COLON | Mark.LINES_BARE | Mark.ENDED
HEAD = "一段名称为排队的对口相声\n\n###\n\n"


def marked(*rows: Row) -> list[Mark]:
    return [Mark(int(mark)) for mark in marks(Lines.of(pairs(rows), Labels()))]


@pytest.mark.parametrize(
    ("row", "mark"),
    [
        (("0:您\n1:", "好\n"), PLAIN),
        (("0:您\n1:好\n0:", "再见\n1:别\n"), PLAIN),
        (("0:您\n1:", "好"), PLAIN ^ Mark.ENDED),
        (("0:您\n1:", " 好\n"), PLAIN | Mark.SPACED),
        (("0:您\n1:", "\u3000好\n"), PLAIN | Mark.SPACED),
        (("0: 您\n1:", " 好\n"), PLAIN ^ Mark.LINES_BARE | Mark.LINES_SPACED | Mark.SPACED),
        (("0: 您\n1:好\n0:", "是\n"), PLAIN | Mark.LINES_SPACED),
        (("0:您\n1: ", "好\n"), PLAIN | Mark.ASKS_LOOSELY),
        ((f"{HEAD}0:您\n1:", "好\n"), PLAIN | Mark.HEAD),
        ((f"{HEAD}0:", "您\n1:好\n"), PLAIN ^ Mark.SPOKEN | Mark.HEAD),
        (("0:", "您\n1:好\n"), PLAIN ^ Mark.SPOKEN),
        (("0:您\n0:", "好\n"), PLAIN | Mark.ASKS_AGAIN),
        (("0:您\n0:早\n1:", "好\n"), PLAIN | Mark.PROMPT_ORDER),
        (("0:您\n1:", "好\n0:早\n0:早\n"), PLAIN | Mark.ANSWER_ORDER),
        (("0:您\n1:", "好\n1:早\n"), PLAIN | Mark.ANSWER_ORDER),
        (("0:您\n1:早\n2:", "好\n"), PLAIN | Mark.THIRD),
        (("0:您\n说完就走\n1:", "好\n"), PLAIN | Mark.UNLABELLED),
        (("0:您\n他说：走\n1:", "好\n"), PLAIN | Mark.UNLABELLED | Mark.FULL_PROMPT),
        (("0:您\n\n1:", "好\n\n"), PLAIN),
        (("0:您\n8:30 走\n1:", "好\n"), PLAIN | Mark.UNLABELLED),
        (("0:您\n1:30 走\n0:", "好\n"), PLAIN),
        (("0:您\n1:", "1:好\n"), PLAIN | Mark.LABEL_TWICE),
        (("0:您\n1:", " 0：好\n"), PLAIN | Mark.LABEL_TWICE | Mark.SPACED),
        (("0:您\n1:", "8:30\n"), PLAIN),
        (("甲：您\n乙：", "好\n"), PLAIN ^ Mark.COLON | Mark.WIDE_COLON),
        (("甲:您\n乙：", "好\n"), PLAIN | Mark.WIDE_COLON),
        (("0:您好,\n1:", "好\n"), PLAIN | Mark.HALF_PROMPT),
        (("0:您好，\n1:", "好!\n"), PLAIN | Mark.FULL_PROMPT | Mark.HALF_COMPLETION),
        (("0:OK, 12:30\n1:", "A?\n"), PLAIN),
        (("0:您\n1:", "好：走\n"), PLAIN | Mark.FULL_COMPLETION),
        (("", "好\n"), Mark.ENDED),
        (("您说呢？", "好\n"), Mark.ENDED | Mark.FULL_PROMPT),
        (
            ("0:您\n", "好\n"),
            Mark.SPOKEN | Mark.COLON | Mark.LINES_BARE | Mark.ENDED | Mark.UNLABELLED,
        ),
    ],
)
def test_one_row(row: Row, mark: Mark) -> None:
    assert marked(row) == [mark]


def test_a_row_is_the_same_in_company() -> None:
    rows = [("0:您\n1:", "好"), ("", "！"), ("，", "\n"), ("0:您\n0:", "1:好\n"), ("：", "0:")]
    assert marked(*rows) == [mark for row in rows for mark in marked(row)]


def test_names_are_labels_where_prompts_end_with_them() -> None:
    assert (
        marked(("李明：您\n王芳：", "好\n李明：是\n"), ("王芳：是\n李明：", "好\n"))
        == [PLAIN ^ Mark.COLON | Mark.WIDE_COLON] * 2
    )


def test_nothing_is_said_of_nothing() -> None:
    assert marked() == []
