"""Which language is spoken, wherever on the line it is said."""

import pytest

from xiangsheng.cli.language import speaks_chinese


@pytest.mark.parametrize(
    ("line", "locale", "chinese"),
    [
        ("models --lang zh", "en_GB.UTF-8", True),
        ("models --lang=en", "zh_CN.UTF-8", False),
        ("models", "zh_CN.UTF-8", True),
        ("models", "C", False),
        ("complete -p x -- --lang zh", "C", False),
    ],
)
def test_said_wins_over_the_locale(line: str, locale: str, *, chinese: bool) -> None:
    assert speaks_chinese(line.split(), {"LANG": locale}) is chinese
