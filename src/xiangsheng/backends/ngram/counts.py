"""Counts of all runs of up to `order` tokens in a text, as a trie stored level by level.

A run of k tokens is a node of level k. Its key is (node of its first k-1 tokens) * 2**21 + last
token, so sorting the keys of a level numbers its nodes, and the children of one node lie side
by side. A level costs one sort of the text.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

END = 0
"""The token that ends a text, and that stands before the first character of one."""
UNKNOWN = -1
REACH = 8
"""Characters before a piece that the longest order allowed, 9, can see."""
SHIFT = 21  # Unicode has fewer than 2**21 characters


@dataclass(frozen=True, slots=True, eq=False)
class Trie:
    """Level k is at index k-1: each node's last token and its weight, in the order of the keys.

    `first[k-1][i]` to `first[k-1][i+1]` are the nodes of level k that continue node i of
    level k-1; level 0 is one node, the empty run. Weights are the counts that Kneser-Ney
    smoothing asks for: how often at the highest level and for runs that begin a text,
    elsewhere how many different tokens stand before the run.
    """

    tokens: tuple[Ids, ...]
    first: tuple[Ids, ...]
    weights: tuple[Ids, ...]

    @property
    def order(self) -> int:
        return len(self.tokens)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text to be counted, and the text before it, which is only seen."""

    text: str
    before: str = ""


def stream(pieces: Iterable[Piece], characters: str, order: int) -> tuple[Ids, NDArray[np.bool_]]:
    """The pieces as one row of tokens, each closed by END, and which of its tokens count.

    A character's token is its place in `characters`, from 1; others are UNKNOWN.
    """
    place = np.full(sys.maxunicode + 1, UNKNOWN, dtype=np.int64)
    place[_code_points(characters)] = np.arange(1, len(characters) + 1)
    end = np.array([END])
    tokens, counts = [end], [np.zeros(1, dtype=np.bool_)]
    for piece in pieces:
        before = piece.before[-(order - 1) :]
        tokens += [place[_code_points(before + piece.text)], end]
        counts += [np.arange(len(before) + len(piece.text) + 1) >= len(before)]
    return np.concatenate(tokens), np.concatenate(counts)


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def count(tokens: Ids, counts: NDArray[np.bool_], order: int) -> Trie:
    """The trie of `tokens`, which hold no UNKNOWN. No run crosses the end of a text."""
    node = np.zeros_like(tokens)  # of the run that ends at each position; -1 where there is none
    begins = np.zeros(0, dtype=np.bool_)  # whether each run of the level above begins a text
    nodes = 1
    levels: list[Ids] = []
    firsts: list[Ids] = []
    weights: list[Ids] = []
    for length in range(1, order + 1):
        parent = node if length == 1 else _after(node)
        if length > 2:
            parent = np.where(_after(tokens) == END, -1, parent)
        places = np.flatnonzero(parent >= 0)
        keys, once, inverse = np.unique(
            parent[places] << SHIFT | tokens[places], return_index=True, return_inverse=True
        )
        seen = places[once]
        times = np.bincount(inverse, weights=counts[places]).astype(np.int64)
        if length > 1:
            different = np.bincount(node[seen[times > 0]], minlength=nodes)
            weights[-1] = np.where(begins, weights[-1], different)
        begins = (tokens[seen - length + 1] == END) & (length > 1)
        levels.append(keys & ((1 << SHIFT) - 1))
        firsts.append(np.searchsorted(keys >> SHIFT, np.arange(nodes + 1)))
        weights.append(times)
        node = np.full_like(tokens, -1)
        node[places] = inverse
        nodes = len(keys)
    return Trie(tuple(levels), tuple(firsts), tuple(weights))


def _after(values: Ids) -> Ids:
    """Each position's predecessor; -1 before the first."""
    return np.concatenate(([-1], values[:-1]))
