"""A test set again, from its decisions and the source alone."""

from pathlib import Path

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.events import OnEvent
from xiangsheng.corpus.decisions import Complete
from xiangsheng.corpus.selection import chosen, set_digest
from xiangsheng.corpus.writing import script_files
from xiangsheng.files.atomic import refuse_existing, write_new_folder
from xiangsheng.files.text import read_file
from xiangsheng.verbs.corpus import read_scripts
from xiangsheng.verbs.selected import Selected, decided, summed_up


def rebuild(decisions: Path, source: Path, folder: Path, on_event: OnEvent) -> Selected:
    """The folder that these decisions completed, script for script.

    Raises UsageError where the folder exists or the decisions are not complete, DataError where a
    chosen script says something else now, or the decisions do.
    """
    refuse_existing(folder)
    found = decided(read_file(decisions), str(decisions), on_event)
    settings, progress = found.settings, found.progress
    last = found.records[-1] if found.records else None
    if settings is None or not isinstance(last, Complete):
        wanted = f" of {settings.scripts}" if settings else ""
        raise UsageError(
            f"these decisions are not complete: {len(progress.accepted)}{wanted} are accepted",
            where=str(decisions),
            hint="go on with the command that began them, until it writes its folder",
            code="incomplete",
        )
    scripts = {script.id: script for script in read_scripts(source, settings.reading, on_event)}
    made = chosen(progress, scripts)
    if set_digest(made) != last.digest:
        raise DataError(
            "these decisions make another set than the one that they completed",
            where=str(decisions),
            hint="somebody has changed them; take a copy from before",
            code="changed",
        )
    write_new_folder(folder, script_files(made))
    return summed_up(settings, progress, made, folder=str(folder), decisions=decisions)
