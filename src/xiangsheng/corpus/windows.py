"""A window: some lines of a script in a row, cut out as a script of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Line, Script

_SWAPPED = {"0": "1", "1": "0"}


@dataclass(frozen=True, slots=True)
class Window:
    """Lines `first` to `last` of a script, counted from 1; both are in it."""

    first: int
    last: int

    def __contains__(self, line: int) -> bool:
        return self.first <= line <= self.last

    def __len__(self) -> int:
        return self.last - self.first + 1

    def shifted(self, by: int) -> "Window":
        return Window(self.first + by, self.last + by)

    def lies_in(self, script: Script) -> bool:
        return 1 <= self.first <= self.last <= len(script.lines)


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person wrote in place of a line's text; `line` counts from 1 in the whole script."""

    line: int
    before: str
    after: str


def cut(script: Script, window: Window, edits: Iterable[Edit] = ()) -> Script:
    """The window's lines with their edits, and the id, title, names and source of the script.

    Whoever speaks first in the window is labelled `0`. Edits of lines outside of it change nothing.
    Raises DataError for a window that is not in the script and for an edit of another text.
    """
    if not window.lies_in(script):
        raise DataError(
            f"there are no lines {window.first} to {window.last} in {len(script.lines)}",
            where=script.id,
            code="window",
        )
    lines = list(script.lines)
    for edit in edits:
        if edit.line not in window:
            continue
        line = lines[edit.line - 1]
        if line.text != edit.before:
            raise DataError(
                f"line {edit.line} is not what was edited: {line.text[:40]}",
                where=script.id,
                code="window",
            )
        lines[edit.line - 1] = replace(line, text=edit.after)
    return _relabelled(replace(script, lines=tuple(lines[window.first - 1 : window.last])))


def _relabelled(script: Script) -> Script:
    """Label `0` for whoever speaks first now, with the name that goes with it."""
    if script.lines[0].speaker == "0":
        return script
    speakers = [replace(one, label=_SWAPPED[one.label]) for one in script.speakers]
    return replace(
        script,
        lines=tuple(Line(_SWAPPED[line.speaker], line.text) for line in script.lines),
        speakers=tuple(sorted(speakers, key=lambda speaker: speaker.label)),
    )


def text_digest(script: Script) -> str:
    """sha256 of all that a script says and is called, whatever its id and its file's format."""
    return digest(
        {
            "title": script.title,
            "genre": script.genre,
            "summary": script.summary,
            "speakers": [[speaker.name, speaker.role] for speaker in script.speakers],
            "provenance": [script.provenance.source, script.provenance.licence],
            "lines": [[line.speaker, line.text] for line in script.lines],
        }
    )
