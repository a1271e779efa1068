"""Checks a file of training examples, and writes a mended copy with a record of every change."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, cast

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.files.atomic import claim_all, refuse_existing, staged
from xiangsheng.files.spool import opened, reading_errors, standard_input
from xiangsheng.prepare.checking.chat_fixes import ChatFix
from xiangsheng.prepare.checking.chat_gathering import (
    GatheredChats,
    gathered_chats,
    has_chats,
    is_chat,
)
from xiangsheng.prepare.checking.chat_rules import chat_findings
from xiangsheng.prepare.checking.chat_writing import write_chats
from xiangsheng.prepare.checking.examples import with_examples
from xiangsheng.prepare.checking.finding import Finding, Level
from xiangsheng.prepare.checking.fixes import Drop, Fix
from xiangsheng.prepare.checking.gathering import Gathered, gathered
from xiangsheng.prepare.checking.halves import halved
from xiangsheng.prepare.checking.profiles import Profile, findings
from xiangsheng.prepare.checking.result import Result
from xiangsheng.prepare.checking.sources import EXTENSIONS, Source, source_of
from xiangsheng.prepare.checking.survey import Task
from xiangsheng.prepare.checking.writing import write_rows
from xiangsheng.verbs.prepare_further import Further, look, refuse_for_chats

if TYPE_CHECKING:
    from xiangsheng.core.estimate import Estimate
    from xiangsheng.core.price import UnknownPrice
    from xiangsheng.prepare.checking.token_counts import TokenCounts
    from xiangsheng.pricing.estimating import Asking


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """`profile` None: by what the rows look like. `format` replaces the name's extension.

    Without `record` only the mended rows are written, and not what was altered; without `further`
    there are the checks of 2022 alone. `seed` draws the dialogues to validate with.
    """

    profile: Profile | None = None
    format: str = ""
    encoding: str | None = None
    sheet: str = ""
    skip_bad: bool = False
    record: bool = True
    further: Further | None = Further()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that is still open: `findings` in the order of the checks."""

    path: Path
    profile: Profile
    gathered: Gathered | GatheredChats
    findings: tuple[Finding, ...]
    record: bool
    seed: int
    tokens: "TokenCounts | None" = None
    asking: "Asking | None" = None

    @property
    def task(self) -> Task:
        if isinstance(self.gathered, GatheredChats):
            return Task.OPEN_ENDED
        return self.gathered.survey.task

    @property
    def characters(self) -> int:
        """Of all rows, as they were read."""
        if isinstance(self.gathered, GatheredChats):
            return self.gathered.survey.characters
        survey = self.gathered.survey
        return survey.prompt.characters + survey.completion.characters

    @property
    def fatal(self) -> bool:
        return any(finding.level is Level.FATAL for finding in self.findings)

    @property
    def necessary(self) -> bool:
        return any(finding.level is Level.NECESSARY for finding in self.findings)

    def bill(self, fixes: Sequence[Fix | ChatFix]) -> "Estimate | UnknownPrice | None":
        """What training on the rows that these fixes leave would cost; None if nobody asked."""
        if self.tokens is None or self.asking is None:
            return None
        from xiangsheng.verbs.prepare_bill import bill

        dropped = [place for fix in fixes if isinstance(fix, Drop) for place in fix.places]
        return bill(self.asking, self.tokens, set(dropped))

    @property
    def proposed(self) -> tuple[tuple[Finding, Fix | ChatFix], ...]:
        """What may be mended, to be asked."""
        return tuple((finding, finding.fix) for finding in self.findings if finding.fix)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Where the rows are: one file, or one to train on and one to validate with."""

    outputs: tuple[Path, ...]
    changes: Path | None
    result: Result
    fixes: Sequence[Fix | ChatFix] = ()


def ready(out: Path) -> None:
    """UsageError where something has this name, DataError where no file can be."""
    refuse_existing(out)
    if not out.parent.is_dir():
        raise DataError(
            "there is no such folder",
            where=str(out.parent),
            hint="make it, or name another place",
            code="no_folder",
        )


@contextmanager
def checking(path: Path, options: PrepareOptions) -> Iterator[Checked]:
    """Reads and checks; DataError for a file that cannot be read at all."""
    extension = options.format or path.suffix.lower().removeprefix(".")
    own = path.suffix.lower().removeprefix(".")
    with ExitStack() as stack:
        stream = stack.enter_context(standard_input() if str(path) == "-" else opened(path))
        if extension not in EXTENSIONS and not options.format and not path.is_file():
            extension = "jsonl"  # a pipe has no name of its own
        with reading_errors(str(path)):
            source = source_of(stream, str(path), extension, options.encoding, options.sheet)
            found = stack.enter_context(_gathered(source, own, options))
        if isinstance(found, GatheredChats):
            refuse_for_chats(path, options.further)
            told = chat_findings(found)
            yield Checked(path, Profile.CHAT, found, told, options.record, options.seed)
            return
        profile = options.profile or (Profile.DIALOGUE if found.dialogue else Profile.OPENAI_2022)
        record, seed = options.record, options.seed
        if options.further is None:
            yield Checked(path, profile, found, findings(profile, found), record, seed)
            return
        looked = look(found, profile, options.further)
        told = with_examples(findings(profile, found, looked), found)
        tokens, asking = looked.wanted.tokens, options.further.asking
        yield Checked(path, profile, found, told, record, seed, tokens, asking)


@contextmanager
def _gathered(
    source: Source, own: str, options: PrepareOptions
) -> Iterator[Gathered | GatheredChats]:
    """Rows of messages where the profile is that for them, or is not said and there are any."""
    if options.profile is Profile.CHAT or (options.profile is None and is_chat(source)):
        yield gathered_chats(source, own, skip_bad=options.skip_bad)
        return
    with gathered(source, own, skip_bad=options.skip_bad) as found:
        if options.profile is None and has_chats(found.given.odd):
            yield gathered_chats(source, own, skip_bad=options.skip_bad)
        else:
            yield found


def write(
    checked: Checked,
    fixes: Sequence[Fix | ChatFix],
    out: Path | None,
    split: Callable[[Task], bool],
    proceed: Callable[[Result], bool],
) -> Prepared | None:
    """The mended rows in new files, beside the file read unless `out` says where.

    `split` is asked once what the rows came out as is known, `proceed` before anything gets its
    name. None where there is nothing to write, or that says no. Raises UsageError where a file
    of the name exists, DiskFullError and DataError for places that cannot be written to, and
    DataError where no row is left.
    """
    same = not (fixes or checked.necessary or out)
    if same and not split(checked.task):
        return None
    with staged((out or _beside(checked.path)).parent) as stage:
        result, rows, changes = _mended(checked, fixes, stage)
        if not result.rows:
            raise DataError(
                "no row is left to write",
                where=str(checked.path),
                hint="refuse the fixes that leave rows out, or correct the file",
                code="no_rows_left",
            )
        halves = same or split(result.task)
        if halves and result.rows == 1:
            raise UsageError(
                "one row cannot be split",
                where=str(checked.path),
                hint="leave --split out",
                code="split",
            )
        if not proceed(result):
            return None
        made = _halved(checked, rows, stage) if halves else (rows,)
        for names, record in _names(checked.path, out, halves=halves):
            files = [*zip(made, names, strict=True)]
            if result.changed:
                files.insert(0, (changes, record))
            try:
                claim_all(files)
            except UsageError:  # somebody was faster
                if out:
                    raise
            else:
                return Prepared(names, record if result.changed else None, result, fixes)
    raise AssertionError("numbers do not end")


def _mended(
    checked: Checked, fixes: Sequence[Fix | ChatFix], stage: Path
) -> tuple[Result, Path, Path]:
    """Fixes are of the kind that the checks of these rows proposed."""
    found, record = checked.gathered, checked.record
    if isinstance(found, GatheredChats):
        return write_chats(found, cast("Sequence[ChatFix]", fixes), stage, record=record)
    return write_rows(found, cast("Sequence[Fix]", fixes), stage, record=record)


def _halved(checked: Checked, rows: Path, stage: Path) -> tuple[Path, Path]:
    if checked.profile is Profile.CHAT:
        from xiangsheng.prepare.checking.chat_halves import halved_chats

        return halved_chats(rows, stage, checked.seed, str(checked.path))
    if checked.profile is not Profile.DIALOGUE:
        return halved(rows, stage)
    from xiangsheng.prepare.checking.halves_dialogue import halved_by_dialogue

    return halved_by_dialogue(rows, stage, checked.seed, str(checked.path))


def _beside(path: Path) -> Path:
    """The file read, as outputs are called after it; pipes without a name have the current folder."""
    if str(path) == "-":
        return Path("stdin")
    return Path("pipe") if path.parts[:2] in {("/", "dev"), ("/", "proc")} else path


def _names(
    path: Path, out: Path | None, *, halves: bool
) -> Iterator[tuple[tuple[Path, ...], Path]]:
    """Those of the tool of 2022: `NAME_prepared.jsonl`, or with a number where they are taken."""
    beside = _beside(path)
    stem = out.with_suffix("") if out else beside.with_name(f"{beside.stem}_prepared")
    parts = ("_train", "_valid") if halves else ("",)
    for number in count():
        more = f" ({number})" if number else ""
        names = tuple(stem.with_name(f"{stem.name}{part}{more}.jsonl") for part in parts)
        record = stem.with_name(f"{stem.name}{more}.changes.jsonl")
        if out:
            yield names if halves else (out,), record
            return
        if not any(map(os.path.lexists, (*names, record))):
            yield names, record
