"""Text of others does not steer the terminal."""

import pytest

from xiangsheng.cli.printable import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("您好，“相声”！\u3000好\n𠮷", "您好，“相声”！\u3000好\n𠮷"),
        ("\x1b[2J红", "\\x1b[2J红"),
        ("a\rb\tc\x07", "a\\rb\\tc\\x07"),
        ("\u202e反了\u200b", "\\u202e反了\\u200b"),
        ("\udce4", "\\udce4"),
    ],
)
def test_what_steers_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert printable(text) == shown
