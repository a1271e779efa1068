"""The pieces every text rendering is made of: head, labelled lines, window."""

from dataclasses import replace

from xiangsheng.core.errors import UsageError
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.script import Line, Script

SUMMARY = "Summary: "


def check(rendering: Rendering) -> None:
    """UsageError for a rendering that no text can be made with."""
    numbers = {"history": rendering.history, "given": rendering.given, "asked": rendering.asked}
    for name, value in numbers.items():
        if value is not None and value < 1:
            raise UsageError(f"{name} is {value}", hint=f"make {name} at least 1", code="rendering")
    if not rendering.separator.endswith("\n"):
        raise UsageError(
            f"the separator {rendering.separator!r} does not end its line",
            hint="end it with a line break, as the default does",
            code="rendering",
        )


def header(script: Script, rendering: Rendering) -> str:
    """The summary and the header, a blank line between them; empty where there is neither.

    The summary line is there when the rendering asks for it and the script has one; the header
    when both it and the title are not empty.
    """
    parts = []
    if rendering.summary and script.summary:
        parts.append(SUMMARY + script.summary)
    if rendering.header and script.title:
        parts.append(rendering.header.replace("{title}", script.title))
    return "\n\n".join(parts)


def head(script: Script, rendering: Rendering) -> str:
    """The header and the separator, or nothing at all."""
    text = header(script, rendering)
    return text + rendering.separator if text else ""


def summary_lead(script: Script, lines: int = 2) -> str:
    """A stand-in for a missing summary: the texts of the first lines, a space between them."""
    return " ".join(line.text for line in script.lines[:lines])


def with_lead(script: Script, lines: int = 2) -> Script:
    """The script with `summary_lead` where it has no summary of its own."""
    return script if script.summary else replace(script, summary=summary_lead(script, lines))


def after_label(text: str, rendering: Rendering) -> str:
    """What stands behind a label's colon, to the end of the line."""
    return f"{' ' if rendering.space else ''}{text}\n"


def render_lines(lines: tuple[Line, ...], rendering: Rendering) -> str:
    return "".join(f"{line.speaker}:{after_label(line.text, rendering)}" for line in lines)


def window_start(before: int, history: int | None) -> int:
    """The first line shown when `before` lines come before the one asked for.

    Always a multiple of `history`, and the last one that leaves at least `history` lines: so a
    prompt shows all of the first `2 * history - 1` lines, and after that from `history` to
    `2 * history - 1` lines, and `history` neighbouring prompts begin alike.
    """
    if history is None:
        return 0
    return max(0, before // history - 1) * history


def text_before(script: Script, before: int, rendering: Rendering) -> str:
    """The prompt for line `before` (counted from 0): head, window, and that line's label.

    `history` shortens the prompts of every format, but the training examples of turns only.
    """
    start = window_start(before, rendering.history)
    shown = render_lines(script.lines[start:before], rendering)
    return f"{head(script, rendering)}{shown}{script.lines[before].speaker}:"
