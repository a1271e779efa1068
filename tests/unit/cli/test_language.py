"""Which language is spoken, wherever on the line it is said."""

import pytest

from xiangsheng.cli.language import language_first, speaks_chinese


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("models --lang zh", "--lang zh models"),
        ("models --lang=zh --json", "--lang=zh models --json"),
        ("--lang en models", "--lang en models"),
        ("models", "models"),
        ("complete -p x -- --lang zh", "complete -p x -- --lang zh"),
        ("models --lang", "--lang"),
    ],
)
def test_the_language_goes_first(line: str, first: str) -> None:
    assert language_first(line.split()) == first.split()


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
