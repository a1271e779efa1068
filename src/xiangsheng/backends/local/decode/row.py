"""A row being continued, and the branch it goes on from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from xiangsheng.backends.local.network import Keys

if TYPE_CHECKING:
    from xiangsheng.backends.local.decode.shelf import Shelf


@dataclass(slots=True, eq=False)
class Branch:
    """Keys and values of a trunk, (heads, length, head), by layer, and the rows that see it."""

    layers: Sequence[Keys]
    rows: "list[Row]" = field(default_factory=list)

    @property
    def length(self) -> int:
        """As far as any of its rows sees."""
        return max(row.seen for row in self.rows)


@dataclass(slots=True, eq=False)
class Row:
    """It sees `seen` tokens of its branch, then `fresh` of its own, in a place on a shelf."""

    branch: Branch
    seen: int
    slot: int
    shelf: "Shelf"
    place: int = -1
    fresh: int = 0
