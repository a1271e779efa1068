"""A corpus divided into folders that a study finds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from xiangsheng.core.canonical import plain
from xiangsheng.core.errors import UsageError
from xiangsheng.core.events import Note, OnEvent
from xiangsheng.corpus.groups import Group
from xiangsheng.corpus.likeness import Bounds
from xiangsheng.corpus.reading import ReadingOptions
from xiangsheng.corpus.split import Split, split
from xiangsheng.corpus.writing import write_scripts
from xiangsheng.files.atomic import new_folder, refuse_existing, write_bytes
from xiangsheng.verbs.corpus import read_scripts
from xiangsheng.verbs.leaks import require_bounds


@dataclass(frozen=True, slots=True)
class Size:
    """How many scripts: a number, or a share of all of them, above 0 and below 1; one of both."""

    number: int | None = None
    share: float | None = None

    def of(self, total: int, option: str) -> int:
        """At least 1; UsageError for both, and for what is no number or share."""
        if self.number is not None and self.share is not None:
            raise UsageError(
                f"--{option} and --{option}-share at once", hint="give one of the two", code="split"
            )
        if self.share is not None:
            if not 0 < self.share < 1:
                raise UsageError(
                    f"a share of {self.share:g}",
                    hint=f"give --{option}-share a number between 0 and 1, such as 0.1",
                    code="split",
                )
            return max(1, round(self.share * total))
        if self.number is None or self.number < 1:
            raise UsageError(
                f"how many {option} scripts?",
                hint=f"give --{option} N, at least 1, or --{option}-share X",
                code="split",
            )
        return self.number

    def __bool__(self) -> bool:
        return self.number is not None or self.share is not None


@dataclass(frozen=True, slots=True)
class SplitOptions:
    test: Size
    valid: Size = Size()
    seed: int = 0
    bounds: Bounds = Bounds()


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and `split.json` as written beside the scripts."""

    folder: Path
    split: Split
    record: dict[str, Any]


def split_corpus(
    source: Path,
    folder: Path,
    reading: ReadingOptions,
    options: SplitOptions,
    on_event: OnEvent,
) -> Written:
    """Writes `train/`, `test/`, perhaps `valid/`, and `split.json`, all or nothing.

    UsageError, before anything is read, where the folder exists already.
    """
    refuse_existing(folder)
    require_bounds(options.bounds)
    scripts = read_scripts(source, reading, on_event)
    test = options.test.of(len(scripts), "test")
    valid = options.valid.of(len(scripts), "valid") if options.valid else 0
    made = split(scripts, test, valid, options.seed, options.bounds)
    for name, wanted in (("test", test), ("valid", valid)):
        if (found := len(made.sides.get(name, ()))) < wanted:
            on_event(
                Note(f"{name}: {found} of {wanted} scripts; groups are not divided", warning=True)
            )
    record = _record(source, options, made)
    with new_folder(folder) as making:
        for name, side in made.sides.items():
            write_scripts(side, making / name)
        write_bytes(making / "split.json", orjson.dumps(record, option=orjson.OPT_INDENT_2))
    return Written(folder, made, record)


def _record(source: Path, options: SplitOptions, made: Split) -> dict[str, Any]:
    """How to make the split again, and why scripts were kept together."""
    return {
        "source": str(source),
        "seed": options.seed,
        "bounds": plain(options.bounds),
        "scripts": {name: [script.id for script in side] for name, side in made.sides.items()},
        "groups": [_plain(group, made.side(group)) for group in made.groups],
    }


def _plain(group: Group, side: str) -> dict[str, Any]:
    return {
        "side": side,
        "scripts": [script.id for script in group.scripts],
        "ties": [
            {
                "kind": tie.kind.value,
                "characters": tie.size,
                "share": round(tie.share, 4),
                "scripts": [
                    {"script": passage.script, "first": passage.first, "last": passage.last}
                    for passage in (tie.left, tie.right)
                ],
            }
            for tie in group.ties
        ],
    }
