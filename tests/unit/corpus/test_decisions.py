"""The decisions file: what is written is read back, and what is none is refused with its line."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.errors import DataError
from xiangsheng.corpus.decisions import (
    By,
    Complete,
    Decision,
    Record,
    Settings,
    Verdict,
    parse_decisions,
    record_line,
)
from xiangsheng.corpus.reading import CorpusFormat, ReadingOptions
from xiangsheng.corpus.windows import Edit, Window

BEGUN = Settings("c3/scripts", 20, 50, 0)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBER = st.integers(1, 10**6)
WINDOWS = st.builds(Window, NUMBER, NUMBER)
SETTINGS = st.builds(
    Settings,
    TEXT,
    NUMBER,
    NUMBER,
    st.integers(),
    TEXT,
    st.builds(
        ReadingOptions,
        st.none() | st.sampled_from(CorpusFormat),
        st.none() | TEXT,
        st.dictionaries(TEXT, TEXT),
        st.booleans(),
    ),
    at=TEXT,
)
DECISIONS = st.builds(
    Decision,
    TEXT,
    TEXT,
    WINDOWS,
    st.sampled_from(Verdict),
    st.sampled_from(By),
    st.lists(st.builds(Edit, NUMBER, TEXT, TEXT), max_size=3).map(tuple),
    TEXT,
    TEXT,
)
RECORDS: st.SearchStrategy[Record] = st.one_of(
    SETTINGS, DECISIONS, st.builds(Complete, NUMBER, TEXT, TEXT)
)


@given(SETTINGS, st.lists(RECORDS, max_size=4))
def test_what_is_written_is_read_back(first: Settings, others: list[Record]) -> None:
    lines = [record_line(record) for record in (first, *others)]
    assert all("\n" not in line and "\r" not in line for line in lines)
    assert parse_decisions("\n".join(lines), "log") == (first, *others)


def test_a_decision_is_a_line_that_people_can_read() -> None:
    decision = Decision(
        script="17",
        digest="ab",
        window=Window(41, 60),
        decision=Verdict.ACCEPT,
        by=By.PERSON,
        edits=(Edit(43, "旧", "新"),),
        at="2022-06-01T12:00:00Z",
    )
    assert record_line(decision) == (
        '{"kind": "decision", "script": "17", "digest": "ab", '
        '"window": {"first": 41, "last": 60}, "decision": "accept", "by": "person", '
        '"edits": [{"line": 43, "before": "旧", "after": "新"}], "reason": "", '
        '"at": "2022-06-01T12:00:00Z"}'
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kind": "other"}, "other"),
        ({"decision": "maybe"}, "decision: "),
        ({"window": {"first": 1}}, "window.last: "),
        ({"edits": "none"}, "edits: "),
        ({"script": None}, "script: "),
    ],
)
def test_a_line_that_is_none_is_refused(change: dict[str, object], why: str) -> None:
    decision = Decision("17", "ab", Window(1, 20), Verdict.SKIP, By.RANK)
    row = json.loads(record_line(decision)) | change
    text = f"{record_line(BEGUN)}\n{json.dumps(row)}\n"
    with pytest.raises(DataError, match="no decisions of corpus select") as refused:
        parse_decisions(text, "log")
    assert refused.value.where == "log:2"
    assert why in refused.value.message


def test_another_version_and_another_beginning_are_refused() -> None:
    newer = record_line(BEGUN).replace('"version": 1', '"version": 2')
    with pytest.raises(DataError, match="version"):
        parse_decisions(newer, "log")
    with pytest.raises(DataError, match="the first line says how"):
        parse_decisions(record_line(Complete(50, "x")), "log")
    assert parse_decisions("", "log") == ()


@given(st.text())
def test_any_text_is_decisions_or_a_data_error(text: str) -> None:
    with suppress(DataError):
        assert parse_decisions(text, "log") == ()
