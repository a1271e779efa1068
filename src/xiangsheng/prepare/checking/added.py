"""What a row says beyond the history that others repeat: the last line before the answer, and it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from xiangsheng.prepare.checking.pairs import Pairs
from xiangsheng.text.comparing import fold_lines

USUAL_LABEL = "[0-9０-９]{1,2}|[A-Za-z]|[甲乙丙丁]|[逗捧]哏?"
_LABELS = re.compile(rf"^[ \u3000]*(?:[01][:：]|(?:{USUAL_LABEL})[:：](?![0-9]))", re.MULTILINE)
_ASKED = re.compile(r"[^\s:：]{1,12}[:：]")
_WORD = re.compile(r"\w")
_BETWEEN = "\0\n"
_LONGEST_CUE = 1000
"""Characters at the end of a prompt among which the line is looked for."""


def cue(prompt: str) -> str:
    """The line that is answered. The label asked, and separators, are none; a head has none."""
    body, _, last = prompt[-_LONGEST_CUE:].rstrip().rpartition("\n")
    if _ASKED.fullmatch(last) or not _WORD.search(last):
        last = body.rstrip().rpartition("\n")[2]
    return last if _WORD.search(last) else ""


def said(texts: Sequence[str]) -> list[str]:
    """The lines of each text as they are compared, labels left out."""
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) >= max(1, len(texts)):
        return fold_lines(list(map(unlabelled, texts)))
    return fold_lines(unlabelled(joined).split(_BETWEEN)[: len(texts)])


def unlabelled(text: str) -> str:
    """Without the labels that open its lines."""
    return _LABELS.sub("", text)


def beheaded(prompt: str) -> str:
    """From the first label on; all of it where there is none."""
    first = _LABELS.search(prompt)
    return prompt[first.start() :] if first else prompt


def dialogues(batches: Iterable[Pairs]) -> Iterator[tuple[str, list[str]]]:
    """The lines of rows, labels left out; where a row goes on from the one before, once.

    Each has the number of the row's line for its name.
    """
    before, name = "", ""
    for pairs in batches:
        for line, prompt, completion in zip(
            pairs.lines, pairs.prompts, pairs.completions, strict=True
        ):
            text = beheaded(prompt) + completion
            if before and not text.startswith(before):
                yield name, unlabelled(before).split("\n")
            before, name = text.rstrip("\n"), str(line)
    if before:
        yield name, unlabelled(before).split("\n")
