"""Rendering: how a script becomes text. Part of a tuned model's metadata."""

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """What one training example holds."""

    TURNS = "turns"  # all lines so far -> the next line (the 2022 log's format)
    BLOCK = "block"  # title and the first k lines -> the next m
    SCRIPT = "script"  # a whole script, every line supervised once
    CHAT = "chat"  # messages; each role in turn is the assistant


@dataclass(frozen=True, slots=True)
class Rendering:
    """Everything that decides the characters of an example or a prompt.

    `header` holds `{title}`; it is left out for a script without a title, or everywhere when
    empty. `history` keeps about that many lines before the one asked for, its window anchored
    to multiples of itself so that neighbouring prompts share their beginning; None keeps all.
    `space` puts one space between `0:` and the text. `given` and `asked` are block's k and m.
    `stop` ends an answer of one line, unless the sampling has stops of its own.
    """

    format: Format = Format.TURNS
    header: str = "Specific information:一段名称为{title}的对口相声"
    separator: str = "\n\n###\n\n"
    space: bool = True
    summary: bool = False
    history: int | None = None
    given: int = 10
    asked: int = 15
    stop: tuple[str, ...] = ("\n",)
