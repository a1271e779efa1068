"""Findings about files of messages."""

import json
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest

from support import ROOT
from xiangsheng.prepare.checking import chat_survey
from xiangsheng.prepare.checking.chat_gathering import gathered_chats, is_chat
from xiangsheng.prepare.checking.chat_rules import chat_findings
from xiangsheng.prepare.checking.finding import Finding, Level
from xiangsheng.prepare.checking.sources import Source, source_of

CHECKS = ROOT / "src" / "xiangsheng" / "prepare" / "checking"
ROLES = {"s": "system", "u": "user", "a": "assistant"}


def chat(*said: str) -> dict[str, Any]:
    """`u您好` is what the user says; `0` behind the role's letter is a weight."""
    messages = []
    for text in said:
        message: dict[str, Any] = {"role": ROLES[text[0]], "content": text[1:].lstrip("0")}
        if text[1] == "0":
            message["weight"] = 0
        messages.append(message)
    return {"messages": messages}


def source(rows: Sequence[Any], extension: str = "jsonl") -> Source:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return source_of(BytesIO(text.encode()), f"a.{extension}", extension)


def told(rows: Sequence[Any], *, skip_bad: bool = False) -> dict[str, Finding]:
    findings = chat_findings(gathered_chats(source(rows), "jsonl", skip_bad=skip_bad))
    assert len({finding.rule for finding in findings}) == len(findings)
    return {finding.rule: finding for finding in findings}


GOOD = [chat("u您好", f"a好{n}", "u再见", f"a走{n}") for n in range(3)]


def test_rows_that_are_well_are_only_few() -> None:
    rows = [chat(f"u您好{n}", f"a好{n}") for n in range(200)]
    assert list(told(rows)) == ["num_examples"]
    assert told(rows)["num_examples"].message.en == "200 examples"
    assert "have at least 200" in told(rows[1:])["num_examples"].message.en


def test_bad_rows_are_fatal_and_the_rest_is_still_checked() -> None:
    rows = [*GOOD, chat("u您好"), GOOD[0], 7, chat("u好", "u好", "a好")]
    found = told(rows)
    assert {rule: (one.level, one.rows) for rule, one in found.items() if one.rows} == {
        "bad_line": (Level.FATAL, (6,)),
        "order": (Level.FATAL, (7,)),
        "nothing_trained": (Level.FATAL, (4,)),
        "duplicated_rows": (Level.OPTIONAL, (5,)),
        "conflicts": (Level.INFO, (2, 3)),
    }
    assert found["order"].example.startswith("7:messages[1].role: speaks again")
    skipped = told(rows, skip_bad=True)
    assert {skipped[rule].level for rule in ("bad_line", "order", "nothing_trained")} == {
        Level.NECESSARY
    }
    assert skipped["num_examples"].message.en.startswith("4 examples")


def test_a_file_of_which_no_row_is_left_is_fatal() -> None:
    found = told([chat("u您好")], skip_bad=True)
    assert found["no_rows"].level is Level.FATAL
    assert told([])["no_rows"].level is Level.FATAL


def test_rows_of_two_formats_are_fatal_whatever_is_skipped() -> None:
    pair = {"prompt": "0:您好\n1:", "Completion": " 好\n"}
    found = told([*GOOD, pair, {"Prompt": ""}], skip_bad=True)["mixed_formats"]
    assert (found.level, found.count, found.rows) == (Level.FATAL, 2, (4, 5))
    assert "grep -v" in found.message.en
    only = told([pair])["mixed_formats"]
    assert only.message.en.endswith("leave out --profile chat")
    both = told([{**pair, **GOOD[0]}])
    assert "mixed_formats" not in both
    assert both["unknown_keys"].message.en.endswith("prompt, Completion")


def test_keys_that_nothing_reads_are_named() -> None:
    row = chat("u您好", "a好")
    row["messages"][1] |= {"name": "乙", "tool_calls": []}
    found = told([*GOOD, {**row, "id": 1, "tools": []}])["unknown_keys"]
    assert (found.level, found.rows) == (Level.NECESSARY, (4,))
    assert found.does
    assert found.does.en == "remove id, tools, messages[].name, messages[].tool_calls"


def test_a_weight_of_one_says_what_none_says() -> None:
    explicit = chat("u您好", "a好")
    explicit["messages"][1]["weight"] = 1
    assert told([chat("u您好", "a好"), explicit])["duplicated_rows"].rows == (2,)
    silent = [chat("u您好", "a0好", "u再见", "a走"), chat("u您好", "a好", "u再见", "a走")]
    assert "duplicated_rows" not in told(silent)


def test_the_same_conversation_with_another_answer() -> None:
    rows = [
        chat("u您好", "a好"),
        chat("u您好", "a好", "u再见", "a走好"),
        chat("u您好", "a不好"),
        chat("u您好", "a好", "u再见", "a慢走"),
        chat("u您好", "a0不好", "u再见", "a走"),
        chat("s对口相声", "u您好", "a很好"),
    ]
    found = told(rows)["conflicts"]
    assert (found.rows, found.beside, found.level) == ((3, 4), ("1", "2"), Level.INFO)


def test_what_nobody_asked_has_no_second_answer() -> None:
    """Every untitled script that the assistant begins has the same system message before it."""
    assert "conflicts" not in told([chat("s对口相声", "a您好"), chat("s对口相声", "a来了")])


def test_only_so_many_answers_are_compared_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chat_survey, "MOST_ANSWERS", 2)
    monkeypatch.setattr("xiangsheng.prepare.checking.chat_rules.MOST_ANSWERS", 2)
    rows = [chat("u您好", "a好"), chat("u您好", "a不好"), chat("u您好", "a很好")]
    found = told(rows)["conflicts"]
    assert found.rows == (2,)
    assert "of the first 2 answers" in found.message.en


def test_a_user_who_speaks_last_is_told_unless_the_same_is_there_the_other_way_round() -> None:
    one = chat("u您好", "a好", "u再见")
    other = chat("s对口相声", "a您好", "u好", "a再见")
    assert told([one])["last_speaker"].rows == (1,)
    assert "last_speaker" not in told([one, other])
    assert told([one, chat("u您好", "a好", "u走")])["last_speaker"].rows == (1, 2)
    assert told([one, one])["last_speaker"].rows == (1, 2)


def test_repeats_are_found_a_part_of_all_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_survey, "_AT_ONCE", 2)
    rows = [chat("u您好", f"a好{n % 5}") for n in range(12)]
    assert told(rows)["duplicated_rows"].rows == tuple(range(6, 13))


@pytest.mark.parametrize(
    ("rows", "is_one"),
    [
        (GOOD, True),
        ([7, *GOOD], True),
        ([{"messages": 1}], True),
        ([{"prompt": "", "completion": ""}, *GOOD], False),
        ([{"prompt": "", "completion": "", "messages": []}], False),
        ([{"text": ""}], False),
        ([], False),
    ],
)
def test_a_file_of_messages_is_known_by_its_first_row(rows: list[Any], is_one: bool) -> None:  # noqa: FBT001
    assert is_chat(source(rows)) == is_one
    assert is_chat(source_of(BytesIO(json.dumps(rows, indent=1).encode()), "a", "json")) == is_one


def test_the_page_has_every_rule() -> None:
    page = (ROOT / "docs" / "reference" / "prepare-chat.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", page, re.MULTILINE))
    rules = {rule for cell in named for rule in re.findall("[a-z_]+", cell)}
    code = "".join(path.read_text(encoding="utf-8") for path in CHECKS.glob("chat_r*.py"))
    spoken = set(re.findall(r'(?:Finding|Fault)\(\s*"([a-z_]+)"', code))
    assert rules == {*spoken, "bad_line", "num_examples", "read_any_format", "encoding"}


def test_a_table_has_no_messages() -> None:
    table = source_of(BytesIO(b"messages\n[]\n"), "a.csv", "csv")
    assert not is_chat(table)
    found = chat_findings(gathered_chats(table, "csv"))
    assert any(one.rule == "messages" and "is a text" in one.example for one in found)
