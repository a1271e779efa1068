"""Checks a file of training examples, and writes a mended copy with a record of every change."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import BinaryIO

from xiangsheng.files.atomic import claim, refuse_existing, staged
from xiangsheng.files.spool import opened, spooled
from xiangsheng.prepare.checking.finding import Finding, Level
from xiangsheng.prepare.checking.fixes import Fix
from xiangsheng.prepare.checking.gathering import Gathered, gathered
from xiangsheng.prepare.checking.halves import halved
from xiangsheng.prepare.checking.profiles import Profile, findings
from xiangsheng.prepare.checking.result import Result
from xiangsheng.prepare.checking.sources import EXTENSIONS, source_of
from xiangsheng.prepare.checking.survey import Task
from xiangsheng.prepare.checking.writing import write_rows


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """`profile` None: by what the rows look like. `format` replaces the name's extension.

    Without `record` only the mended rows are written, and not what was altered.
    """

    profile: Profile | None = None
    format: str = ""
    encoding: str | None = None
    sheet: str = ""
    skip_bad: bool = False
    record: bool = True


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that is still open: `findings` in the order of the checks."""

    path: Path
    profile: Profile
    gathered: Gathered
    findings: tuple[Finding, ...]
    record: bool

    @property
    def fatal(self) -> bool:
        return any(finding.level is Level.FATAL for finding in self.findings)

    @property
    def necessary(self) -> bool:
        return any(finding.level is Level.NECESSARY for finding in self.findings)

    @property
    def proposed(self) -> tuple[tuple[Finding, Fix], ...]:
        """What may be mended, to be asked."""
        return tuple((finding, finding.fix) for finding in self.findings if finding.fix)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Where the rows are: one file, or one to train on and one to validate with."""

    outputs: tuple[Path, ...]
    changes: Path | None
    result: Result


@contextmanager
def checking(path: Path, options: PrepareOptions) -> Iterator[Checked]:
    """Reads and checks; DataError for a file that cannot be read at all."""
    extension = options.format or path.suffix.lower().removeprefix(".")
    if extension not in EXTENSIONS and not options.format and (str(path) == "-" or path.is_fifo()):
        extension = "jsonl"  # a pipe has no name of its own
    with _stream(path) as stream:
        source = source_of(stream, str(path), extension, options.encoding, options.sheet)
        suffix = path.suffix.lower().removeprefix(".")
        with gathered(source, suffix, skip_bad=options.skip_bad) as found:
            profile = options.profile or (
                Profile.DIALOGUE if found.dialogue else Profile.OPENAI_2022
            )
            yield Checked(path, profile, found, findings(profile, found), options.record)


def _stream(path: Path) -> AbstractContextManager[BinaryIO]:
    return spooled(sys.stdin.buffer, "standard input") if str(path) == "-" else opened(path)


def write(
    checked: Checked,
    fixes: Sequence[Fix],
    out: Path | None,
    split: Callable[[Task], bool],
    proceed: Callable[[Result], bool],
) -> Prepared | None:
    """The mended rows in new files, beside the file read unless `out` says where.

    `split` is asked once what the rows came out as is known, `proceed` before anything gets its
    name. None where there is nothing to write, or that says no. Raises UsageError where a file
    of the name exists, DiskFullError and DataError for places that cannot be written to.
    """
    with staged((out or checked.path).parent) as stage:
        result, rows, changes = write_rows(checked.gathered, fixes, stage, record=checked.record)
        halves = split(result.task)
        if not (fixes or checked.necessary or halves or out) or not proceed(result):
            return None
        made = halved(rows, stage) if halves else (rows,)
        names, record = _names(checked.path, out, halves=halves)
        for name in names:
            refuse_existing(name)
        for file, name in zip(made, names, strict=True):
            claim(file, name)
        if result.changed:
            claim(changes, record)
        return Prepared(names, record if result.changed else None, result)


def _names(path: Path, out: Path | None, *, halves: bool) -> tuple[tuple[Path, ...], Path]:
    """Those of the tool of 2022: `NAME_prepared.jsonl`, or the first with a number that is free."""
    stem = out.with_suffix("") if out else path.with_suffix("").with_name(f"{path.stem}_prepared")
    parts = ("_train", "_valid") if halves else ("",)
    for number in count():
        more = f" ({number})" if number else ""
        names = tuple(stem.with_name(f"{stem.name}{part}{more}.jsonl") for part in parts)
        if out and not halves:
            names = (out,)
        record = stem.with_name(f"{stem.name}{more}.changes.jsonl")
        if out or not any(map(os.path.lexists, (*names, record))):
            return names, record
    raise AssertionError("numbers do not end")
