"""A window as text that a person edits as a whole."""

from collections.abc import Mapping

from xiangsheng.core.script import Script
from xiangsheng.core.words import Words
from xiangsheng.corpus.labels import SPACE, split_label
from xiangsheng.corpus.writing import labels_of
from xiangsheng.files.text import split_lines


def editable(part: Script) -> str:
    """One `label:text` a line, as in a labelled file."""
    labels = labels_of(part)
    return "".join(f"{labels[line.speaker]}:{line.text}\n" for line in part.lines)


def edited(part: Script, text: str, first: int) -> Mapping[int, str] | Words:
    """The texts that differ from the window's, by line, which count from `first`.

    Blank lines say nothing. Lines that are more, fewer or of another speaker are refused with the
    words to say it: which of them took whose place only a person could tell.
    """
    labels = labels_of(part)
    lines = [line for line in split_lines(text) if line.strip(SPACE)]
    if len(lines) != len(part.lines):
        return Words(
            "改后有 {n} 行，应当还是 {of} 行", "there are {n} lines now, and must be {of}"
        ).fill(n=len(lines), of=len(part.lines))
    texts = {}
    for number, (old, line) in enumerate(zip(part.lines, lines, strict=True), first):
        found = split_label(line)
        if found is None or found[0] != labels[old.speaker]:
            return Words("第 {n} 行应当以 {label}: 开头", "line {n} must begin with {label}:").fill(
                n=number, label=labels[old.speaker]
            )
        if not found[1]:
            return Words("第 {n} 行空了", "line {n} is empty").fill(n=number)
        if found[1] != old.text:
            texts[number] = found[1]
    return texts
