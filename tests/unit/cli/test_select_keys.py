"""What typed lines mean."""

import pytest

from xiangsheng.cli.select_keys import Asked, meant
from xiangsheng.core.words import Words
from xiangsheng.corpus.choosing import Accept, Back, Quit, Rewrite, Shift, Skip


@pytest.mark.parametrize(
    ("typed", "meaning"),
    [
        ("a", Accept()),
        (" A ", Accept()),
        ("ａ", Accept()),
        ("b", Back()),
        ("q", Quit()),
        ("?", Asked.HELP),
        ("？", Asked.HELP),
        ("s", Asked.REASON),
        ("s 太俗 不用", Skip("太俗 不用")),
        ("S　太俗", Skip("太俗")),
        ("+", Shift(1)),
        ("-", Shift(-1)),
        ("＋１２", Shift(12)),
        ("-5", Shift(-5)),
        ("e", Asked.EDITOR),
        ("e 43 新的，“一行”。", Rewrite({43: "新的，“一行”。"})),
        ("e 43", Rewrite({43: ""})),
        ("ｅ　４３　Ａ", Rewrite({43: "Ａ"})),
    ],
)
def test_a_key_means(typed: str, meaning: object) -> None:
    assert meant(typed) == meaning


@pytest.mark.parametrize(
    "typed",
    ["", " ", "x", "aa", "a b", "y", "e x", "e 43x", "+-", "+0", "+1 2", "+1234567", "1", "\x1b[A"],
)
def test_everything_else_means_nothing(typed: str) -> None:
    assert isinstance(meant(typed), Words)
