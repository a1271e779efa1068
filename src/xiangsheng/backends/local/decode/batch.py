"""The rows being continued: one step of the network for all of them, whatever they go on from.

A row sees its trunk, which any number of rows share, and up to `FRESH` tokens of its own. Scores
over the trunk are one product for all rows of a trunk, those over own tokens one product for all
rows; one softmax joins them. A row whose own tokens fill their room gets a trunk of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from xiangsheng.backends.local.decode.reading import Trunk
from xiangsheng.backends.local.network import Keys, Network

FRESH = 64


@dataclass(slots=True, eq=False)
class Row:
    """Where one row stands: it sees `seen` tokens of its trunk, then `fresh` of its own."""

    trunk: Trunk
    seen: int
    fresh: int = 0


@dataclass(frozen=True, slots=True)
class _Layout:
    """Rows by trunk. `order` holds slots, sorted so that the rows of a trunk are neighbours."""

    order: Tensor
    back: Tensor
    groups: tuple[tuple[Trunk, int, int], ...]
    longest: int
    hidden: Tensor
    """Minus infinity where a row does not see its trunk, (rows, 1, longest), in order."""


class Batch:
    """Rows in slots 0, 1, 2…; `join` and `leave` between steps. Not for two threads."""

    def __init__(self, network: Network, capacity: int) -> None:
        self._network = network
        self.capacity = capacity
        self.rows: list[Row] = []
        shape = network.shape
        room = (capacity, shape.heads, FRESH, shape.head)
        kind = network.embeddings.dtype
        self._own: list[Keys] = [
            (torch.zeros(room, dtype=kind), torch.zeros(room, dtype=kind))
            for _ in range(shape.layers)
        ]
        self._layout: _Layout | None = None

    def join(self, row: Row) -> None:
        """Into the first free slot, which is `len(rows)` before."""
        self.rows.append(row)
        self._layout = None

    def leave(self, slot: int) -> None:
        """The last row moves into the slot."""
        last = self.rows.pop()
        if slot < len(self.rows):
            self.rows[slot] = last
            for key, value in self._own:
                key[slot, :, : last.fresh] = key[len(self.rows), :, : last.fresh]
                value[slot, :, : last.fresh] = value[len(self.rows), :, : last.fresh]
        self._layout = None

    def step(self, tokens: Sequence[int]) -> Tensor:
        """Logits, (rows, vocabulary), after one more token of every row, in the order of slots."""
        for slot, row in enumerate(self.rows):
            if row.fresh == FRESH:
                self._fold(slot, row)
        layout = self._layout = self._layout or self._laid_out()
        fresh = torch.tensor([row.fresh for row in self.rows])
        positions = fresh + torch.tensor([row.seen for row in self.rows])
        network, slots = self._network, torch.arange(len(self.rows))
        width = int(fresh.max()) + 1
        kind = network.embeddings.dtype
        later = torch.arange(width) > fresh[layout.order, None]
        own_hidden = torch.zeros(later.shape, dtype=kind).masked_fill_(later, -torch.inf)
        hidden = torch.cat((layout.hidden, own_hidden.unsqueeze(1)), dim=2)
        x = F.embedding(torch.tensor(tokens), network.embeddings)
        turn = network.turn(positions)
        for layer, (block, own) in enumerate(zip(network.layers(), self._own, strict=True)):
            query, key, value = block.project(x, turn)
            own[0][slots, :, fresh], own[1][slots, :, fresh] = key, value
            mine = (own[0][: len(slots), :, :width], own[1][: len(slots), :, :width])
            x = block.finish(x, _attend(query, mine, layer, layout, hidden))
        for row in self.rows:
            row.fresh += 1
        return network.logits(network.normed(x))

    def _laid_out(self) -> _Layout:
        ids: dict[int, int] = {}
        number = [ids.setdefault(id(row.trunk), len(ids)) for row in self.rows]
        order = sorted(range(len(number)), key=number.__getitem__)
        groups: list[tuple[Trunk, int, int]] = []
        for place, slot in enumerate(order):
            trunk = self.rows[slot].trunk
            if groups and groups[-1][0] is trunk:
                groups[-1] = (trunk, groups[-1][1], place + 1)
            else:
                groups.append((trunk, place, place + 1))
        longest = max(trunk.length for trunk, _, _ in groups)
        slots = torch.tensor(order)
        seen = torch.tensor([self.rows[slot].seen for slot in order])
        unseen = torch.arange(longest) >= seen[:, None]
        hidden = torch.zeros(unseen.shape, dtype=self._network.embeddings.dtype)
        hidden.masked_fill_(unseen, -torch.inf)
        return _Layout(slots, slots.argsort(), tuple(groups), longest, hidden.unsqueeze(1))

    def _fold(self, slot: int, row: Row) -> None:
        """The row's own tokens go behind its trunk, into a trunk that is its alone."""
        row.trunk = Trunk(
            tuple(
                (
                    torch.cat((trunk[0][:, : row.seen], own[0][slot]), dim=1),
                    torch.cat((trunk[1][:, : row.seen], own[1][slot]), dim=1),
                )
                for trunk, own in zip(row.trunk.layers, self._own, strict=True)
            ),
            row.trunk.states.new_empty(row.seen + FRESH, 0),
        )
        row.seen, row.fresh = row.seen + FRESH, 0
        self._layout = None


def _attend(query: Tensor, own: Keys, layer: int, layout: _Layout, hidden: Tensor) -> Tensor:
    """What every row's queries, (rows, heads, head), attend to; (rows, width)."""
    rows, heads, head = query.shape
    query = query * head**-0.5
    scores = query.new_zeros(rows, heads, hidden.shape[-1])
    ordered = query[layout.order]
    for trunk, start, stop in layout.groups:
        keys = trunk.layers[layer][0]
        scores[start:stop, :, : trunk.length] = torch.matmul(
            ordered[start:stop].transpose(0, 1), keys.transpose(1, 2)
        ).transpose(0, 1)
    mine = torch.matmul(query.unsqueeze(2), own[0].transpose(-1, -2)).squeeze(2)
    scores[:, :, layout.longest :] = mine[layout.order]
    weights = (scores + hidden).softmax(-1)
    attended = torch.empty_like(query)
    for trunk, start, stop in layout.groups:
        values = trunk.layers[layer][1]
        attended[start:stop] = torch.matmul(
            weights[start:stop, :, : trunk.length].transpose(0, 1), values
        ).transpose(0, 1)
    of_own = weights[:, :, layout.longest :][layout.back]
    attended = attended[layout.back] + torch.matmul(of_own.unsqueeze(2), own[1]).squeeze(2)
    return attended.flatten(1)
