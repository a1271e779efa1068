"""Rows to train on and rows to validate with, drawn as the tool of 2022 drew them."""

import mmap
from array import array
from collections.abc import Iterable
from pathlib import Path

MOST_HELD = 1000
SEED = 42


def halved(rows: Path, folder: Path) -> tuple[Path, Path]:
    """A file of lines as two, in `folder`: four fifths, or all but a thousand, and the others.

    The first is shuffled by numpy's old generator, whose stream never changes; the second keeps
    its order. What is drawn is the same as with pandas' `sample(random_state=42)`.
    """
    from numpy.random import RandomState

    ends = array("q", (0,))
    with rows.open("rb") as stream:
        for line in stream:
            ends.append(ends[-1] + len(line))
    count = len(ends) - 1
    drawn = RandomState(SEED).choice(count, max(count - MOST_HELD, int(count * 0.8)), replace=False)
    taken = set(map(int, drawn))
    train, held = folder / "train", folder / "valid"
    _copy(rows, ends, map(int, drawn), train)
    _copy(rows, ends, (line for line in range(count) if line not in taken), held)
    return train, held


def _copy(rows: Path, ends: "array[int]", lines: Iterable[int], into: Path) -> None:
    with (
        rows.open("rb") as stream,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
        into.open("xb") as out,
    ):
        out.writelines(content[ends[line] : ends[line + 1]] for line in lines)
