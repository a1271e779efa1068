"""Distinct-1 and Distinct-2, and leaving one unit out."""

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.metrics.distinct import leave_one_out, ratio, seen


def test_types_over_all_texts_and_never_across_two() -> None:
    (ones, one_total), (twos, two_total) = seen(["你好", "好你", ""])
    assert (ones, one_total) == ({"你", "好"}, 4)
    assert (twos, two_total) == ({"你好", "好你"}, 2)


def test_nothing_has_no_variety() -> None:
    assert ratio(0, 0) == 0


@given(st.lists(st.lists(st.text("abc好", max_size=6), max_size=3), min_size=2, max_size=6))
def test_leaving_one_out_is_counting_the_others(units: list[list[str]]) -> None:
    for order in (0, 1):
        found = leave_one_out([seen(unit)[order] for unit in units])
        for index in range(len(units)):
            rest = seen(t for i, unit in enumerate(units) if i != index for t in unit)[order]
            assert abs(found[index] - ratio(len(rest[0]), rest[1])) < 1e-12
