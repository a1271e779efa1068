"""The prefix forest: sequences of tokens, with what several share at their beginning only once.

It is a radix forest. Sorted sequences that begin alike stand together, so what neighbours have in
common says where branches part, and no trie of single tokens is ever made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress, count, pairwise
from operator import ne
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """A run of tokens. `start` of them come before it on its path; `parent` is -1 for a root."""

    parent: int
    start: int
    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Forest:
    """Nodes, each after its parent, and for each sequence the node in which it ends.

    A sequence that begins another one may end inside a node: it is the tokens of its path, cut at
    its length. An empty sequence has no path, and -1 for its leaf.
    """

    nodes: tuple[Node, ...]
    leaf: tuple[int, ...]
    total: int  # tokens in all sequences

    @classmethod
    def of(cls, sequences: Sequence[Sequence[int]], least: int = 1) -> "Forest":
        """The forest of `sequences`, in which no node that has children is shorter than `least`.

        Where sequences part after sharing fewer tokens than that, each of them repeats these.
        """
        if least < 1:
            raise ValueError(f"least is {least}, but a shared node has at least one token")
        order = _sorted(sequences)
        lengths = [len(sequences[which]) for which in order]
        shared = [in_common(sequences[one], sequences[after]) for one, after in pairwise(order)]
        # A sequence that the next one begins with is no branch, only a place on one.
        tips = [
            (which, length, common)
            for which, length, common in zip(order, lengths, [*shared, 0], strict=False)
            if common < length
        ]
        nodes, last = _nodes(sequences, _branches(tips), least)
        leaf = [-1] * len(sequences)
        node = -1
        for which in reversed(order):  # so that the one that goes on comes first
            node = last.get(which, node)
            while nodes[node].start >= len(sequences[which]):
                node = nodes[node].parent
            leaf[which] = node
        return cls(tuple(nodes), tuple(leaf), sum(map(len, sequences)))

    @property
    def distinct(self) -> int:
        """Tokens in all nodes together: what is left to pay for."""
        return sum(len(node.tokens) for node in self.nodes)

    def path(self, sequence: int) -> tuple[int, ...]:
        """The nodes of a sequence, from its root to where it ends."""
        found = []
        node = self.leaf[sequence]
        while node >= 0:
            found.append(node)
            node = self.nodes[node].parent
        return tuple(reversed(found))

    def levels(self) -> tuple[tuple[int, ...], ...]:
        """Roots, then their children, and so on: no node depends on another of its level."""
        levels: list[list[int]] = []
        level_of: list[int] = []
        for number, node in enumerate(self.nodes):
            level = level_of[node.parent] + 1 if node.parent >= 0 else 0
            level_of.append(level)
            if level == len(levels):
                levels.append([])
            levels[level].append(number)
        return tuple(map(tuple, levels))


@dataclass(frozen=True, slots=True)
class _Branch:
    """The first `depth` tokens of the sequence `example`; `below` is how it goes on, if it does."""

    depth: int
    example: int
    below: "list[_Branch]"


def _sorted(sequences: Sequence[Sequence[int]]) -> list[int]:
    """The numbers of the sequences that are not empty, in the order of their tokens."""
    alike = set(map(type, sequences)) in ({list}, {tuple})  # then Python compares them as they are
    key: Callable[[int], Any] = (
        sequences.__getitem__ if alike else lambda which: tuple(sequences[which])
    )
    return sorted((which for which, tokens in enumerate(sequences) if len(tokens)), key=key)


def in_common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two sequences share at their beginning."""
    return next(compress(count(), map(ne, one, other)), min(len(one), len(other)))


def _branches(tips: Sequence[tuple[int, int, int]]) -> list[_Branch]:
    """The roots of all branches of sorted sequences, none of which begins another.

    Each comes as its number, its length, and the length that it shares with the next one.
    """
    path = [_Branch(0, -1, [])]  # the places where the latest sequence may still part from others
    for which, length, shared in tips:
        done = _Branch(length, which, [])
        while path[-1].depth > shared:
            path[-1].below.append(done)
            done = path.pop()
        if path[-1].depth < shared:
            path.append(_Branch(shared, which, []))
        path[-1].below.append(done)
    return path[0].below


def _nodes(
    sequences: Sequence[Sequence[int]], roots: Sequence[_Branch], least: int
) -> tuple[list[Node], dict[int, int]]:
    """The nodes of branches that are long enough or last, and the last ones' by their sequence."""
    nodes: list[Node] = []
    last: dict[int, int] = {}
    todo = [(branch, -1, 0) for branch in reversed(roots)]
    while todo:
        branch, parent, start = todo.pop()
        if not branch.below:
            last[branch.example] = len(nodes)
        if not branch.below or branch.depth - start >= least:
            tokens = tuple(sequences[branch.example][start : branch.depth])
            nodes.append(Node(parent, start, tokens))
            parent, start = len(nodes) - 1, branch.depth
        todo.extend((below, parent, start) for below in reversed(branch.below))
    return nodes, last
