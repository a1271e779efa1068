"""The longest common subsequence, against the table it does without."""

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.text.subsequence import subsequence_types


def by_table(rows: str, columns: str) -> set[str]:
    """The textbook table and the traceback of rouge 1.0.1."""
    table = [[0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for i, row in enumerate(rows, 1):
        for j, column in enumerate(columns, 1):
            same = row == column
            table[i][j] = table[i - 1][j - 1] + 1 if same else max(table[i - 1][j], table[i][j - 1])
    found = set()
    i, j = len(rows), len(columns)
    while i and j:
        if rows[i - 1] == columns[j - 1]:
            found.add(rows[i - 1])
            i, j = i - 1, j - 1
        elif table[i - 1][j] > table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return found


def test_ties_go_back_in_the_columns() -> None:
    assert subsequence_types("ab", "ba") == {"b"}
    assert subsequence_types("ba", "ab") == {"a"}


@given(st.text("abcxyz", max_size=60), st.text("abcuvw", max_size=60))
def test_it_is_the_one_that_the_table_gives(rows: str, columns: str) -> None:
    assert subsequence_types(rows, columns) == by_table(rows, columns)


@given(st.text("ab", max_size=150), st.text("ab", max_size=150))
def test_texts_wider_than_a_machine_word(rows: str, columns: str) -> None:
    assert subsequence_types(rows, columns) == by_table(rows, columns)


def test_long_lines_are_no_trouble() -> None:
    line = "床前明月光疑是地上霜" * 500
    assert subsequence_types(line, line[::-1]) <= set(line)
