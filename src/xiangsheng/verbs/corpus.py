"""Scripts in; scripts, statistics and training examples out."""

from collections.abc import Sequence
from pathlib import Path

from xiangsheng.core.errors import UsageError
from xiangsheng.core.events import OnEvent
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.script import Script
from xiangsheng.corpus.columns import parse_columns
from xiangsheng.corpus.reading import CorpusFormat, ReadingOptions, read_as
from xiangsheng.corpus.statistics import CorpusStats, corpus_stats
from xiangsheng.corpus.writing import write_new_scripts
from xiangsheng.files.atomic import refuse_existing, write_text
from xiangsheng.prepare.pieces import with_lead
from xiangsheng.prepare.render import examples
from xiangsheng.prepare.rows import examples_jsonl
from xiangsheng.verbs.notices import tell
from xiangsheng.verbs.recipe import settings_of


def reading_options(
    format_name: str,
    encoding: str,
    role_map: Sequence[str] | None,
    columns: Sequence[str] | None = None,
    *,
    sheet: str = "",
    join: bool = False,
) -> ReadingOptions:
    """From what a surface was given, empty where it was given nothing; UsageError for nonsense."""
    names = [known.value for known in CorpusFormat]
    if format_name and format_name not in names:
        raise UsageError(
            f"there is no corpus format {format_name!r}", hint=f"formats are {', '.join(names)}"
        )
    pairs = [entry.partition("=") for entry in role_map or ()]
    if not all(old and new for old, _, new in pairs):
        raise UsageError(
            "a role map is OLD=NEW", hint="for example: --role-map 老王=甲", code="role_map"
        )
    return ReadingOptions(
        CorpusFormat(format_name) if format_name else None,
        encoding or None,
        {old: new for old, _, new in pairs},
        join,
        parse_columns(columns or ()),
        sheet,
    )


def read_scripts(source: Path, options: ReadingOptions, on_event: OnEvent) -> tuple[Script, ...]:
    reading = read_as(source, options)
    tell(reading.warnings, on_event)
    return reading.scripts


def import_scripts(
    source: Path, folder: Path, options: ReadingOptions, on_event: OnEvent
) -> tuple[Path, ...]:
    """One file a script; UsageError, before anything is written, where one exists already."""
    return write_new_scripts(read_scripts(source, options, on_event), folder)


def stats(source: Path, options: ReadingOptions, on_event: OnEvent) -> CorpusStats:
    return corpus_stats(read_scripts(source, options, on_event))


def render(
    source: Path,
    output: Path,
    on_event: OnEvent,
    *,
    format_name: str,
    settings: Sequence[str] = (),
    summary: str = "",
) -> int:
    """Writes the examples as JSONL and says how many; an existing file is never overwritten."""
    if summary not in {"", "keep", "lead"}:
        raise UsageError(f"--summary {summary}", hint="give keep or lead", code="rendering")
    table = {"format": format_name} | ({"summary": True} if summary else {})
    rendering = settings_of(Rendering, table, settings)
    refuse_existing(output)
    scripts = read_scripts(source, ReadingOptions(), on_event)
    if summary == "lead":
        scripts = tuple(map(with_lead, scripts))
    made = examples(scripts, rendering)
    write_text(output, "".join(examples_jsonl(made)))
    return len(made)
