"""The prefix forest that grows: sequences come one by one, told by what they keep of the latest.

It holds no nodes that are cut when sequences part. Each branch is a run of tokens that only gets
longer, and others fork from it where they differ: so a place in it stays what it is.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from xiangsheng.prefix.forest import in_common


class Added(NamedTuple):
    """A sequence's tokens, and how many of the first ones an earlier sequence began with."""

    tokens: int
    shared: int


class _Place(NamedTuple):
    """Behind so many tokens of a branch, and of the sequence; the root is before all branches."""

    branch: int
    offset: int
    depth: int


_ROOT = _Place(-1, 0, 0)


class GrowingForest:
    """`distinct` is what `Forest.of` would say of all sequences added so far."""

    def __init__(self) -> None:
        self.total = 0
        self.distinct = 0
        self._branches: list[array[int]] = []
        self._forks: dict[tuple[int, int, int], int] = {}
        self._path: list[_Place] = []  # behind each piece of the latest sequence

    def add(self, kept: int, pieces: Iterable[Sequence[int]]) -> Added:
        """A sequence that begins with the first `kept` pieces of the latest one, then `pieces`."""
        del self._path[kept:]
        place = self._path[-1] if kept else _ROOT
        before = self.distinct
        for piece in pieces:
            place = self._walk(place, piece)
            self._path.append(place)
        self.total += place.depth
        return Added(place.depth, place.depth - (self.distinct - before))

    def _walk(self, place: _Place, piece: Sequence[int]) -> _Place:
        """Behind `piece`, which is new from the first token on that nothing has there."""
        branch, offset, depth = place
        at, end = 0, len(piece)
        while at < end:
            if branch >= 0:
                tokens = self._branches[branch]
                same = _in_common(tokens, offset, piece, at)
                at, offset = at + same, offset + same
                if at < end and offset == len(tokens):
                    tokens.extend(array("I", piece[at:]))
                    self.distinct += end - at
                    offset, at = len(tokens), end
                if at == end:
                    break
            fork = (branch, offset, piece[at])
            if fork not in self._forks:
                self._forks[fork] = len(self._branches)
                self._branches.append(array("I"))
            branch, offset = self._forks[fork], 0
        return _Place(branch, offset, depth + end)


def _in_common(tokens: "array[int]", offset: int, piece: Sequence[int], at: int) -> int:
    """How many tokens a branch from `offset` on and a piece from `at` on share."""
    ahead = tokens[offset : offset + len(piece) - at]
    wanted = array("I", piece[at:])
    return len(wanted) if ahead == wanted else in_common(ahead, wanted)
