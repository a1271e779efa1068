"""Answers as pairs for the metrics: text beside text, labels and outer white space aside."""

from collections.abc import Iterable, Sequence
from math import fsum

from xiangsheng.core.generation import TokenLogprob
from xiangsheng.core.score import Pair
from xiangsheng.prepare.parse import parse_lines
from xiangsheng.verbs.completions import Answered

BEFORE = 4
"""How many lines before the answer a loop is looked for in."""


def pair(answer: Answered) -> Pair:
    """The unit is the script. A failure has an empty candidate and its kind."""
    question, text = answer.question, answer.outcome.generated
    lines = parse_lines(text, question.label)
    read = answer.outcome.completions[0].logprobs if answer.outcome.completions else ()
    return Pair(
        reference="\n".join(line.text for line in question.answer),
        candidate="\n".join(line.text for line in lines),
        unit=question.script,
        kind=answer.outcome.kind,
        before=tuple(line.text for line in question.history[-BEFORE:]),
        raw=answer.outcome.text if question.scored else text,
        label=question.label,
        nats=nats_within(read, question.scored),
        characters=sum(end - start for start, end in question.scored),
    )


def pairs(answers: Iterable[Answered]) -> tuple[Pair, ...]:
    return tuple(map(pair, answers))


def nats_within(tokens: Sequence[TokenLogprob], places: Sequence[tuple[int, int]]) -> float | None:
    """What the tokens that complete a character of these places, each from and to, cost together.

    The tokens spell a text that holds the places; None where they end before, or where there is
    no place. A token of several characters counts whole if one of them is in a place, so that
    no model gains by how it cuts text; one that completes none counts with the next that does.
    """
    inside = {place for start, end in places for place in range(start, end)}
    costs: list[float] = []
    waiting: list[float] = []
    position = 0
    for token in tokens:
        waiting.append(-token.logprob)
        if token.token:
            if not inside.isdisjoint(range(position, position + len(token.token))):
                costs += waiting
            waiting.clear()
            position += len(token.token)
    return fsum(costs) if inside and position > max(inside) else None
