"""Files of messages: our own need no mending, mended ones need none, and the record tells it all."""

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import c3_folder
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.corpus.reading import read
from xiangsheng.corpus.study import bundled
from xiangsheng.prepare.checking.chat_fixes import ChatFix
from xiangsheng.prepare.checking.chat_gathering import gathered_chats
from xiangsheng.prepare.checking.chat_halves import halved_chats
from xiangsheng.prepare.checking.chat_rows import faults_of
from xiangsheng.prepare.checking.chat_rules import chat_findings
from xiangsheng.prepare.checking.chat_writing import write_chats
from xiangsheng.prepare.checking.finding import Finding, Level
from xiangsheng.prepare.checking.sources import source_of
from xiangsheng.prepare.render import examples, half_untitled
from xiangsheng.prepare.rows import examples_jsonl, read_examples

# Our own.

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5).filter(str.strip)
SCRIPT = st.builds(
    lambda title, summary, lines: Script(
        "1", title, tuple(Line(speaker, text) for speaker, text in lines), summary
    ),
    TEXT | st.just(""),
    TEXT | st.just(""),
    st.lists(st.tuples(st.sampled_from("01"), TEXT), min_size=1, max_size=8),
)
RENDERING = st.builds(
    Rendering,
    format=st.just(Format.CHAT),
    header=st.sampled_from(["", "{title}", "一段名称为{title}的对口相声"]),
    summary=st.booleans(),
)


def told(text: str) -> tuple[Finding, ...]:
    source = source_of(BytesIO(text.encode()), "a.jsonl", "jsonl")
    return chat_findings(gathered_chats(source, "jsonl"))


@given(SCRIPT, RENDERING)
def test_what_we_render_is_never_a_fault(script: Script, rendering: Rendering) -> None:
    text = "".join(examples_jsonl(examples([script], rendering)))
    assert {finding.rule for finding in told(text)} == {"num_examples"}


def test_the_bundled_scripts_need_no_mending() -> None:
    data = bundled()
    for scripts in ([*data.train, *data.test], half_untitled([*data.train, *data.test])):
        rows = examples(scripts, Rendering(format=Format.CHAT))
        assert {one.rule for one in told("".join(examples_jsonl(rows)))} == {"num_examples"}


@pytest.mark.real_data
def test_the_real_scripts_need_no_mending() -> None:
    """Without their titles some begin alike and go on differently, which is true and no fault."""
    scripts = read(c3_folder() / "scripts").scripts
    (only,) = told("".join(examples_jsonl(examples(scripts, Rendering(format=Format.CHAT)))))
    assert only.message.en == "636 examples"
    rows = examples(half_untitled(scripts), Rendering(format=Format.CHAT))
    untitled = told("".join(examples_jsonl(rows)))
    assert [(one.rule, one.level) for one in untitled] == [
        ("num_examples", Level.INFO),
        ("conflicts", Level.INFO),
    ]


# Anybody's.

VALUE = st.none() | st.booleans() | st.integers(-1, 2) | st.sampled_from(["", " ", "好", [], {}])
MESSAGE = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["system", "user", "assistant", "user", "assistant", "tool"]),
        "content": st.sampled_from(["您好", "好", "再见", "走\n", "\0"]),
    },
    optional={"weight": st.sampled_from([0, 1, 1]), "name": VALUE},
)
GOOD = st.lists(
    st.tuples(
        st.sampled_from(["您好", "来了"]),
        st.sampled_from(["好", "走"]),
        st.sampled_from([None, 0, 1]),
    ),
    min_size=1,
    max_size=3,
).map(
    lambda turns: {
        "messages": [
            message
            for asked, answer, weight in turns
            for message in (
                {"role": "user", "content": asked},
                {"role": "assistant", "content": answer}
                | ({} if weight is None else {"weight": weight}),
            )
        ]
    }
)
OPEN = GOOD.map(lambda row: {"messages": [*row["messages"], {"role": "user", "content": "还有"}]})
ROUGH = st.dictionaries(
    st.sampled_from(["messages", "id"]),
    st.lists(MESSAGE | st.dictionaries(st.sampled_from(["role", "content", "weight"]), VALUE))
    | VALUE,
)
ROWS = st.lists(GOOD | OPEN | GOOD | ROUGH | VALUE, max_size=10)


def mended(lines: Sequence[str]) -> tuple[str, list[dict[str, Any]]]:
    """The rows as written and the records, with every fix that is proposed, bad rows left out."""
    source = source_of(BytesIO("".join(f"{line}\n" for line in lines).encode()), "a", "jsonl")
    gathered = gathered_chats(source, "jsonl", skip_bad=True)
    fixes = [cast("ChatFix", one.fix) for one in chat_findings(gathered) if one.fix]
    with TemporaryDirectory() as folder:
        result, rows, changes = write_chats(gathered, fixes, Path(folder), record=True)
        text = rows.read_text(encoding="utf-8")
        records = [json.loads(line) for line in changes.read_text(encoding="utf-8").splitlines()]
    assert (result.rows, result.changed) == (text.count("\n"), len(records))
    return text, records


def dumps(rows: Sequence[Any]) -> list[str]:
    return [json.dumps(row, ensure_ascii=False) for row in rows]


LAST: dict[str, Any] = {
    "messages": [{"role": "user", "content": "末"}, {"role": "assistant", "content": "了"}]
}


@settings(max_examples=300)
@given(ROWS)
def test_old_rows_and_the_record_give_the_new_rows(rows: list[Any]) -> None:
    lines = dumps([*rows, LAST])
    text, records = mended(lines)
    now: dict[int, Any] = dict(enumerate([*rows, LAST], 1))
    for record in records:
        before, after = now[record["line"]], record["after"]
        assert record["rules"]
        assert record["before"] == before or isinstance(record["before"], str)
        if after is None:
            del now[record["line"]]
        else:
            assert after != before
            now[record["line"]] = after
    assert [json.loads(line) for line in text.splitlines()] == list(now.values())


@settings(max_examples=300)
@given(ROWS)
def test_a_mended_file_needs_no_mending_and_can_be_trained_on(rows: list[Any]) -> None:
    text, _ = mended(dumps([*rows, LAST]))
    left = {one.rule for one in told(text) if one.level is not Level.INFO}
    assert left <= {"duplicated_rows"}  # without its last message a row may equal another
    trained = [any(message.trained for message in one.messages) for one in read_examples(text, "a")]
    assert all(trained)
    assert len(trained) == text.count("\n")


@settings(max_examples=300)
@given(ROWS)
def test_every_bad_row_is_told_and_no_other(rows: list[Any]) -> None:
    text = "".join(f"{line}\n" for line in dumps([LAST, *rows]))
    gathered = gathered_chats(source_of(BytesIO(text.encode()), "a", "jsonl"), "jsonl")
    bad = {
        number for number, row in enumerate(rows, 2) if not isinstance(row, dict) or faults_of(row)
    }
    assert {one.line for one in gathered.given.odd.bad} == bad
    assert gathered.given.odd.rows == 1 + len(rows) - len(bad)
    lines = [one.line for one in gathered.given.odd.bad]
    assert lines == sorted(lines)


@given(st.lists(GOOD, min_size=1, max_size=4), st.sampled_from(["role", "content", "messages"]))
def test_a_key_that_is_there_twice_is_told(rows: list[dict[str, Any]], key: str) -> None:
    lines = dumps([*filter(lambda row: not faults_of(row), rows), LAST])
    extra = ',"messages":[]}' if key == "messages" else f',"{key}":"user"}}]}}'
    cut = 1 if key == "messages" else 3
    lines[-1] = lines[-1][:-cut] + extra
    source = source_of(BytesIO("\n".join(lines).encode()), "a", "jsonl")
    bad = gathered_chats(source, "jsonl").given.odd.bad
    assert [(one.line, key in one.reason and "twice" in one.reason) for one in bad] == [
        (len(lines), True)
    ]


@given(st.lists(st.tuples(st.integers(0, 3), GOOD), min_size=2, max_size=20), st.integers(0, 3))
def test_a_dialogue_is_on_one_side(rows: list[tuple[int, dict[str, Any]]], seed: int) -> None:
    """The user's first message says which it is; both halves keep their order."""
    given = [
        {"messages": [{"role": "user", "content": str(number)}, *row["messages"][1:]]}
        for number, row in [*rows, (4, LAST), (5, LAST)]
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        path.write_text("".join(f"{line}\n" for line in dumps(given)), encoding="utf-8")
        halves = [
            [json.loads(line) for line in half.read_text(encoding="utf-8").splitlines()]
            for half in halved_chats(path, Path(folder), seed, "a")
        ]
    train, valid = ({row["messages"][0]["content"] for row in half} for half in halves)
    assert train
    assert valid
    assert not train & valid
    assert [row for row in given if row["messages"][0]["content"] in train] == halves[0]
    assert [row for row in given if row["messages"][0]["content"] in valid] == halves[1]


def test_both_sides_of_a_script_are_one_dialogue(tmp_path: Path) -> None:
    scripts = [
        Script(str(n), "", (Line("0", f"您好{n}"), Line("1", "好"), Line("0", "再见")))
        for n in range(10)
    ]
    path = tmp_path / "rows"
    rows = examples(scripts, Rendering(format=Format.CHAT))
    path.write_text("".join(examples_jsonl(rows)), encoding="utf-8")
    train, valid = (
        sorted(
            next(text for text in map(str, range(10)) if f"您好{text}" in line)
            for line in half.read_text(encoding="utf-8").splitlines()
        )
        for half in halved_chats(path, tmp_path, 0, "a")
    )
    assert (len(train), len(valid)) == (16, 4)
    assert not set(train) & set(valid)
    assert train[::2] == train[1::2]
    assert valid[::2] == valid[1::2]
