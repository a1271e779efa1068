"""The growing forest, worked out by hand."""

import pytest

from xiangsheng.prefix.growing import Added, GrowingForest


def test_a_sequence_that_goes_on_pays_for_what_is_new() -> None:
    forest = GrowingForest()
    assert forest.add(0, [[1, 2], [3]]) == Added(3, 0)
    assert forest.add(1, [[3, 4], [5]]) == Added(5, 3)
    assert forest.add(2, [[6]]) == Added(5, 4)
    assert (forest.total, forest.distinct) == (13, 6)


def test_where_pieces_end_says_nothing() -> None:
    forest = GrowingForest()
    forest.add(0, [[1, 2, 3], [4, 5]])
    assert forest.add(0, [[1], [2, 3, 4], [5, 6]]) == Added(6, 5)
    assert forest.add(1, [[2, 3], [4], [7]]) == Added(5, 4)
    assert forest.distinct == 7


def test_what_was_added_is_found_again_on_every_branch() -> None:
    forest = GrowingForest()
    sequences = ([1, 2, 3], [1, 2, 4, 5], [1, 6], [7, 1, 2], [1, 2, 4, 8])
    for sequence in sequences:
        forest.add(0, [sequence])
    assert forest.distinct == 3 + 2 + 1 + 3 + 1
    assert [forest.add(0, [s]) for s in sequences] == [Added(len(s), len(s)) for s in sequences]


def test_any_kind_of_sequence_will_do_and_an_empty_one_is_nothing() -> None:
    forest = GrowingForest()
    assert forest.add(0, []) == forest.add(0, [[]]) == Added(0, 0)
    assert forest.add(1, [range(3), (), (0, 2**32 - 1)]) == Added(5, 0)
    assert forest.add(0, [[0, 1], [2, 0]]) == Added(4, 4)
    assert forest.add(0, []) == Added(0, 0)


def test_what_cannot_be_added_is_refused() -> None:
    forest = GrowingForest()
    forest.add(0, [[1]])
    with pytest.raises(ValueError, match="2 pieces cannot be kept of 1"):
        forest.add(2, [])
    for token in (-1, 2**32):
        with pytest.raises(OverflowError):
            forest.add(0, [[token]])
