"""Files to scripts: recognise what a file is, read it, say what was odd."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath

from xiangsheng.core.errors import DataError
from xiangsheng.core.notice import Notice
from xiangsheng.core.script import Script
from xiangsheng.corpus.alternating import alternating_drafts
from xiangsheng.corpus.c3 import c3_draft
from xiangsheng.corpus.draft import Draft, build
from xiangsheng.corpus.front_matter import FENCE
from xiangsheng.corpus.labelled import labelled_drafts
from xiangsheng.corpus.labels import is_labelled
from xiangsheng.corpus.sources import Source, open_source
from xiangsheng.files.decoding import decode
from xiangsheng.files.text import split_lines


class CorpusFormat(StrEnum):
    """What a text file holds."""

    C3 = "c3"  # N.txt with 0: and 1:, beside it N.cfg
    LABELLED = "labelled"  # one script, `label:text`, optional front matter
    LABELLED_BLOCKS = "labelled-blocks"  # the same, a blank line between scripts
    ALTERNATING = "alternating"  # no labels, roles alternate, a blank line between scripts


@dataclass(frozen=True, slots=True)
class Reading:
    """The scripts, their ids unique, and what a person may want to look at."""

    scripts: tuple[Script, ...]
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a person may say about a source; None and False leave it to the source."""

    format: CorpusFormat | None = None
    encoding: str | None = None
    role_map: dict[str, str] = field(default_factory=dict)
    join_same_speaker: bool = False


@dataclass(frozen=True, slots=True)
class _Options:
    format: CorpusFormat | None
    encoding: str | None
    role_map: Mapping[str, str]


def read(
    path: Path,
    *,
    format: CorpusFormat | None = None,  # noqa: A002 the option's name everywhere else
    encoding: str | None = None,
    role_map: Mapping[str, str] | None = None,
    join_same_speaker: bool = False,
) -> Reading:
    """All scripts in a file, a folder or a zip; each file's format by its content unless given.

    In a folder or zip a script's id is its file's stem (`stem-1`, `stem-2`, … where a file has
    several), and files come in the order of their numbers; in a single file without labels the
    ids are `1`, `2`, …. `role_map` takes a speaker's label to a name before speakers are counted.
    Raises DataError naming file and line; two scripts of one id are such an error.
    """
    source = open_source(path)
    options = _Options(format, encoding, role_map or {})
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
                    hint="rename the file; ids are file names without their endings",
                    code="duplicate_id",
                )
    if not scripts:
        raise DataError(
            "no script here",
            where=str(path),
            hint="give a .txt file, or a folder or zip that holds .txt files",
            code="no_script",
        )
    return Reading(tuple(scripts.values()), tuple(warnings))


def _files(
    source: Source, options: _Options
) -> Iterator[tuple[tuple[Draft, ...], tuple[Notice, ...]]]:
    cfgs = {_stem(name): name for name in source.files if _is(name, ".cfg")}
    texts = [name for name in source.files if _is(name, ".txt")] if source.many else [source.name]
    # One .cfg makes a C³ folder; that a script lacks its own is then worth a word.
    usual = CorpusFormat.C3 if cfgs else None
    for name in sorted(texts, key=_numeric):
        yield _file(source, name, options, usual, cfgs.pop(_stem(name), None))
    for name in cfgs.values():
        yield (), (Notice("no_script", "a .cfg without a .txt beside it", source.place(name)),)


def _file(
    source: Source, name: str, options: _Options, usual: CorpusFormat | None, cfg: str | None
) -> tuple[tuple[Draft, ...], tuple[Notice, ...]]:
    where = source.place(name)
    text, notices = _text(source, name, options)
    stem = _stem(name)
    format_ = options.format or usual or detect(text)
    match format_:
        case CorpusFormat.C3:
            about = None
            if cfg is not None:
                table, more = _text(source, cfg, options)
                about = (source.place(cfg), table)
                notices += more
            draft, more = c3_draft(text, where, stem, about, role_map=options.role_map)
            return (draft,), notices + more
        case CorpusFormat.ALTERNATING:
            return alternating_drafts(text, where, stem if source.many else None), notices
        case _:
            blocks = format_ is CorpusFormat.LABELLED_BLOCKS
            drafts, more = labelled_drafts(
                text, where, stem, role_map=options.role_map, blocks=blocks
            )
            return drafts, notices + more


def detect(text: str) -> CorpusFormat:
    """Labelled with front matter or with recurring labels, else alternating."""
    lines = split_lines(text)
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


def _is(name: str, suffix: str) -> bool:
    return name.lower().endswith(suffix)


def _numeric(name: str) -> tuple[bool, int, str]:
    """File 2 before file 10, and numbers before names."""
    stem = _stem(name)
    number = stem.isascii() and stem.isdigit() and len(stem) < 19
    return not number, int(stem) if number else 0, stem
