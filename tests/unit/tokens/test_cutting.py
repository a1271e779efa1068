"""Where texts are cut, and how they are told by what they keep."""

import pytest

from xiangsheng.tokens.cutting import after_breaks, before_breaks, nowhere, part


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0:好\n1:好\n", ["0:好", "\n1:好", "\n"]),
        ("题\n\n###\n\n0:", ["题", "\n\n###", "\n\n0:"]),
        ("a \nb\u3000\nc", ["a \nb\u3000\nc"]),
        ("\na\n", ["\na", "\n"]),
        ("a\r\nb", ["a\r\nb"]),
        ("\n\n", ["\n\n"]),
        ("", []),
    ],
)
def test_before_breaks_that_follow_something_visible(text: str, parts: list[str]) -> None:
    assert list(part([text], before_breaks)) == [(0, parts)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0:好\n1:好\n", ["0:好\n", "1:好\n"]),
        ("题\n\n###\n\n0:", ["题\n\n", "###\n\n", "0:"]),
        ("a\n b", ["a\n b"]),
        ("。\n/b\n/", ["。\n/b\n/"]),
        ("\na", ["\n", "a"]),
        ("a\r\nb", ["a\r\n", "b"]),
        ("\n\n", ["\n\n"]),
        ("", []),
    ],
)
def test_behind_breaks_that_something_visible_follows(text: str, parts: list[str]) -> None:
    assert list(part([text], after_breaks)) == [(0, parts)]


def test_what_a_text_keeps_is_not_cut_again() -> None:
    texts = ["0:甲\n1:", "0:甲\n1:乙\n0:", "0:甲\n1:乙\n0:", "0:甲\n1:丙\n0:", "0:甲", "", "0:甲\n"]
    assert list(part(texts, before_breaks)) == [
        (0, ["0:甲", "\n1:"]),
        (1, ["\n1:乙", "\n0:"]),
        (2, ["\n0:"]),
        (1, ["\n1:丙", "\n0:"]),
        (0, ["0:甲"]),
        (0, []),
        (0, ["0:甲", "\n"]),
    ]


def test_a_place_that_the_next_text_does_not_have_is_not_kept() -> None:
    assert list(part(["a\nb", "a\n b"], after_breaks)) == [(0, ["a\n", "b"]), (0, ["a\n b"])]
    assert list(part(["a\nb", "a b"], before_breaks)) == [(0, ["a", "\nb"]), (0, ["a b"])]


def test_a_tokenizer_that_nothing_is_known_of_has_one_part_a_text() -> None:
    assert list(part(["a\nb", "a\nbc"], nowhere)) == [(0, ["a\nb"]), (0, ["a\nbc"])]
