"""What a spreadsheet would run is made text, and comes back exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.files.formulas import TRIGGERS, defused, restored


@pytest.mark.parametrize("first", [*TRIGGERS, " =", "\t", "\u3000+", "\x85@", "'"])
def test_what_would_run_gets_an_apostrophe(first: str) -> None:
    assert defused(f"{first}1") == f"'{first}1"


@pytest.mark.parametrize("cell", ["", " ", "您好", "——", "1+1=2", "“=”", "a'b", "\u3000您好"])
def test_text_stays_as_it_is(cell: str) -> None:
    assert defused(cell) == restored(cell) == cell


def test_an_apostrophe_that_somebody_typed_stays() -> None:
    assert restored("'tis") == "'tis"


@given(st.text(st.one_of(st.sampled_from("'=+- \t"), st.characters()), max_size=6))
def test_both_ways(cell: str) -> None:
    assert restored(defused(cell)) == cell
    assert not defused(cell).strip().startswith(tuple(TRIGGERS))
