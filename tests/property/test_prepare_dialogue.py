"""Prepared files need no preparing; our own renderings need none; parts see what the whole does."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import fields, replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preparing import Row, found, jsonl, pairs
from scripts import said
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.corpus.study import bundled
from xiangsheng.prepare.checking.dialogue_marks import Mark
from xiangsheng.prepare.checking.dialogue_survey import DialogueSurvey
from xiangsheng.prepare.checking.finding import Finding, Level
from xiangsheng.prepare.checking.fixes import Fix
from xiangsheng.prepare.checking.gathering import gathered
from xiangsheng.prepare.checking.looking import Wanted, looked
from xiangsheng.prepare.checking.profiles import Profile, findings
from xiangsheng.prepare.checking.sources import source_of
from xiangsheng.prepare.checking.writing import write_rows
from xiangsheng.prepare.render import examples

ENDS = st.sampled_from(["", "\n", " ", "\n\n", " END"])
STARTS = st.sampled_from(["", " ", "  ", "\u3000", "1:"])
SAID = st.sampled_from([said(n) for n in range(4)]) | st.text("好，?\n 0:", max_size=6)
ANSWER = st.builds("{}{}{}".format, STARTS, SAID, ENDS)
PROMPT = st.builds(
    "{}0:{}\n{}".format,
    st.sampled_from(["", "头\n\n###\n\n"]),
    SAID,
    st.sampled_from(["1:", "0:", ""]),
)
ROWS = st.lists(st.tuples(PROMPT, ANSWER), min_size=1, max_size=12)


def mended(rows: Sequence[Row]) -> list[Row]:
    """With every fix that is proposed; as they are where something is fatal."""
    source = source_of(BytesIO(jsonl(rows).encode()), "a.jsonl", "jsonl")
    with gathered(source, "jsonl") as found, tempfile.TemporaryDirectory() as folder:
        told = findings(Profile.DIALOGUE, found, looked(found, Wanted(), dialogue=True))
        if told[-1].level is Level.FATAL:
            return list(rows)
        fixes = [cast("Fix", finding.fix) for finding in told if finding.fix]
        _, out, _ = write_rows(found, fixes, Path(folder), record=False)
        objects = map(json.loads, out.read_text(encoding="utf-8").splitlines())
        return [(one["prompt"], one["completion"]) for one in objects]


def to_mend(told: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(one.rule, one.message.en) for one in told if one.level is not Level.INFO]


@settings(max_examples=300, deadline=None)
@given(ROWS)
def test_a_prepared_file_needs_nothing(rows: list[Row]) -> None:
    once = mended(rows)
    told = found(once)
    assert to_mend(told) == [] or told[-1].level is Level.FATAL
    if told[-1].level is not Level.FATAL:
        assert mended(once) == once


RENDERINGS = [
    replace(rendering, **more)
    for rendering in (Rendering(), Rendering(Format.SCRIPT), Rendering(Format.BLOCK))
    for more in (
        {},
        {"header": ""},
        {"space": False},
        {"history": 4, "summary": True},
        {"separator": "\n", "header": "", "space": False},
    )
]


@pytest.mark.parametrize("rendering", RENDERINGS, ids=str)
def test_our_own_renderings_need_nothing(rendering: Rendering) -> None:
    scripts = bundled().train
    rows = [(one.prompt, one.completion) for one in examples(scripts, rendering)]
    told = found(rows)
    assert to_mend(told) == []
    rules = {finding.rule for finding in told}
    assert not rules & {"mixed_rendering", "asked_label", "label_twice", "third_label"}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(PROMPT, ANSWER.filter(bool)), max_size=8), st.integers(0, 8))
def test_parts_see_what_the_whole_does(rows: list[Row], cut: int) -> None:
    whole, first, second = (DialogueSurvey() for _ in range(3))
    whole.observe(pairs(rows))
    first.observe(pairs(rows[:cut]))
    second.observe(pairs(rows[cut:], first=cut))
    first.absorb(second)
    for field in fields(DialogueSurvey):
        assert getattr(first, field.name) == getattr(whole, field.name), field.name


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("01"), st.text("好 ，", max_size=3)), min_size=2), st.data()
)
def test_order_is_what_reading_line_by_line_says(
    lines: list[tuple[str, str]], data: st.DataObject
) -> None:
    asked = data.draw(st.integers(1, len(lines) - 1))
    labels = [label for label, _ in lines]
    prompt = "".join(f"{label}:{text}\n" for label, text in lines[:asked]) + f"{labels[asked]}:"
    answer = lines[asked][1] + "".join(f"\n{label}:{text}" for label, text in lines[asked + 1 :])
    survey = DialogueSurvey()
    survey.observe(pairs([(prompt, answer + "\n")]))
    again = [one == other for one, other in pairwise(labels)]
    assert bool(survey.having(Mark.PROMPT_ORDER)[0]) is any(again[: asked - 1])
    assert bool(survey.having(Mark.ASKS_AGAIN)[0]) is again[asked - 1]
    assert bool(survey.having(Mark.ANSWER_ORDER)[0]) is any(again[asked:])
