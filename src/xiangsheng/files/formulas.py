"""Cells that a spreadsheet would run: made text when we write CSV and TSV, undone when we read them.

A spreadsheet takes a cell that begins with one of `TRIGGERS` for a formula, and a formula can send
what is in the sheet elsewhere or start programs. Such a cell gets an apostrophe before it, and so
does one that begins with an apostrophe itself, so that taking one away is exact.
"""

TRIGGERS = "=+-@＝＋－＠"
_BLANK_TRIGGERS = "\t\r\n"


def defused(cell: str) -> str:
    """The cell as text for every spreadsheet program."""
    return f"'{cell}" if _needs_it(cell) else cell


def restored(cell: str) -> str:
    """What `defused` was given. An apostrophe that it would not have written stays."""
    return cell[1:] if cell.startswith("'") and _needs_it(cell[1:]) else cell


def _needs_it(cell: str) -> bool:
    first = cell.lstrip()[:1]
    return cell[:1] in {"'", *_BLANK_TRIGGERS} or (first != "" and first in TRIGGERS)
