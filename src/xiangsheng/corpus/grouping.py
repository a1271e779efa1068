"""Rows of a table to scripts: which belong together, and in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xiangsheng.core.errors import DataError


@dataclass(frozen=True, slots=True)
class Spoken:
    """A row by its fields; one that has no column is empty."""

    number: int
    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


def grouped(
    rows: Sequence[Spoken], key: str, where: str, *, ordered: bool
) -> dict[str, list[Spoken]]:
    """The rows of each script, by what its `key` says; all of them where the key is empty."""
    scripts: dict[str, list[Spoken]] = {}
    current = None
    for row in rows:
        own = row[key] if key else ""
        if key and not own and current is None:
            raise DataError(
                f"a line of no script: its {key} is empty",
                where=f"{where}:{row.number}",
                hint=f"fill in the {key}; below its first row it may stay empty",
                code="columns",
            )
        own = own or current or ""
        if own != current and own in scripts and not ordered:
            raise DataError(
                f"rows of {own} stand apart: others come between them",
                where=f"{where}:{row.number}",
                hint="give two scripts two ids, or add an order column: 1, 2, 3, …",
                code="columns",
            )
        scripts.setdefault(own, []).append(row)
        current = own
    if ordered:
        return {own: _in_order(rows, where) for own, rows in scripts.items()}
    return scripts


def _in_order(rows: list[Spoken], where: str) -> list[Spoken]:
    placed: dict[float, Spoken] = {}
    for row in rows:
        try:
            place = float(row["order"])
        except ValueError:
            place = float("nan")
        if place in placed or place != place:  # noqa: PLR0124 only what is no number differs from itself
            what = "twice in its script" if place in placed else "no number"
            raise DataError(
                f"the order {row['order'][:40]!r} is {what}",
                where=f"{where}:{row.number}",
                hint="number the lines of each script, or leave the column out with "
                "--columns order=",
                code="columns",
            )
        placed[place] = row
    return [placed[place] for place in sorted(placed)]
