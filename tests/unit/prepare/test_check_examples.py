"""A training file is looked through to its end, and every line at fault is named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import TURNS, rows
from xiangsheng.core.example import Message
from xiangsheng.prepare.rows import check_examples

CHAT = {"messages": [{"role": "user", "content": "谁？"}, {"role": "assistant", "content": "我。"}]}


def line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{\n", "line contains invalid json: Expecting property name"),
        ('{"prompt": "a", "completion": "b"} x\n', "line contains invalid json: Extra data"),
        ("[]\n", "a row must be an object in braces"),
        (line({"prompt": "a"}), "a row with prompt is no example"),
        (line({"prompt": "a", "completion": 1}), "a row with completion, prompt is no example"),
        (line({"prompt": "a", "completion": ""}), "the completion is empty"),
        (line({"text": "a"}), "a row with text is no example"),
        (line({"messages": []}), "a row with messages is no example"),
        (line({"messages": [{"role": "clown", "content": "a"}]}), "not a chat message: "),
        (line({"messages": [{"role": "user", "content": "a"}]}), "no message of an assistant"),
        (line(CHAT), "chat messages and prompts are mixed in one file"),
        ('{"prompt": "\\ud800", "completion": "a"}\n', "line contains invalid json: a \\u escape"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(wrong: str, said: str) -> None:
    good = line({"prompt": "0: 谁？\n1:", "completion": " 我。\n"})
    examples, faults = check_examples(good + "\n" + wrong + good, "data.jsonl", 20)
    assert len(examples) == 2
    (fault,) = faults
    assert (fault.line, fault.example) == (3, 2)
    assert str(fault).startswith(f"Invalid file format. Example 2 cannot be parsed. Error: {said}")
    assert str(fault).endswith(" (line 3)")


def test_chats_are_examples_too() -> None:
    ((example,), faults) = check_examples(line(CHAT), "data.jsonl", 20)
    assert not faults
    assert example.messages == (Message("user", "谁？"), Message("assistant", "我。", trained=True))


def test_only_so_many_are_told_of() -> None:
    examples, faults = check_examples("{\n" * 9 + rows(), "data.jsonl", 3)
    assert [fault.line for fault in faults] == [1, 2, 3]
    assert examples == []


def test_an_empty_prompt_is_a_prompt() -> None:
    ((example,), faults) = check_examples(line({"prompt": "", "completion": "a"}), "x", 1)
    assert not faults
    assert (example.prompt, example.completion) == ("", "a")


@given(st.text())
def test_any_text_gives_examples_or_faults(text: str) -> None:
    text = rows(TURNS[:1]) + text.encode("utf-8", "ignore").decode()
    examples, faults = check_examples(text, "data.jsonl", 20)
    assert examples
    assert all(f"(line {fault.line})" in str(fault) for fault in faults)
