"""Text back to lines: exactly, for what we rendered; tolerantly, for what a model wrote."""

import re
from collections.abc import Sequence

from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line

_OWN_LABEL = re.compile(r"([01]):(.*)", re.DOTALL)
# Also a third speaker's, which is role drift and must not pass as words; but not «我说：».
_ANY_LABEL = re.compile(r"\s*([0-9]{1,2}|[A-Za-z]|[甲乙丙丁]|[逗捧]哏?)\s*[:：](.*)", re.DOTALL)


def parse_lines(text: str, first_label: str) -> tuple[Line, ...]:
    """The lines of a generated text, whose first belongs to the label its prompt ended with.

    Labels other than `0` and `1` are kept as written. A line without a label has the empty
    string for its speaker. White space around texts and blank lines are dropped; a text of
    nothing else has no lines.
    """
    first, *others = text.split("\n")
    lines = [Line(first_label, first.strip())] if first.strip() else []
    for line in others:
        if not line.strip():
            continue
        match = _ANY_LABEL.fullmatch(line)
        lines.append(Line(match[1], match[2].strip()) if match else Line("", line.strip()))
    return tuple(lines)


def parse_examples(examples: Sequence[Example], rendering: Rendering) -> tuple[Line, ...]:
    """The lines that one script's examples were rendered from.

    Exact for every script whose texts hold no line break, if the separator holds a blank line,
    as the default does. Block gives the lines it shows, no more. Raises
    DataError for text that the rendering cannot have made.
    """
    if rendering.format is Format.CHAT:
        return _of_chat(examples[0])
    if rendering.format is Format.TURNS:
        return _of_turns(examples, rendering)
    (example,) = examples
    completion = example.completion
    if rendering.format is Format.BLOCK and not rendering.space:
        completion = completion.removeprefix(" ")
    return _labelled(_body(example.prompt, rendering) + completion, rendering)


def _of_turns(examples: Sequence[Example], rendering: Rendering) -> tuple[Line, ...]:
    """The first example's lines, then the line that each further one adds."""
    first, *others = examples
    lines = _labelled(_body(first.prompt, rendering) + first.completion, rendering)
    added = (
        example.prompt.rpartition("\n")[2] + example.completion.removesuffix("\n")
        for example in others
    )
    return (*lines, *(_line(text, rendering) for text in added))


def _body(prompt: str, rendering: Rendering) -> str:
    """The prompt without its head; no line of a dialogue is blank, so the last separator is it."""
    head, _, body = prompt.rpartition(rendering.separator)
    return body if head else prompt


def _labelled(text: str, rendering: Rendering) -> tuple[Line, ...]:
    return tuple(_line(line, rendering) for line in text.removesuffix("\n").split("\n"))


def _line(text: str, rendering: Rendering) -> Line:
    match = _OWN_LABEL.fullmatch(text)
    if match is None:
        raise DataError(
            f"a line without the label 0: or 1: in an example: {text[:60]}",
            hint="the example was made with another rendering",
            code="rendering",
        )
    return Line(match[1], match[2].removeprefix(" ") if rendering.space else match[2])


def _of_chat(example: Example) -> tuple[Line, ...]:
    """Labels by the order of speaking, which is what they mean."""
    spoken = [message for message in example.messages if message.role != "system"]
    return tuple(
        Line("0" if message.role == spoken[0].role else "1", text)
        for message in spoken
        for text in message.content.split("\n")
    )
