from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.finding import removed


def test_one_is_singular_and_thousands_have_commas() -> None:
    assert counted(1, "row") == "1 row"
    assert counted(0, "row") == "0 rows"
    assert counted(1, "row has", "rows have") == "1 row has"
    assert counted(12_345, "row has", "rows have") == "12,345 rows have"


def test_what_a_fix_removes_is_said_in_both_languages() -> None:
    assert removed(1).en == "remove this row"
    assert (removed(2000).en, removed(2000).zh) == ("remove these 2,000 rows", "删去这 2,000 行")
