"""Speaker labels in generated text: `0:`, `1：` and what should not be there, such as `2:`.

A generation continues after a label that the prompt ended with; its further lines, if it has any,
carry their own.
"""

import re

_LABEL = re.compile(r"\s*([0-9０-９]{1,3})\s*[:：](?!\d)")
_OWN_LABEL = re.compile(r"\s*([01０１])\s*[:：]|" + _LABEL.pattern)
_OTHER = {"0": "1", "1": "0"}


def split_label(line: str, *, first: bool = False) -> tuple[str, str]:
    """A line's label, empty if it has none, and its text, both without white space around.

    The digits of a label are given half-width. `8:30` is a time of day and no label, but `1:30`
    is a label and a number, unless the line is the `first`, which has had its label.
    """
    match = (_LABEL if first else _OWN_LABEL).match(line)
    if match is None:
        return "", line.strip()
    return str(int(next(filter(None, match.groups())))), line[match.end() :].strip()


def spoken_lines(generated: str) -> list[str]:
    """The lines of a generation that hold text, without their labels."""
    lines = generated.splitlines()
    texts = [split_label(line, first=index == 0)[1] for index, line in enumerate(lines)]
    return [text for text in texts if text]


def role_drifts(generated: str, label: str) -> bool:
    """Whether a generation leaves the roles 0 and 1, or their alternation from `label` on.

    The first line is spoken by `label` and may repeat it. Each later label must be the other one
    than the label before; a line without a label belongs to whoever spoke last.
    """
    speaker = label
    for index, line in enumerate(generated.splitlines()):
        found = split_label(line, first=index == 0)[0]
        if not found:
            continue
        if index:
            speaker = _OTHER.get(speaker, "")
        if found != speaker:
            return True
    return False
