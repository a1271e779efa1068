"""Answers as pairs."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends.ngram import NgramGenerator, NgramModel, Piece
from xiangsheng.core.generation import (
    Completion,
    Failure,
    Finish,
    Outcome,
    OutcomeKind,
    Request,
    TokenLogprob,
)
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.prepare.questions import next_line_prompts, real_lines_prompt
from xiangsheng.verbs.completions import Answered
from xiangsheng.verbs.pairs import nats_within, pair
from xiangsheng.verbs.recipe import READING

SCRIPT = Script("a", "大话", (Line("0", "一"), Line("1", "二三"), Line("1", "四"), Line("0", "五")))
PLAIN = Rendering(header="", space=False)
MODEL = NgramModel.train(["0:一\n1:二\n", "0:五\n1:四。\n"], 3)


def tokens(*spelt: tuple[str, float]) -> list[TokenLogprob]:
    return [TokenLogprob(text, -nats) for text, nats in spelt]


# The text is 0:一|1:二三|, of which the last three characters are scored: places 6, 7 and 8.
@pytest.mark.parametrize(
    ("spelt", "expected"),
    [
        ([(c, 2.0**n) for n, c in enumerate("0:一\n1:二三\n")], 64 + 128 + 256),
        # Bytes: what ends within a character is paid for by the character that it begins.
        ([("0:一\n1", 1), ("", 2), (":", 4), ("", 8), ("", 16), ("二", 32), ("三\n", 64)], 120),
        # One that is half label and half line counts whole.
        ([("0:一\n1", 1), (":二", 2), ("三\n", 4)], 6),
        ([("0:一\n1:二三\n", 7)], 7),
        # What follows the text is no part of it.
        ([("0:一\n1:二三\n", 7), ("0", 100), ("", 100)], 7),
        # Log-probabilities of a part are no log-probability of the lines.
        ([("0:一\n1:二三", 7)], None),
        ([], None),
    ],
)
def test_a_token_belongs_where_the_text_lies_that_it_completes(
    spelt: list[tuple[str, float]], expected: float | None
) -> None:
    assert nats_within(tokens(*spelt), [(6, 9)]) == expected


def test_without_a_place_nothing_was_read() -> None:
    assert nats_within(tokens(("0", 1.0)), []) is None


@given(
    cuts=st.sets(st.integers(1, 8)),
    places=st.lists(st.tuples(st.integers(0, 8), st.integers(1, 3)), min_size=1, max_size=3),
    costs=st.lists(st.floats(0, 9), min_size=9, max_size=9),
)
def test_every_token_that_touches_a_place_is_counted_once(
    cuts: set[int], places: list[tuple[int, int]], costs: list[float]
) -> None:
    text, ends = "0:一\n1:二三\n", [0, *sorted(cuts), 9]
    wanted = [(start, min(9, start + size)) for start, size in places]
    pieces = list(zip(ends, ends[1:], costs, strict=False))
    found = nats_within(tokens(*((text[a:b], cost) for a, b, cost in pieces)), wanted)
    assert found == pytest.approx(
        sum(
            cost
            for a, b, cost in pieces
            if any(start <= place < end for place in range(a, b) for start, end in wanted)
        )
    )


@pytest.mark.parametrize(
    "rendering", [PLAIN, Rendering(), Rendering(header="", space=True, history=1)]
)
def test_nats_are_those_of_the_models_chances(rendering: Rendering) -> None:
    question = real_lines_prompt(SCRIPT, rendering, asked=2)
    (outcome,) = NgramGenerator("ngram:3", MODEL).generate(
        [Request(question.item, question.prompt, READING)], lambda: False
    )
    assert isinstance(outcome, Outcome)
    made = pair(Answered("base", question, outcome))
    text = question.prompt.text
    chances = MODEL.chances([Piece(text)])
    lines = "二三\n", "四\n"
    places = [text.index(line) + n for line in lines for n in range(len(line))]
    assert made.nats == pytest.approx(-sum(math.log(chances[place]) for place in places))
    assert (made.characters, made.reference) == (5, "二三\n四")
    assert (made.kind, made.candidate, made.raw) == (OutcomeKind.OK, "", text)


def test_what_failed_or_has_no_logprobs_was_not_read() -> None:
    question = real_lines_prompt(SCRIPT, PLAIN)
    failure = Failure(OutcomeKind.ERROR, "too long")
    silent = Completion("", Finish.LENGTH).after(question.prompt.text)
    for outcome in (
        Outcome(question.item, "m", failure=failure),
        Outcome(question.item, "m", (silent,)),
    ):
        made = pair(Answered("base", question, outcome))
        assert made.nats is None
        assert made.kind is outcome.kind


def test_an_answer_is_what_was_generated() -> None:
    question = next_line_prompts(SCRIPT, PLAIN)[0]
    echo = Completion(" 二\n2: 谁", Finish.STOP).after(question.prompt.text)
    made = pair(Answered("base", question, Outcome(question.item, "m", (echo,))))
    assert (made.candidate, made.raw, made.nats) == ("二\n谁", " 二\n2: 谁", None)
