"""A grammar's text is read as it is documented, and what does not match is refused."""

import pytest

from xiangsheng.corpus.composer.expression import Choice, Reference, parsed, references


def test_literals_references_choices_and_what_may_be_left_out() -> None:
    assert parsed("听说{who}[昨儿]买了{两|三}{#item}！") == (
        "听说",
        Reference("who"),
        Choice((("昨儿",), ())),
        "买了",
        Choice((("两",), ("三",))),
        Reference("item", measured=True),
        "！",
    )


def test_choices_may_hold_anything() -> None:
    assert parsed("{{a}[b]|}") == (Choice(((Reference("a"), Choice((("b",), ()))), ())),)
    assert list(references(parsed("{x}{{y}|{z}[{x}]}{#w}"))) == ["x", "y", "z", "x", "w"]


def test_a_bar_outside_braces_is_a_bar() -> None:
    assert parsed("一|二[三|四]") == ("一|二", Choice((("三|四",), ())))


@pytest.mark.parametrize("text", ["{a", "a}", "[a", "a]", "{a|b", "{a]b}", "{}", "{{a}}"])
def test_what_does_not_match_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parsed(text)
