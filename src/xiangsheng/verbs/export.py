"""Scripts out, as one file for other programs or as a folder of texts."""

from pathlib import Path

from xiangsheng.core.errors import UsageError
from xiangsheng.core.events import OnEvent
from xiangsheng.corpus.exporting import TableFormat, exported
from xiangsheng.corpus.reading import ReadingOptions
from xiangsheng.files.atomic import refuse_existing, write_bytes
from xiangsheng.verbs.corpus import import_scripts, read_scripts

FOLDER = "txt-folder"
FORMATS = (*TableFormat, FOLDER)


def export_scripts(
    source: Path, output: Path, options: ReadingOptions, on_event: OnEvent, *, form: str = ""
) -> tuple[Path, ...]:
    """Writes `output`, in the format of its suffix unless `form` says another, and names it.

    Raises UsageError for a format that is none and for what exists already, DataError for what
    would not be read back as it is; then nothing is written.
    """
    chosen = form or output.suffix.lower().removeprefix(".")
    if chosen == FOLDER:
        return import_scripts(source, output, options, on_event)
    if chosen not in FORMATS:
        raise UsageError(
            f"there is no format {chosen!r}" if chosen else "the output's name says no format",
            where=str(output),
            hint=f"end the name with a format, or give it with --as: {', '.join(FORMATS)}",
            code="format",
        )
    refuse_existing(output)
    write_bytes(output, exported(read_scripts(source, options, on_event), TableFormat(chosen)))
    return (output,)
