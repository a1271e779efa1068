"""What a check found, and what it proposes to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from xiangsheng.core.words import Words
from xiangsheng.prepare.checking.chat_fixes import ChatFix
from xiangsheng.prepare.checking.fixes import Fix

MOST_ROWS = 1000
"""Lines that a finding lists; it counts all of them."""


class Level(StrEnum):
    """INFO: to know. OPTIONAL: its fix is asked for. NECESSARY: its fix is made. FATAL: no way on."""

    INFO = "info"
    OPTIONAL = "optional"
    NECESSARY = "necessary"
    FATAL = "fatal"


@dataclass(frozen=True, slots=True)
class Finding:
    """`rows` are lines of the file, counted from 1, the first thousand of `count`; empty where it
    is about the file. `beside` says for each of them where its like is, as a line or as FILE:LINE,
    or is empty. `does` says what the fix would do.
    """

    rule: str
    level: Level
    message: Words
    field: str = ""
    count: int = 0
    rows: tuple[int, ...] = ()
    beside: tuple[str, ...] = ()
    example: str = ""
    does: Words | None = None
    fix: Fix | ChatFix | None = None


def first(lines: Iterable[int]) -> tuple[int, ...]:
    """The lines that a finding lists."""
    return tuple(islice(lines, MOST_ROWS))


def removed(count: int) -> Words:
    """What a fix that leaves out rows does."""
    en = "remove this row" if count == 1 else f"remove these {count:,} rows"
    return Words(f"删去这 {count:,} 行", en)
