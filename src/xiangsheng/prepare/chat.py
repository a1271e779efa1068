"""Scripts as chat messages: each speaker in turn is the assistant."""

from itertools import groupby

from xiangsheng.core.example import Example, Message
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.prepare.pieces import header, window_start

OPENING = "对口相声"
"""The system message where the assistant speaks first and no header stands before it.

Many chat templates refuse a conversation that an assistant's message opens.
"""


def chat(script: Script, rendering: Rendering) -> tuple[Example, ...]:
    """One example a speaker, whose messages alone are trained; the other one is the user."""
    return tuple(
        Example(
            script=script.id,
            messages=messages(script, script.lines, assistant, rendering),
        )
        for assistant in dict.fromkeys(line.speaker for line in script.lines)
    )


def chat_before(script: Script, before: int, rendering: Rendering) -> tuple[Message, ...]:
    """The messages of the prompt for line `before` (counted from 0); its speaker is the assistant.

    Where that speaker also says the line before it, the last message is the assistant's.
    """
    start = window_start(before, rendering.history)
    return messages(
        script, script.lines[start:before], script.lines[before].speaker, rendering, trained=False
    )


def messages(
    script: Script,
    lines: tuple[Line, ...],
    assistant: str,
    rendering: Rendering,
    *,
    trained: bool = True,
) -> tuple[Message, ...]:
    """A system message with header and summary where there are any, then the lines.

    What one speaker says in a row is one message, a line break between its lines.
    """
    system = header(script, rendering)
    if not system and (not lines or lines[0].speaker == assistant):
        system = OPENING
    opening = [Message("system", system)] if system else []
    return (
        *opening,
        *(
            _message(speaker == assistant, "\n".join(line.text for line in run), trained)
            for speaker, run in groupby(lines, key=lambda line: line.speaker)
        ),
    )


def _message(is_assistant: bool, content: str, trained: bool) -> Message:  # noqa: FBT001
    return Message("assistant" if is_assistant else "user", content, trained and is_assistant)
