"""Examples as JSON lines in OpenAI's two shapes, and back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example, Message, Span
from xiangsheng.files.json_rows import dump_rows, parse_json, parse_rows
from xiangsheng.files.text import split_lines

_ROLES = ("system", "user", "assistant")


def examples_jsonl(examples: Iterable[Example]) -> Iterator[str]:
    """One line an example: `{"prompt", "completion"}`, or `{"messages"}`.

    An assistant's message that is not trained carries `"weight": 0`, as the service spells it.
    """
    return dump_rows(map(to_row, examples))


def read_examples(text: str, name: str) -> Iterator[Example]:
    """The examples of a JSONL text; their script ids are the line numbers, for rows hold none.

    Raises DataError with file and line for anything but the two shapes.
    """
    for number, row in parse_rows(text, name):
        yield from_row(row, f"{name}:{number}", str(number))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line of a training file; both are counted from 1, `example` without
    blank lines.
    """

    line: int
    example: int
    message: str

    def __str__(self) -> str:
        """As the service of 2022 said it."""
        return (
            f"Invalid file format. Example {self.example} cannot be parsed. "
            f"Error: {self.message} (line {self.line})"
        )


def check_examples(text: str, name: str, most: int) -> tuple[list[Example], list[Fault]]:
    """Every example there is, and what is wrong, of the first `most` lines at fault."""
    found: list[Example] = []
    faults: list[Fault] = []
    number = 0
    chats: bool | None = None
    for line, content in enumerate(split_lines(text), 1):
        if not content.strip():
            continue
        number += 1
        try:
            example = _example(content, f"{name}:{line}", line, chats)
        except DataError as error:
            faults.append(Fault(line, number, error.message))
            if len(faults) == most:
                break
            continue
        chats = bool(example.messages)
        found.append(example)
    return found, faults


def _example(content: str, where: str, line: int, chats: bool | None) -> Example:  # noqa: FBT001
    """One line's example, which teaches something and is of the others' shape."""
    try:
        row = parse_json(content, where, line)
    except DataError as error:
        why = error.message.removeprefix("not JSON: ")
        raise DataError(f"line contains invalid json: {why}") from error
    if not isinstance(row, dict):
        raise DataError("a row must be an object in braces")
    example = from_row(row, where, str(line))
    if not example.completion and not any(message.trained for message in example.messages):
        raise DataError(
            "no message of an assistant to learn" if example.messages else "the completion is empty"
        )
    if chats is not None and bool(example.messages) != chats:
        raise DataError("chat messages and prompts are mixed in one file")
    return example


def to_row(example: Example) -> dict[str, Any]:
    if example.messages:
        return {"messages": [_message_row(message) for message in example.messages]}
    return {"prompt": example.prompt, "completion": example.completion}


def from_row(row: dict[str, Any], where: str, script: str) -> Example:
    """The example in a row; `where` is for messages. Unknown keys are refused: they were meant
    to say something.
    """
    keys = set(row)
    if keys == {"messages"} and isinstance(row["messages"], list) and row["messages"]:
        return Example(script, messages=tuple(_message(m, where) for m in row["messages"]))
    if keys == {"prompt", "completion"} and all(isinstance(v, str) for v in row.values()):
        spans = (Span(row["prompt"], trained=False), Span(row["completion"], trained=True))
        return Example(script, spans=tuple(span for span in spans if span.text))
    raise DataError(
        f"a row with {', '.join(sorted(keys)) or 'nothing'} is no example",
        where=where,
        hint='write {"prompt": "…", "completion": "…"} or {"messages": [{"role": "user", '
        '"content": "…"}, …]}, all of them text',
        code="row",
    )


def _message_row(message: Message) -> dict[str, Any]:
    row: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.role == "assistant" and not message.trained:
        row["weight"] = 0
    return row


def _message(row: Any, where: str) -> Message:
    if (
        not isinstance(row, dict)
        or not set(row) <= {"role", "content", "weight"}
        or row.get("role") not in _ROLES
        or not isinstance(row.get("content"), str)
        or row.get("weight", 1) not in (0, 1)
    ):
        raise DataError(
            f"not a chat message: {str(row)[:60]}",
            where=where,
            hint='a message is {"role": "system", "user" or "assistant", "content": "…"}; '
            'an assistant\'s may have "weight": 0',
            code="row",
        )
    trained = row["role"] == "assistant" and row.get("weight", 1) == 1
    return Message(row["role"], row["content"], trained)
