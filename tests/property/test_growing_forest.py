"""The growing forest against the forest that is made at once, and against a naive trie."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.prefix.caching import Granularity
from xiangsheng.prefix.forest import Forest
from xiangsheng.prefix.growing import GrowingForest

PIECES = st.lists(st.lists(st.integers(0, 1), max_size=4), max_size=5)
TOLD = st.lists(st.tuples(st.integers(0, 5), PIECES), max_size=20)
"""What each sequence keeps of the one before it, if that has so much, and how it goes on."""


def grown(told: list[tuple[int, list[list[int]]]]) -> tuple[GrowingForest, list[list[int]]]:
    """The forest, and the sequences one by one; each answer is compared with a set of beginnings."""
    forest = GrowingForest()
    sequences: list[list[int]] = []
    beginnings: set[tuple[int, ...]] = set()
    latest: list[list[int]] = []
    for kept, pieces in told:
        latest = [*latest[:kept], *pieces]
        sequence = [token for piece in latest for token in piece]
        mine = [tuple(sequence[:end]) for end in range(1, len(sequence) + 1)]
        added = forest.add(min(kept, len(latest) - len(pieces)), pieces)
        assert added == (len(sequence), sum(one in beginnings for one in mine))
        beginnings.update(mine)
        sequences.append(sequence)
        assert forest.distinct == len(beginnings)
    return forest, sequences


@given(TOLD)
def test_it_is_the_forest_that_is_made_at_once(told: list[tuple[int, list[list[int]]]]) -> None:
    forest, sequences = grown(told)
    whole = Forest.of(sequences)
    assert (forest.distinct, forest.total) == (whole.distinct, whole.total)


@given(TOLD, st.data())
def test_how_sequences_are_divided_and_ordered_does_not_matter(
    told: list[tuple[int, list[list[int]]]], data: st.DataObject
) -> None:
    forest, sequences = grown(told)
    other = GrowingForest()
    for sequence in data.draw(st.permutations(sequences)):
        ends = sorted(data.draw(st.sets(st.integers(0, len(sequence)), max_size=3)))
        starts = [0, *ends]
        other.add(0, [sequence[a:b] for a, b in zip(starts, [*ends, None], strict=True)])
    assert (other.distinct, other.total) == (forest.distinct, forest.total)


@given(st.integers(0, 500), st.integers(1, 100), st.integers(1, 50))
def test_a_hit_is_the_largest_size_that_the_cache_has(shared: int, least: int, step: int) -> None:
    sizes = [0, *accumulate([least, *[step] * 500])]
    assert Granularity(least, step).hit(shared) == max(size for size in sizes if size <= shared)
