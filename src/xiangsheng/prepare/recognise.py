"""The rendering that examples of a file seem to have: what a model tuned on them is prompted with."""

import re
from collections.abc import Sequence

from xiangsheng.core.example import Example
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.prepare.pieces import SUMMARY

_USUAL = Rendering()
_HEADER = re.compile(re.escape(_USUAL.header).replace(re.escape("{title}"), ".*"))
_LABEL = re.compile(r"[01]:|")
_AFTER_LABEL = re.compile(r"^[01]:(.)", re.MULTILINE)


def recognise(examples: Sequence[Example]) -> Rendering:
    """Exact for what `corpus render` writes with its usual header, separator and history; of another
    header only that it is not the usual one, which then is none.
    """
    heads = [_head(example) for example in examples]
    header = _USUAL.header if any(map(_HEADER.search, heads)) else ""
    summary = any(head.startswith(SUMMARY) for head in heads)
    spoken = [example.completion for example in examples]
    return Rendering(
        format=_format(examples, spoken),
        header=header,
        space=_space(examples, spoken),
        summary=summary,
    )


def _space(examples: Sequence[Example], spoken: Sequence[str]) -> bool:
    """Behind the labels within prompts; where there are none, before what is learned."""
    within = [after for example in examples for after in _AFTER_LABEL.findall(example.prompt)]
    return all(after == " " for after in within or [text[:1] or " " for text in spoken])


def _format(examples: Sequence[Example], spoken: Sequence[str]) -> Format:
    """A turn is one line and a line break; a whole script is asked for by no more than a label."""
    if any(example.messages for example in examples):
        return Format.CHAT
    if all(text.find("\n") == len(text) - 1 for text in spoken):
        return Format.TURNS
    bodies = (example.prompt.rpartition(_USUAL.separator)[2] for example in examples)
    return Format.SCRIPT if all(map(_LABEL.fullmatch, bodies)) else Format.BLOCK


def _head(example: Example) -> str:
    """What stands before the dialogue, or the message that opens a chat."""
    if example.messages:
        first = example.messages[0]
        return first.content if first.role == "system" else ""
    return example.prompt.rpartition(_USUAL.separator)[0]
