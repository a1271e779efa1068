"""Script to labelled text with front matter: what `read` gives back unchanged."""

import re
from collections.abc import Container, Iterable, Sequence
from pathlib import Path

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.script import Role, Script
from xiangsheng.corpus.draft import build
from xiangsheng.corpus.front_matter import front_matter_text
from xiangsheng.corpus.labelled import labelled_drafts
from xiangsheng.corpus.labels import is_plain_label
from xiangsheng.files.atomic import refuse_existing, write_bytes
from xiangsheng.files.decoding import decode

# What file systems, zips and shells stumble over.
_BAD_IN_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]|^[.\s]|[.\s]$')
_LONGEST_NAME = 200


def script_text(script: Script, *, numbered: bool = False) -> str:
    """The file's text; the script's names are its labels where they can be, else, or where it
    shall be `numbered`, `0` and `1`.

    The text is read back before it is given out. DataError says which field would not survive,
    for example a line that begins with a space or holds a line break.
    """
    text = _composed(script, numbered=numbered)
    again = _read_back(script, text)
    for name in ("title", "genre", "summary", "provenance", "speakers", "lines"):
        if getattr(again, name) != getattr(script, name):
            raise DataError(
                f"its {name} cannot be written so that reading gives the same",
                where=script.id,
                hint="look for line breaks, for spaces at a line's ends, for speakers other than "
                "the labels 0 and 1 in the order of speaking, and for empty lines",
                code="unwritable",
            )
    return text


def script_files(scripts: Iterable[Script], *, numbered: Container[str] = ()) -> dict[str, bytes]:
    """`ID.txt` for every script, and what it holds. Those with `numbered` ids have the labels 0
    and 1.

    Raises DataError for an id that cannot be a file name or that another script has, ignoring
    case, and for what `script_text` refuses.
    """
    files: dict[str, bytes] = {}
    taken: set[str] = set()
    for script in scripts:
        name = f"{script.id}.txt"
        if _BAD_IN_NAME.search(script.id) or not 0 < len(script.id.encode()) <= _LONGEST_NAME:
            raise DataError(
                "this id cannot be a file name",
                where=script.id,
                code="unwritable",
                hint="rename it",
            )
        if name.casefold() in taken:
            raise DataError("a second script with this id", where=script.id, code="duplicate_id")
        taken.add(name.casefold())
        files[name] = script_text(script, numbered=script.id in numbered).encode()
    return files


def write_scripts(
    scripts: Iterable[Script], folder: Path, *, numbered: Container[str] = ()
) -> tuple[Path, ...]:
    """`folder/ID.txt` for every script; all are composed before the first is written.

    Raises what `script_files` does; UsageError for a folder that cannot be made.
    """
    files = script_files(scripts, numbered=numbered)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot be made: {error.strerror}", where=str(folder), code="unwritable"
        ) from error
    for name, content in files.items():
        write_bytes(folder / name, content)
    return tuple(folder / name for name in files)


def write_new_scripts(
    scripts: Sequence[Script], folder: Path, *, numbered: Container[str] = ()
) -> tuple[Path, ...]:
    """`write_scripts`, but UsageError, before anything is written, where a file exists already."""
    for script in scripts:
        refuse_existing(folder / f"{script.id}.txt")
    return write_scripts(scripts, folder, numbered=numbered)


def labels_of(script: Script) -> dict[str, str]:
    """What stands before a line of each speaker: the names where they can, else `0` and `1`."""
    names = tuple(speaker.name for speaker in script.speakers)
    plain = len(set(names)) == len(names) and all(map(is_plain_label, names))
    return {s.label: s.name if plain else s.label for s in script.speakers}


def _composed(script: Script, *, numbered: bool) -> str:
    names = tuple(speaker.name for speaker in script.speakers)
    labels = {s.label: s.label for s in script.speakers} if numbered else labels_of(script)
    plain = tuple(labels.values()) == names
    by_role = {s.role: labels[s.label] for s in script.speakers}
    front = front_matter_text(
        {
            "title": script.title,
            "genre": script.genre,
            "summary": script.summary,
            "source": script.provenance.source,
            "licence": script.provenance.licence,
            "dougen": by_role.get(Role.DOUGEN, ""),
            "penggen": by_role.get(Role.PENGEN, ""),
            "speakers": () if plain or not any(names) else names,
        }
    )
    spoken = (f"{labels.get(line.speaker, line.speaker)}:{line.text}\n" for line in script.lines)
    return front + "".join(spoken)


def _read_back(script: Script, text: str) -> Script:
    try:
        decoded = decode(text.encode(), script.id)
        (draft,), _ = labelled_drafts(decoded.text, script.id, script.id)
        return build(draft)[0]
    except (DataError, UnicodeEncodeError) as error:
        raise DataError(
            f"it cannot be written: {error}", where=script.id, code="unwritable"
        ) from error
