"""The prefix forest that grows: sequences come one by one, told by what they keep of the latest.

Unlike the nodes of `Forest`, what it holds is never divided when sequences part: a branch is a run
of tokens that only becomes longer, and another one forks from it behind some token. So a place
in the forest stays what it is, and a sequence can go on from any place of the latest one.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

Tokens: TypeAlias = "array[int]"


class Added(NamedTuple):
    """How many tokens a sequence has, and with how many of them some earlier one began."""

    tokens: int
    shared: int


class _Place(NamedTuple):
    """Behind `offset` tokens of a branch, and `depth` of the sequence."""

    branch: int
    offset: int
    depth: int


_ROOT = _Place(-1, 0, 0)


class GrowingForest:
    """`distinct` and `total` are those of `Forest.of` for all sequences added so far.

    Tokens are from 0 to 2³² - 1; OverflowError for any other.
    """

    def __init__(self) -> None:
        self.total = 0
        self.distinct = 0
        self._branches: list[Tokens] = []
        self._forks: dict[tuple[int, int, int], int] = {}  # branch, offset, token → branch
        self._path: list[_Place] = []  # behind each piece of the latest sequence

    def add(self, kept: int, pieces: Iterable[Sequence[int]]) -> Added:
        """A sequence: the first `kept` pieces of the latest one, then `pieces`.

        Where sequences are divided does not matter, only their tokens do.
        """
        del self._path[kept:]
        if len(self._path) < kept:
            raise ValueError(f"{kept} pieces cannot be kept of {len(self._path)}")
        place = self._path[-1] if kept else _ROOT
        before = self.distinct
        for piece in pieces:
            place = self._behind(place, array("I", piece))
            self._path.append(place)
        self.total += place.depth
        return Added(place.depth, place.depth - (self.distinct - before))

    def _behind(self, place: _Place, piece: Tokens) -> _Place:
        """The place behind `piece`, which the forest holds from now on."""
        branch, offset, depth = place
        at, end = 0, len(piece)
        while at < end:
            fork = (branch, offset, piece[at])
            if branch >= 0 and offset == len(self._branches[branch]):
                self._branches[branch].extend(piece[at:])
                self.distinct += end - at
                at, offset = end, offset + end - at
            elif branch >= 0 and self._branches[branch][offset] == piece[at]:
                same = _in_common(self._branches[branch], offset, piece, at)
                at, offset = at + same, offset + same
            elif fork in self._forks:
                branch, offset, at = self._forks[fork], 1, at + 1
            else:
                branch, offset = len(self._branches), end - at
                self._forks[fork] = branch
                self._branches.append(piece[at:])
                self.distinct += end - at
                at = end
        return _Place(branch, offset, depth + end)


def _in_common(branch: Tokens, offset: int, piece: Tokens, at: int) -> int:
    """How many tokens a branch from `offset` on and a piece from `at` on share."""
    ahead = branch[offset : offset + len(piece) - at]
    same, perhaps = 0, len(ahead)
    step = perhaps  # mostly all of them
    while same < perhaps:
        if ahead[same : same + step] == piece[at + same : at + same + step]:
            same += step
        else:
            perhaps = same + step - 1
        step = (perhaps - same + 1) // 2
    return same
