"""Branches of similar length, padded to one, so that all their rows attend in one product.

A product for each branch would be too small to keep two cores busy.
"""

from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor

from xiangsheng.backends.local.decode.row import Branch
from xiangsheng.backends.local.network import Keys

LONGER = 1.5
"""How much longer than the shortest branch of a stack the longest may be."""

WORN = 2.5
"""How many times as many places as rows are too many."""


class Stack:
    """Keys and values of all branches, (branches, heads, length, head), by layer."""

    def __init__(self, branches: Sequence[Branch]) -> None:
        self.branches = branches
        self._length = max(branch.length for branch in branches)
        heads, _, head = branches[0].layers[0][0].shape
        room = (len(branches), heads, self._length, head)
        like = branches[0].layers[0][0]
        self._layers: list[Keys] = []
        for layer in range(len(branches[0].layers)):
            both = (like.new_zeros(room), like.new_zeros(room))
            for place, branch in enumerate(branches):
                for padded, part in zip(both, branch.layers[layer], strict=True):
                    padded[place, :, : branch.length] = part[:, : branch.length]
            self._layers.append(both)
        for place, branch in enumerate(branches):  # so that what was copied can be freed
            branch.layers = [(keys[place], values[place]) for keys, values in self._layers]

    @property
    def cells(self) -> int:
        """Tokens in memory, padding included."""
        return len(self.branches) * self._length

    @property
    def worn(self) -> bool:
        """Whether much of a product would be for nothing: to be sorted anew."""
        rows = [len(branch.rows) for branch in self.branches]
        return 4 * rows.count(0) >= len(rows) or WORN * sum(rows) <= max(rows) * len(rows)

    def lay_out(self) -> None:
        """To be called before `attend` whenever rows have come or gone."""
        self._most = max(len(branch.rows) for branch in self.branches)
        rows = [
            (place * self._most + number, row)
            for place, branch in enumerate(self.branches)
            for number, row in enumerate(branch.rows)
        ]
        self._places = torch.tensor([place for place, _ in rows])
        self._slots = torch.tensor([row.slot for _, row in rows])
        # A place without a row sees everything: of nothing, the softmax would be NaN.
        seen = torch.full((len(self.branches) * self._most,), self._length)
        seen[self._places] = torch.tensor([row.seen for _, row in rows])
        hidden = torch.zeros(len(seen), self._length, dtype=self._layers[0][0].dtype)
        hidden.masked_fill_(torch.arange(self._length) >= seen[:, None], -torch.inf)
        self._hidden = hidden.view(len(self.branches), 1, self._most, self._length)

    def attend(self, layer: int, query: Tensor, given: Tensor, sums: Tensor) -> None:
        """What this stack's rows see of their branches goes into `given`, (slots, heads, head); the
        logarithm of their scores' sum of exponentials into `sums`, (slots, heads).
        """
        keys, values = self._layers[layer]
        branches, (_, heads, head) = len(self.branches), query.shape
        padded = query.new_zeros(branches * self._most, heads, head)
        padded[self._places] = query[self._slots]
        asking = padded.view(branches, self._most, heads, head).transpose(1, 2)
        scores = torch.matmul(asking, keys.transpose(2, 3)).add_(self._hidden)
        weights = scores.softmax(-1)
        # The largest weight is e to the highest score, divided by the sum.
        total = scores.amax(-1) - weights.amax(-1).log()
        seen = torch.matmul(weights, values).transpose(1, 2)
        given[self._slots] = seen.reshape(-1, heads, head)[self._places]
        sums[self._slots] = total.transpose(1, 2).reshape(-1, heads)[self._places]


def stacked(branches: Iterable[Branch]) -> Iterator[Stack]:
    """Stacks of branches that are alike in length and in how many rows go on from them."""
    together: list[Branch] = []
    for branch in sorted(branches, key=lambda one: (_crowd(one), one.length)):
        first = together[0] if together else branch
        if _crowd(first) != _crowd(branch) or branch.length > LONGER * first.length:
            yield Stack(together)
            together = []
        together.append(branch)
    if together:
        yield Stack(together)


def _crowd(branch: Branch) -> int:
    return len(branch.rows).bit_length()
