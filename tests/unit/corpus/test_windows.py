"""Windows as scripts of their own."""

from dataclasses import replace

import pytest

from dialogues import dialogue
from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Line, Role, Speaker
from xiangsheng.corpus.windows import Edit, Window, cut, text_digest
from xiangsheng.corpus.writing import script_text

SCRIPT = dialogue("7", 9)


def test_a_window_keeps_everything_but_the_other_lines() -> None:
    assert cut(SCRIPT, Window(3, 6)) == replace(SCRIPT, lines=SCRIPT.lines[2:6])


def test_who_speaks_first_in_it_is_0_and_keeps_the_name() -> None:
    script = replace(SCRIPT, speakers=(Speaker("0", "乙", Role.PENGEN), Speaker("1", "甲")))
    part = cut(script, Window(2, 4))
    assert [line.speaker for line in part.lines] == ["0", "1", "0"]
    assert part.speakers == (Speaker("0", "甲"), Speaker("1", "乙", Role.PENGEN))
    assert f"\n甲:{script.lines[1].text}\n乙:{script.lines[2].text}\n" in script_text(part)


def test_edits_replace_texts_and_those_outside_wait() -> None:
    edits = [Edit(4, SCRIPT.lines[3].text, "改了。"), Edit(9, "不在这里", "也不管")]
    part = cut(SCRIPT, Window(3, 6), edits)
    assert [line.text == "改了。" for line in part.lines] == [False, True, False, False]


def test_an_edit_of_another_text_is_refused() -> None:
    with pytest.raises(DataError, match="line 4 is not what was edited"):
        cut(SCRIPT, Window(3, 6), [Edit(4, "别的", "改了。")])


@pytest.mark.parametrize("window", [Window(0, 3), Window(8, 10), Window(5, 4), Window(-3, -1)])
def test_a_window_outside_of_the_script_is_refused(window: Window) -> None:
    with pytest.raises(DataError, match="there are no lines"):
        cut(SCRIPT, window)


def test_the_digest_of_the_text_changes_with_all_but_the_id() -> None:
    variants = [
        SCRIPT,
        replace(SCRIPT, title="小话"),
        replace(SCRIPT, summary="s"),
        replace(SCRIPT, lines=SCRIPT.lines[:-1]),
        replace(SCRIPT, lines=(Line("0", "别的"), *SCRIPT.lines[1:])),
        replace(SCRIPT, speakers=SCRIPT.speakers[::-1]),
    ]
    assert len(set(map(text_digest, variants))) == len(variants)
    assert text_digest(replace(SCRIPT, id="8")) == text_digest(SCRIPT)


def test_the_digest_is_the_same_in_every_version() -> None:
    """Decisions of years ago must still fit."""
    assert text_digest(SCRIPT).startswith("9d4dc9471483")
