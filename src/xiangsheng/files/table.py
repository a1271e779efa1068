"""A table as its file has it: rows of cells, before anybody knows what the columns mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Odd(StrEnum):
    """What a cell was that was no text."""

    NUMBER = "a number"
    DATE = "a date or time"
    TRUTH = "true or false"
    NESTED = "a list or an object"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `number` is the line of the file, or row of the sheet, on which it begins.

    `odd` says of cells that were no text what they were, by their place in the row: what their
    `cells` hold was then written out by us.
    """

    number: int
    cells: tuple[str, ...]
    odd: Mapping[int, Odd] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """`where` names the file, and the sheet where there are several; `sheet` is empty in a CSV."""

    where: str
    rows: tuple[Row, ...]
    sheet: str = ""
