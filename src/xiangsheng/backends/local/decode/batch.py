"""The rows being continued: one step of the network for all of them, whatever they go on from.

A row sees its trunk, which any number of rows share, and tokens of its own. For its own softmax
the whole trunk is one more token, whose score is the logarithm of the trunk's sum and whose value
is what the trunk gave: exactly what one softmax over both would give.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from xiangsheng.backends.local.decode.reading import Trunk
from xiangsheng.backends.local.decode.row import Branch, Row
from xiangsheng.backends.local.decode.shelf import Shelf, sizes
from xiangsheng.backends.local.decode.stack import Stack, stacked
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.product import filled

MOST_STACKS = 16
"""More are sorted anew, so that many single requests do not become as many products."""


@dataclass(frozen=True, slots=True)
class _Writing:
    """The rows of a shelf, in the order of their places, while a step lasts."""

    shelf: Shelf
    slots: Tensor
    fresh: Tensor
    hidden: Tensor
    """Minus infinity where a row has not written yet, (places, 1, width)."""


class Batch:
    """Rows in slots 0, 1, 2…; they `join` and `leave` between steps. Not for two threads."""

    def __init__(self, network: Network) -> None:
        self._network = network
        # Keys and values are kept in 32 bits at least: sums of many small numbers need them.
        self._kind = torch.promote_types(network.embeddings.dtype, torch.float32)
        self.rows: list[Row] = []
        self._shelves = [
            Shelf(network.shape, size, self._kind) for size in sizes(network.shape.context)
        ]
        self._stacks: list[Stack] = []
        self._changed = False

    @property
    def cells(self) -> int:
        """Tokens whose keys and values are in memory, room for more included."""
        return self.shared + sum(shelf.cells for shelf in self._shelves)

    @property
    def shared(self) -> int:
        """Those of branches, padding included."""
        return sum(stack.cells for stack in self._stacks)

    def join(self, starts: Sequence[tuple[Trunk, int]]) -> None:
        """One row each that has seen so many tokens of a trunk, in the next free slots."""
        branches: dict[Trunk, Branch] = {}
        shelf = self._shelves[0]
        shelf.reserve(len(starts))
        for trunk, seen in starts:
            branch = branches[trunk] = branches.get(trunk) or self._branch(trunk)
            row = Row(branch, seen, len(self.rows), shelf)
            shelf.put(row)
            branch.rows.append(row)
            self.rows.append(row)
        self._stacks += stacked(branches.values())
        self._changed = True

    def leave(self, slot: int) -> None:
        """The last row moves into the slot."""
        row, last = self.rows[slot], self.rows.pop()
        if row is not last:
            self.rows[slot], last.slot = last, slot
        row.branch.rows.remove(row)
        row.shelf.take(row.place)
        self._changed = True
        if not self.rows:  # an engine may be idle for long
            self._stacks = []

    def step(self, tokens: Sequence[int]) -> Tensor:
        """Last states, (rows, width), after one more token of every row, in the order of slots."""
        for shelf, larger in pairwise(self._shelves):
            for row in [row for row in shelf.rows if row.fresh == shelf.size]:
                place = row.place
                larger.put(row, shelf.written(row))
                shelf.take(place)
        if self._changed:
            self._lay_out()
        network, writing = self._network, list(self._writing())
        positions = torch.tensor([row.seen + row.fresh for row in self.rows])
        x = filled(F.embedding(torch.tensor(tokens), network.embeddings))
        cosine, sine = network.turn(positions)
        turn = filled(cosine), filled(sine)
        for layer, block in enumerate(network.layers()):
            query, key, value = block.project(x, turn)
            x = block.finish(x, self._attend(layer, query, key, value, writing).to(x.dtype))
        for row in self.rows:
            row.fresh += 1
        return network.normed(x)[: len(self.rows)]

    def _attend(
        self, layer: int, query: Tensor, key: Tensor, value: Tensor, writing: Iterable[_Writing]
    ) -> Tensor:
        """What every row attends to, (rows, width); those that only fill up, to nothing."""
        query, key, value = (part.to(self._kind) for part in (query, key, value))
        query = query * query.shape[-1] ** -0.5
        given, sums = torch.empty_like(query), query.new_empty(query.shape[:2])
        for stack in self._stacks:
            stack.attend(layer, query, given, sums)
        attended = torch.zeros_like(query)
        for some in writing:
            slots, width = some.slots, some.hidden.shape[-1]
            some.shelf.write(layer, some.fresh, key[slots], value[slots])
            keys, values = some.shelf.seen(layer, width)
            scores = torch.matmul(query[slots].unsqueeze(2), keys.transpose(2, 3)).squeeze(2)
            both = torch.cat((scores + some.hidden, sums[slots].unsqueeze(2)), dim=2).softmax(-1)
            of_own = torch.matmul(both[..., None, :width], values).squeeze(2)
            attended[slots] = of_own + both[..., width:] * given[slots]
        return attended.flatten(1)

    def _writing(self) -> Iterable[_Writing]:
        for shelf in self._shelves:
            if shelf.rows:
                fresh = torch.tensor([row.fresh for row in shelf.rows])
                later = torch.arange(int(fresh.max()) + 1) > fresh[:, None]
                hidden = torch.zeros(later.shape, dtype=self._kind)
                hidden.masked_fill_(later, -torch.inf)
                slots = torch.tensor([row.slot for row in shelf.rows])
                yield _Writing(shelf, slots, fresh, hidden.unsqueeze(1))

    def _lay_out(self) -> None:
        """Stacks that are mostly dead wood are made anew."""
        many = len(self._stacks) > MOST_STACKS
        worn = [stack for stack in self._stacks if many or stack.worn]
        if worn:
            live = (branch for stack in worn for branch in stack.branches if branch.rows)
            kept = [stack for stack in self._stacks if stack not in worn]
            self._stacks = [*kept, *stacked(live)]
        for stack in self._stacks:
            stack.lay_out()
        self._changed = False

    def _branch(self, trunk: Trunk) -> Branch:
        return Branch([(key.to(self._kind), value.to(self._kind)) for key, value in trunk.layers])
