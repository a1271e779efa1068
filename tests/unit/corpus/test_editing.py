"""A window as text, and what a person made of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues import dialogue
from xiangsheng.core.script import Line, Script, Speaker
from xiangsheng.core.words import Words
from xiangsheng.corpus.editing import editable, edited

PART = dialogue("7", 4)
TEXT = editable(PART)


def test_nothing_changed_is_no_change() -> None:
    assert TEXT.startswith("甲:7去")
    assert edited(PART, TEXT, 31) == {}
    assert edited(PART, TEXT.replace("甲:", "甲： ").replace("\n", "\r\n\r\n"), 31) == {}


def test_lines_are_counted_from_the_windows_first() -> None:
    text = TEXT.replace(PART.lines[2].text, "0:冒号也是话。")
    assert edited(PART, text, 31) == {33: "0:冒号也是话。"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TEXT + "乙:多了。\n", "there are 5 lines now, and must be 4"),
        (TEXT[:-2].rpartition("\n")[0], "there are 3 lines now, and must be 4"),
        (TEXT.replace("乙:", "甲:", 1), "line 32 must begin with 乙:"),
        (TEXT.replace("乙:", "", 1), "line 32 must begin with 乙:"),
        (TEXT.replace(PART.lines[1].text, "　"), "line 32 is empty"),
        ("", "there are 0 lines now, and must be 4"),
    ],
)
def test_what_a_person_alone_could_resolve_is_refused(text: str, why: str) -> None:
    found = edited(PART, text, 31)
    assert isinstance(found, Words)
    assert found.en == why


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=2))
def test_any_texts_come_back_as_they_were_shown(texts: list[str]) -> None:
    lines = [Line("01"[n % 2], text) for n, text in enumerate(texts) if text.strip(" \t\u3000")]
    part = Script("a", "", tuple(replace(one, text=one.text.strip(" \t\u3000")) for one in lines))
    if part.lines:
        assert edited(part, editable(part), 1) == {}


def test_names_that_are_no_labels_are_shown_as_digits() -> None:
    part = replace(PART, speakers=(Speaker("0", "老 王"), Speaker("1", "乙")))
    assert editable(part).startswith("0:")
    assert edited(part, editable(part), 1) == {}
