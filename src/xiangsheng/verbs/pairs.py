"""Answers as pairs for the metrics: text beside text, labels and outer white space aside."""

from collections.abc import Iterable

from xiangsheng.core.score import Pair
from xiangsheng.prepare.parse import parse_lines
from xiangsheng.verbs.completions import Answered

BEFORE = 4
"""How many lines before the answer a loop is looked for in."""


def pair(answer: Answered) -> Pair:
    """The unit is the script. A failure has an empty candidate and its kind."""
    question, text = answer.question, answer.outcome.text
    lines = parse_lines(text, question.label)
    return Pair(
        reference="\n".join(line.text for line in question.answer),
        candidate="\n".join(line.text for line in lines),
        unit=question.script,
        kind=answer.outcome.kind,
        before=tuple(line.text for line in question.history[-BEFORE:]),
        raw=text,
        label=question.label,
    )


def pairs(answers: Iterable[Answered]) -> tuple[Pair, ...]:
    return tuple(map(pair, answers))
