"""The prefix forest against what is obvious and slow."""

from itertools import groupby
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.prefix.forest import Forest

Sequences = list[list[int]]

SEQUENCES = st.lists(st.lists(st.integers(0, 2), max_size=8), max_size=12)
LEAST = st.integers(1, 4)


def trie_size(sequences: Sequences) -> int:
    """Nodes, one a token, of a trie of dictionaries."""
    root: dict[int, Any] = {}
    size = 0
    for sequence in sequences:
        node = root
        for token in sequence:
            size += token not in node
            node = node.setdefault(token, {})
    return size


def tips(sequences: Sequences) -> Sequences:
    """Sorted and without those that begin another one."""
    kinds = sorted({tuple(sequence) for sequence in sequences} - {()})
    return [
        list(one)
        for one in kinds
        if not any(other[: len(one)] == one for other in kinds if other != one)
    ]


def paid(branches: Sequences, start: int, least: int) -> int:
    """Tokens of the nodes that hold `branches`, none of which begins another, from `start` on."""
    if len(branches) == 1:
        return len(branches[0]) - start
    columns = enumerate(zip(*branches, strict=False))
    together = next(place for place, tokens in columns if len(set(tokens)) > 1)
    here = together - start if together - start >= least else 0
    parts = groupby(branches, lambda branch: branch[together])
    return here + sum(paid(list(part), start + here, least) for _, part in parts)


@given(SEQUENCES, LEAST)
def test_every_sequence_is_its_path_cut_at_its_length(sequences: Sequences, least: int) -> None:
    forest = Forest.of(sequences, least)
    assert forest.total == sum(map(len, sequences))
    for which, sequence in enumerate(sequences):
        path = [forest.nodes[number] for number in forest.path(which)]
        tokens = [token for node in path for token in node.tokens]
        assert tokens[: len(sequence)] == sequence
        assert all(node.start < len(sequence) for node in path)
        assert forest.leaf[which] == (forest.path(which)[-1] if sequence else -1)


@given(SEQUENCES, LEAST)
def test_nodes_stand_after_their_parents_where_those_end(sequences: Sequences, least: int) -> None:
    forest = Forest.of(sequences, least)
    for number, node in enumerate(forest.nodes):
        assert node.tokens
        assert -1 <= node.parent < number
        parent = forest.nodes[node.parent]
        assert node.start == (parent.start + len(parent.tokens) if node.parent >= 0 else 0)


@given(SEQUENCES, LEAST)
def test_only_real_branches_that_are_long_enough_have_children(
    sequences: Sequences, least: int
) -> None:
    nodes = Forest.of(sequences, least).nodes
    parents = [node.parent for node in nodes if node.parent >= 0]
    for number in set(parents):
        assert parents.count(number) > 1
        assert len(nodes[number].tokens) >= least


@given(SEQUENCES)
def test_each_distinct_beginning_is_there_once(sequences: Sequences) -> None:
    forest = Forest.of(sequences)
    beginnings = {tuple(s[:end]) for s in sequences for end in range(1, len(s) + 1)}
    assert forest.distinct == len(beginnings) == trie_size(sequences)
    firsts = [(node.parent, node.tokens[0]) for node in forest.nodes]
    assert len(set(firsts)) == len(firsts)


@given(SEQUENCES, LEAST)
def test_all_that_is_long_enough_is_shared(sequences: Sequences, least: int) -> None:
    branches = tips(sequences)
    expected = paid(branches, 0, least) if branches else 0
    assert Forest.of(sequences, least).distinct == expected


@given(st.data(), SEQUENCES, LEAST)
def test_order_does_not_matter(data: st.DataObject, sequences: Sequences, least: int) -> None:
    order = data.draw(st.permutations(range(len(sequences))))
    forest, other = (
        Forest.of(sequences, least),
        Forest.of([sequences[which] for which in order], least),
    )
    assert other.nodes == forest.nodes
    assert list(other.leaf) == [forest.leaf[which] for which in order]


@given(SEQUENCES, LEAST)
def test_levels_hold_every_node_once(sequences: Sequences, least: int) -> None:
    forest = Forest.of(sequences, least)
    levels = forest.levels()
    assert sorted(n for level in levels for n in level) == list(range(len(forest.nodes)))
    for depth, level in enumerate(levels):
        for number in level:
            parent = forest.nodes[number].parent
            assert parent in levels[depth - 1] if depth else parent == -1
