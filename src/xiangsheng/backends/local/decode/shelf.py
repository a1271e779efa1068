"""What rows have written themselves: keys and values of up to `size` tokens a row.

A row that has filled its place moves to a larger shelf, so that short answers, which most are,
take little memory and little time.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from xiangsheng.backends.local.decode.row import Row
from xiangsheng.backends.local.ladder import Shape
from xiangsheng.backends.local.network import Keys

FRESH = 32
"""Own tokens that every row has room for."""
LARGER = 4
SPARE = 1.25
"""Room grows by this factor at least, so that it does not grow with every row."""


def sizes(context: int) -> tuple[int, ...]:
    """Of all shelves, the last of which takes whatever fits into the context."""
    found = [min(FRESH, context)]
    while found[-1] < context:
        found.append(min(LARGER * found[-1], context))
    return tuple(found)


class Shelf:
    """Places 0, 1, 2… belong to `rows`. Room is made when it is needed."""

    def __init__(self, shape: Shape, size: int, kind: torch.dtype) -> None:
        self.size = size
        self.rows: list[Row] = []
        self._shape, self._kind = shape, kind
        self._layers: list[Keys] = []
        self._room = 0

    @property
    def cells(self) -> int:
        return self._room * self.size

    def reserve(self, more: int) -> None:
        """Room for so many more rows: zeros, since what hidden tokens hold must not be NaN."""
        if (needed := len(self.rows) + more) <= self._room:
            return
        self._room = max(needed, int(SPARE * self._room))
        room = (self._room, self._shape.heads, self.size, self._shape.head)
        larger = [
            (torch.zeros(room, dtype=self._kind), torch.zeros(room, dtype=self._kind))
            for _ in range(self._shape.layers)
        ]
        for new, old in zip(larger, self._layers, strict=False):
            for which in (0, 1):
                new[which][: len(self.rows)] = old[which][: len(self.rows)]
        self._layers = larger

    def put(self, row: Row, past: Sequence[Keys] = ()) -> None:
        """`past` is what the row has written so far, (heads, tokens, head), by layer."""
        self.reserve(1)
        row.shelf, row.place = self, len(self.rows)
        self.rows.append(row)
        for own, before in zip(self._layers, past, strict=False):
            for which in (0, 1):
                own[which][row.place, :, : row.fresh] = before[which]

    def written(self, row: Row) -> list[Keys]:
        """What the row has written so far, as `put` takes it; there until the row is taken."""
        return [
            (keys[row.place, :, : row.fresh], values[row.place, :, : row.fresh])
            for keys, values in self._layers
        ]

    def take(self, place: int) -> None:
        """The last row moves into this place."""
        last = self.rows.pop()
        if place < len(self.rows):
            for keys, values in self._layers:
                keys[place, :, : last.fresh] = keys[last.place, :, : last.fresh]
                values[place, :, : last.fresh] = values[last.place, :, : last.fresh]
            self.rows[place], last.place = last, place
        if not self.rows:
            self._layers, self._room = [], 0

    def write(self, layer: int, at: Tensor, key: Tensor, value: Tensor) -> None:
        """One more token of every row, (rows, heads, head), each at its own position."""
        places = torch.arange(len(self.rows))
        keys, values = self._layers[layer]
        keys[places, :, at], values[places, :, at] = key, value

    def seen(self, layer: int, width: int) -> Iterator[Tensor]:
        """The first `width` tokens of every row, (rows, heads, width, head): keys, then values."""
        return (part[: len(self.rows), :, :width] for part in self._layers[layer])
