"""All parts mended, one behind the other in one file, and so the record of what was altered."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from json import dumps
from pathlib import Path
from typing import BinaryIO

from xiangsheng.prepare.checking.fixes import Fix
from xiangsheng.prepare.checking.gathering import Gathered
from xiangsheng.prepare.checking.pairs import FIELDS
from xiangsheng.prepare.checking.result import Result


def write_rows(
    gathered: Gathered, fixes: Sequence[Fix], folder: Path, *, record: bool
) -> tuple[Result, Path, Path]:
    """What came out, the file of rows and the file of changes, both in `folder`.

    Without `record` nothing is told of what was altered.
    """
    counts, columns = gathered.counts, gathered.given.columns
    same = len(counts)
    rows = [folder / f"rows-{number}" for number in range(same)]
    changes = [folder / f"changes-{number}" for number in range(same)]
    results: list[Result] = gathered.crew.each(
        "mend",
        [columns] * same,
        [fixes] * same,
        [0, *accumulate(counts)][:-1],
        rows,
        changes if record else [None] * same,
    )
    whole = results[0]
    for result in results[1:]:
        whole.absorb(result)
    _append(rows[0], rows[1:])
    altered = folder / "changes"
    renamed = list(_renamed(columns)) if record else []
    altered.write_text("".join(renamed), encoding="utf-8")
    whole.changed += len(renamed)
    _append(altered, changes if record else ())
    return whole, rows[0], altered


def _append(to: Path, files: Sequence[Path]) -> None:
    with to.open("r+b") as out:
        out.seek(0, os.SEEK_END)
        for file in files:
            with file.open("rb") as part:
                _copy(part, out)
            file.unlink()


def _copy(part: BinaryIO, out: BinaryIO) -> None:
    """By the system itself, where it can."""
    if hasattr(os, "sendfile"):
        while os.sendfile(out.fileno(), part.fileno(), None, 1 << 30):
            pass
    else:
        shutil.copyfileobj(part, out)


def _renamed(columns: Mapping[str, str]) -> Iterator[str]:
    for name in FIELDS:
        if (key := columns[name]) != name:
            before, after = dumps(key, ensure_ascii=False), dumps(name)
            yield (
                f'{{"line":null,"rules":["necessary_column"],"before":{before},"after":{after}}}\n'
            )
