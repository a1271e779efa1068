"""Folding any text: what is left, and the way back."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from xiangsheng.text.comparing import fold, origins

TEXT = st.text(max_size=30) | st.text("您好，Ａa①ﬁ㎏e\u0301麼著着裡 \n\ud800", max_size=30)


@given(TEXT)
@example("ﬁ㎏")
@example("é")
def test_every_folded_character_comes_from_its_own(text: str) -> None:
    places = origins(text)
    assert len(places) == len(fold(text))
    assert places == sorted(places)
    assert [fold(text[place]) for place in dict.fromkeys(places)] == [
        kept for character in text if (kept := fold(character))
    ]


@given(TEXT)
def test_only_letters_and_digits_are_left(text: str) -> None:
    assert all(unicodedata.category(character)[0] in "LN" for character in fold(text))


@given(TEXT, TEXT)
def test_it_does_not_matter_where_a_text_is_cut(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)
