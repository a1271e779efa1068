"""Options of `xiangsheng` itself go first, wherever they stand on the line."""

import pytest

from xiangsheng.cli.anywhere import own_options_first


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("models --lang zh", "--lang zh models"),
        ("models --lang=zh --json", "--lang=zh models --json"),
        ("--lang en models", "--lang en models"),
        ("ft list --database URL --json --lang zh", "--lang zh --database URL ft list --json"),
        ("--database=URL models", "--database=URL models"),
        ("models", "models"),
        ("complete -p x -- --lang zh", "complete -p x -- --lang zh"),
        ("models --lang", "--lang"),
        ("models --lang zh --database", "--database"),
    ],
)
def test_they_go_first(line: str, first: str) -> None:
    assert own_options_first(line.split()) == first.split()
