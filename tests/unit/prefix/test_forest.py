"""The prefix forest, worked out by hand."""

import pytest

from xiangsheng.prefix.forest import Forest, Node


def test_turns_of_one_script_are_one_node() -> None:
    forest = Forest.of([[1, 2], [1, 2, 3, 4], [1, 2, 3, 4, 5, 6]])
    assert forest.nodes == (Node(-1, 0, (1, 2, 3, 4, 5, 6)),)
    assert forest.leaf == (0, 0, 0)
    assert (forest.distinct, forest.total) == (6, 12)


def test_a_node_ends_where_sequences_part() -> None:
    forest = Forest.of([[1, 2, 3], [1, 2, 4, 5], [1, 2], [7], [1], [1, 2, 4]])
    assert forest.nodes == (
        Node(-1, 0, (1, 2)),
        Node(0, 2, (3,)),
        Node(0, 2, (4, 5)),
        Node(-1, 0, (7,)),
    )
    assert forest.leaf == (1, 2, 0, 3, 0, 2)
    assert [forest.path(which) for which in range(6)] == [(0, 1), (0, 2), (0,), (3,), (0,), (0, 2)]
    assert forest.levels() == ((0, 3), (1, 2))


def test_equal_sequences_share_their_leaf_and_empty_ones_have_none() -> None:
    forest = Forest.of([[], [5, 6], [], [5, 6]])
    assert (forest.nodes, forest.leaf) == ((Node(-1, 0, (5, 6)),), (-1, 0, -1, 0))
    assert (forest.path(0), forest.path(1)) == ((), (0,))


@pytest.mark.parametrize("sequences", [[], [[]], [(), ()]])
def test_nothing_is_a_forest_without_nodes(sequences: list[list[int]]) -> None:
    forest = Forest.of(sequences)
    assert (forest.nodes, forest.leaf) == ((), (-1,) * len(sequences))
    assert (forest.distinct, forest.total, forest.levels()) == (0, 0, ())


@pytest.mark.parametrize(
    ("least", "sizes", "distinct"),
    [
        (1, [1, 2, 1, 1, 1, 1], 7),  # 1 → 2 3 → 4 | 5, 1 → 6, 7
        (2, [3, 1, 1, 2, 1], 8),  # 1 2 3 → 4 | 5, 1 6, 7
        (3, [3, 1, 1, 2, 1], 8),
        (4, [4, 4, 2, 1], 11),
    ],
)
def test_what_is_too_short_to_share_is_repeated(
    least: int, sizes: list[int], distinct: int
) -> None:
    forest = Forest.of([[1, 2, 3, 4], [1, 2, 3, 5], [1, 6], [7]], least)
    assert [len(node.tokens) for node in forest.nodes] == sizes
    assert forest.distinct == distinct


def test_a_short_beginning_of_a_longer_sequence_still_costs_nothing() -> None:
    forest = Forest.of([[1], [1, 2, 3], [1, 4, 5]], least=3)
    assert [node.tokens for node in forest.nodes] == [(1, 2, 3), (1, 4, 5)]
    assert forest.leaf == (0, 0, 1)


def test_any_kind_of_sequence_will_do() -> None:
    forest = Forest.of([range(3), (0, 1, 5), [0, 1]])
    assert [node.tokens for node in forest.nodes] == [(0, 1), (2,), (5,)]
    assert forest.leaf == (1, 2, 0)


def test_a_deep_forest_needs_no_recursion() -> None:
    forest = Forest.of([[0] * length + [1] for length in range(1500)])
    assert len(forest.levels()) == 1499
    assert (forest.distinct, forest.total) == (1499 + 1500, 1500 * 1501 // 2)


def test_a_node_without_tokens_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="least is 0"):
        Forest.of([[1]], least=0)
