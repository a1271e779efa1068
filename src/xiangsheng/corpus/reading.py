"""Files to scripts: recognise what a file is, read it, say what was odd."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.notice import Notice
from xiangsheng.core.script import Script
from xiangsheng.corpus.alternating import alternating_drafts
from xiangsheng.corpus.c3 import c3_draft
from xiangsheng.corpus.columns import is_header
from xiangsheng.corpus.draft import Draft, build
from xiangsheng.corpus.front_matter import FENCE
from xiangsheng.corpus.labelled import Sieve, labelled_drafts
from xiangsheng.corpus.labels import is_labelled
from xiangsheng.corpus.objects import json_drafts
from xiangsheng.corpus.rows import TableOptions, table_drafts
from xiangsheng.corpus.sources import Source, open_source
from xiangsheng.corpus.workbooks import workbook_drafts
from xiangsheng.files.decoding import decode
from xiangsheng.files.delimited import delimiter_of, parse_delimited
from xiangsheng.files.text import split_lines
from xiangsheng.files.workbook import is_workbook


class CorpusFormat(StrEnum):
    """What a text file holds."""

    C3 = "c3"  # N.txt with 0: and 1:, beside it N.cfg
    LABELLED = "labelled"  # one script, `label:text`, optional front matter
    LABELLED_BLOCKS = "labelled-blocks"  # the same, a blank line between scripts
    ALTERNATING = "alternating"  # no labels, roles alternate, a blank line between scripts
    CSV = "csv"  # a row a line, the first row names the columns; comma, semicolon or tab
    TSV = "tsv"  # the same with tabs
    XLSX = "xlsx"  # the same in one or more sheets
    JSON = "json"  # an object a script, a chat or a line
    JSONL = "jsonl"  # the same, one object a line


@dataclass(frozen=True, slots=True)
class Reading:
    """The scripts, their ids unique, and what a person may want to look at."""

    scripts: tuple[Script, ...]
    warnings: tuple[Notice, ...] = ()


_BY_SUFFIX = {
    ".csv": CorpusFormat.CSV,
    ".tsv": CorpusFormat.TSV,
    ".xlsx": CorpusFormat.XLSX,
    ".xlsm": CorpusFormat.XLSX,
    ".json": CorpusFormat.JSON,
    ".jsonl": CorpusFormat.JSONL,
    ".ndjson": CorpusFormat.JSONL,
}
_OPENS_JSON = re.compile(r'\s*(?:\{\s*"|\[\s*\{\s*")')
_Drafts = tuple[tuple[Draft, ...], tuple[Notice, ...]]


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a person may say about a source; None and False leave it to the source."""

    format: CorpusFormat | None = None
    encoding: str | None = None
    role_map: dict[str, str] = field(default_factory=dict)
    join_same_speaker: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class _Options:
    format: CorpusFormat | None
    encoding: str | None
    table: TableOptions
    sieve: Sieve | None = None

    @property
    def role_map(self) -> Mapping[str, str]:
        return self.table.role_map


def read(
    path: Path,
    *,
    format: CorpusFormat | None = None,  # noqa: A002 the option's name everywhere else
    encoding: str | None = None,
    role_map: Mapping[str, str] | None = None,
    join_same_speaker: bool = False,
    columns: Mapping[str, str] | None = None,
    sheet: str = "",
    sieve: Sieve | None = None,
) -> Reading:
    """All scripts in a file, a folder or a zip; each file's format by its content unless given.

    In a folder or zip a script's id is its file's stem (`stem-1`, `stem-2`, … where a file has
    several), and files come in the order of their numbers; in a single file without labels the
    ids are `1`, `2`, …. Tables and JSON may give their own. `role_map` takes a speaker's label to
    a name before speakers are counted, `columns` a field of a table to the name of its column,
    and of a workbook only `sheet` is read, if given. `sieve` sees the lines of a text before they
    are speech.
    Raises DataError naming file and line; two scripts of one id are such an error.
    """
    options = _Options(format, encoding, TableOptions(columns or {}, role_map or {}, sheet), sieve)
    return _read(open_source(path), options, join_same_speaker=join_same_speaker)


def read_as(path: Path, options: ReadingOptions, sieve: Sieve | None = None) -> Reading:
    """`read`, as a person said."""
    return read(
        path,
        format=options.format,
        encoding=options.encoding,
        role_map=options.role_map,
        join_same_speaker=options.join_same_speaker,
        columns=options.columns,
        sheet=options.sheet,
        sieve=sieve,
    )


def read_bytes(data: bytes, name: str) -> Reading:
    """The scripts of a file with this name and content."""
    source = Source(name, {name: data}, many=False)
    return _read(source, _Options(None, None, TableOptions()), join_same_speaker=False)


def _read(source: Source, options: _Options, *, join_same_speaker: bool) -> Reading:
    scripts: dict[str, Script] = {}
    warnings: list[Notice] = []
    for drafts, notices in _files(source, options):
        warnings += notices
        for draft in drafts:
            script, notices_of_script = build(draft, join_same_speaker=join_same_speaker)
            warnings += notices_of_script
            if scripts.setdefault(script.id, script) is not script:
                raise DataError(
                    f"a second script with the id {script.id}",
                    where=draft.where,
                    hint="rename the file; ids are file names without their endings, or what a "
                    "table says",
                    code="duplicate_id",
                )
    if not scripts:
        raise DataError(
            "no script here",
            where=source.where,
            hint="give a .txt file or a table, or a folder or zip that holds some",
            code="no_script",
        )
    return Reading(tuple(scripts.values()), tuple(warnings))


def _files(source: Source, options: _Options) -> Iterator[_Drafts]:
    cfgs = {_stem(name): name for name in source.files if _suffix(name) == ".cfg"}
    wanted = [name for name in source.files if _suffix(name) != ".cfg"]
    # One .cfg makes a C³ folder; that a script lacks its own is then worth a word.
    usual = CorpusFormat.C3 if cfgs else None
    for name in sorted(wanted if source.many else [source.name], key=_numeric):
        yield _file(source, name, options, usual, cfgs.pop(_stem(name), None))
    for name in cfgs.values():
        yield (), (Notice("no_script", "a .cfg without a .txt beside it", source.place(name)),)
    for name in source.passed_over:
        why = "not read: there are .txt files beside it; give it by its name to read it"
        yield (), (Notice("passed_over", why, source.place(name)),)


def _file(
    source: Source, name: str, options: _Options, usual: CorpusFormat | None, cfg: str | None
) -> _Drafts:
    where, stem = source.place(name), _stem(name)
    format_ = options.format or _BY_SUFFIX.get(_suffix(name))
    if format_ is CorpusFormat.XLSX or (options.format is None and is_workbook(source.files[name])):
        return workbook_drafts(source.files[name], where, stem, options.table)
    if options.table.sheet and not source.many:
        raise UsageError("only a workbook has sheets", where=where, hint="leave --sheet out")
    text, notices = _text(source, name, options)
    match format_ or usual or detect(text):
        case CorpusFormat.C3:
            about = None
            if cfg is not None:
                table, more = _text(source, cfg, options)
                about = (source.place(cfg), table)
                notices += more
            draft, more = c3_draft(
                text, where, stem, about, role_map=options.role_map, sieve=options.sieve
            )
            return (draft,), notices + more
        case CorpusFormat.ALTERNATING:
            own = stem if source.many else None
            return alternating_drafts(text, where, own, sieve=options.sieve), notices
        case CorpusFormat.CSV | CorpusFormat.TSV as kind:
            delimiter = "\t" if kind is CorpusFormat.TSV else delimiter_of(text)
            rows = parse_delimited(text, where, delimiter)
            drafts, more = table_drafts(rows, stem, options.table, defused=True)
        case CorpusFormat.JSON | CorpusFormat.JSONL:
            drafts, more = json_drafts(text, where, stem, options.table)
        case kind:
            blocks = kind is CorpusFormat.LABELLED_BLOCKS
            drafts, more = labelled_drafts(
                text, where, stem, role_map=options.role_map, blocks=blocks, sieve=options.sieve
            )
    return drafts, notices + more


def detect(text: str) -> CorpusFormat:
    """What a text that no file name describes is: JSON or a table where it opens as one, labelled
    with front matter or with recurring labels, else alternating.
    """
    if _OPENS_JSON.match(text):
        return CorpusFormat.JSON
    lines = split_lines(text)
    first = next((line for line in lines if line.strip()), "")
    if is_header(first.split(delimiter_of(first))):
        return CorpusFormat.CSV
    if lines and (lines[0].rstrip() == FENCE or is_labelled(lines)):
        return CorpusFormat.LABELLED
    return CorpusFormat.ALTERNATING


def _text(source: Source, name: str, options: _Options) -> tuple[str, tuple[Notice, ...]]:
    decoded = decode(source.files[name], source.place(name), options.encoding)
    if not decoded.detected:
        return decoded.text, ()
    guess = Notice(
        "encoding",
        f"read as {decoded.encoding}, a guess; look at the text, or give --encoding",
        source.place(name),
    )
    return decoded.text, (guess,)


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _numeric(name: str) -> tuple[bool, int, str]:
    """File 2 before file 10, and numbers before names."""
    stem = _stem(name)
    number = stem.isascii() and stem.isdigit() and len(stem) < 19
    return not number, int(stem) if number else 0, stem
