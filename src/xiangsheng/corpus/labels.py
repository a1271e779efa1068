"""Labels: `0:`, `甲：`, `A:` or a name, and whether a text has them at all."""

import re
from collections import Counter
from collections.abc import Sequence

SPACE = " \t\u3000"
"""What stands around a label or a text as layout, and is no part of either."""

_LABEL = re.compile(r"[ \t\u3000]*([^:：\s]{1,12})[ \t\u3000]*[:：](.*)", re.DOTALL)
_CAST = 3
_SHARE = 0.5


def split_label(line: str) -> tuple[str, str] | None:
    """(label, text) of `label:text`; None where no short word stands before a first colon."""
    match = _LABEL.fullmatch(line)
    return (match[1], match[2].strip(SPACE)) if match else None


def is_labelled(lines: Sequence[str]) -> bool:
    """Whether the three most frequent labels open at least half of the lines that are not blank.

    One «我说：…» in a dialogue without labels is then text, and one line that lost its label in
    a labelled dialogue is then a mistake to be named.
    """
    spoken = [line for line in lines if line.strip(SPACE)]
    labels = Counter(found[0] for line in spoken if (found := split_label(line)))
    covered = sum(count for _, count in labels.most_common(_CAST))
    return bool(spoken) and covered >= _SHARE * len(spoken)


def is_plain_label(name: str) -> bool:
    """Whether `name` can be written before a colon and read back as a speaker's name."""
    return name not in {"0", "1"} and split_label(f"{name}:") == (name, "")
