"""CSV and TSV: rows with the line they begin on, and mistakes with theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.errors import DataError
from xiangsheng.files.delimited import delimiter_of, dump_delimited, parse_delimited
from xiangsheng.files.table import Row

CELL = st.text(
    st.one_of(st.sampled_from("\",;\t\n\r\u2028'= "), st.characters(exclude_characters="\0")),
    max_size=6,
)


def test_a_row_has_the_line_on_which_it_begins() -> None:
    table = parse_delimited('a,b\n"一\n\n二",2\n\nc,"d""e"\r\n', "a.csv", ",")
    assert table.rows == (
        Row(1, ("a", "b")),
        Row(2, ("一\n\n二", "2")),
        Row(5, ()),
        Row(6, ("c", 'd"e')),
    )


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1;2;3", ","),
        ("\n a;b,c;d", ";"),
        ("a\tb,c\td", "\t"),
        ('"a;b;c",d', ","),
        ("a", ","),
        ("", ","),
    ],
)
def test_the_delimiter_is_the_headers(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('a,b\n1,"2\n3,4\n', 2, "unexpected end of data"),
        ('a,b\n1,2\n"3"x,4\n', 3, "expected after"),
        ('a,b\n1,"' + "x" * 140_000, 2, "a cell longer than 131,072 characters"),
        ("a,b\n" + "x" * 140_000, 2, "a cell longer than 131,072 characters"),
    ],
)
def test_a_bad_row_has_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(DataError, match=message) as refused:
        parse_delimited(text, "a.csv", ",")
    assert (refused.value.where, bool(refused.value.hint)) == (f"a.csv:{line}", True)


@given(st.lists(st.lists(CELL, min_size=2, max_size=3)), st.sampled_from(",\t;"))
def test_rows_come_back(rows: list[list[str]], delimiter: str) -> None:
    text = dump_delimited(rows, delimiter)
    assert [list(row.cells) for row in parse_delimited(text, "a", delimiter).rows] == rows
