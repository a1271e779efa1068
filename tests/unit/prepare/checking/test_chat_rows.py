"""What is wrong in one row of messages, and where."""

import json
from typing import Any

import pytest

from xiangsheng.prepare.checking.chat_rows import faults_of

SYSTEM = {"role": "system", "content": "对口相声"}
USER = {"role": "user", "content": "您好"}
ASSISTANT = {"role": "assistant", "content": "好"}
SILENT = {**ASSISTANT, "weight": 0}


def told(*messages: Any) -> list[str]:
    return [
        f"{fault.rule} {fault.place}: {fault.reason}: {fault.text}"
        for fault in faults_of({"messages": list(messages)})
    ]


@pytest.mark.parametrize(
    "messages",
    [
        (USER, ASSISTANT),
        (SYSTEM, USER, ASSISTANT),
        (SYSTEM, ASSISTANT),
        (SYSTEM, ASSISTANT, USER),
        (USER, ASSISTANT, USER),
        (USER, SILENT, USER, ASSISTANT),
        (USER, {**ASSISTANT, "weight": 1}),
        (USER, {**ASSISTANT, "name": "甲"}),
    ],
)
def test_nothing_is_wrong(messages: tuple[Any, ...]) -> None:
    assert told(*messages) == []


ANOTHER = "messages[1].role: is a role of other services; there are system, user and assistant"


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ((), ["messages messages: is empty: []"]),
        ((7,), ["messages messages[0]: is a number, not an object: 7"]),
        ((USER, None), ["messages messages[1]: is null, not an object: null"]),
        ((USER, ["好"]), ['messages messages[1]: is a list, not an object: ["好"]']),
        ((USER, {"content": "好"}), ['role messages[1].role: is not there: {"content": "好"}']),
        ((USER, {**ASSISTANT, "role": 1}), ["role messages[1].role: is a number, not a text: 1"]),
        ((USER, {**ASSISTANT, "role": None}), ["role messages[1].role: is null, not a text: null"]),
        ((USER, {**ASSISTANT, "role": "tool"}), [f'role {ANOTHER}: "tool"']),
        ((USER, {**ASSISTANT, "role": "function"}), [f'role {ANOTHER}: "function"']),
        ((USER, {**USER, "role": "developer"}, ASSISTANT), [f'role {ANOTHER}: "developer"']),
        (
            (USER, {**ASSISTANT, "role": "Assistant "}),
            ['role messages[1].role: is not written as assistant: "Assistant "'],
        ),
        (
            (USER, {**ASSISTANT, "role": "gpt"}),
            ['role messages[1].role: is none of system, user and assistant: "gpt"'],
        ),
        (
            (USER, {"role": "assistant"}),
            ['content messages[1].content: is not there: {"role": "assistant"}'],
        ),
        (
            (USER, {**ASSISTANT, "content": None}),
            ["content messages[1].content: is null, not a text: null"],
        ),
        (
            (USER, {**ASSISTANT, "content": [{"type": "text", "text": "好"}]}),
            [
                (
                    "content messages[1].content: is a list, not a text: "
                    '[{"type": "text", "text": "好"}]'
                )
            ],
        ),
        (
            (USER, {**ASSISTANT, "content": True}),
            ["content messages[1].content: is a truth value, not a text: true"],
        ),
        (
            ({**USER, "content": {}}, ASSISTANT),
            ["content messages[0].content: is an object, not a text: {}"],
        ),
        ((USER, {**ASSISTANT, "content": ""}), ['content messages[1].content: says nothing: ""']),
        (
            (USER, {**ASSISTANT, "content": " \n\u3000"}),
            ['content messages[1].content: says nothing: " \\n\u3000"'],
        ),
        (
            (USER, {**ASSISTANT, "weight": 0.5}, USER, ASSISTANT),
            ["weight messages[1].weight: is neither 0 nor 1: 0.5"],
        ),
        (
            (USER, {**ASSISTANT, "weight": 1.0}),
            ["weight messages[1].weight: is neither 0 nor 1: 1.0"],
        ),
        (
            (USER, {**ASSISTANT, "weight": True}),
            ["weight messages[1].weight: is neither 0 nor 1: true"],
        ),
        (
            (USER, {**ASSISTANT, "weight": None}),
            ["weight messages[1].weight: is neither 0 nor 1: null"],
        ),
        (
            (USER, {**ASSISTANT, "weight": "1"}),
            ['weight messages[1].weight: is neither 0 nor 1: "1"'],
        ),
        (
            (USER, {**ASSISTANT, "weight": -1}),
            ["weight messages[1].weight: is neither 0 nor 1: -1"],
        ),
        (
            ({**USER, "weight": 0}, ASSISTANT),
            ["weight messages[0].weight: has no meaning for the user: 0"],
        ),
        (
            ({**SYSTEM, "weight": 1}, USER, ASSISTANT),
            ["weight messages[0].weight: has no meaning for the system: 1"],
        ),
        (
            (USER, SYSTEM, ASSISTANT),
            ['system messages[1].role: stands behind others: "system"'],
        ),
        (
            (SYSTEM, SYSTEM, USER, ASSISTANT),
            ['system messages[1].role: stands behind others: "system"'],
        ),
        (
            (ASSISTANT, USER),
            [
                (
                    "first_speaker messages[0].role: speaks first, and no system message stands "
                    'before it: "assistant"'
                )
            ],
        ),
        (
            (USER, USER, ASSISTANT, ASSISTANT),
            ['order messages[1].role: speaks again; user and assistant take turns: "user"'],
        ),
        (
            (SYSTEM, USER, ASSISTANT, ASSISTANT),
            ['order messages[3].role: speaks again; user and assistant take turns: "assistant"'],
        ),
        (
            (USER, SYSTEM, USER, ASSISTANT),
            [
                'system messages[1].role: stands behind others: "system"',
                'order messages[2].role: speaks again; user and assistant take turns: "user"',
            ],
        ),
        (
            (USER,),
            ['nothing_trained messages: have no assistant: [{"role": "user", "content": "您好"}]'],
        ),
        (
            (USER, SILENT, USER, SILENT),
            ["nothing_trained messages[3].weight: is that of every message of the assistant: 0"],
        ),
    ],
)
def test_what_is_wrong_has_its_place_and_its_reason(
    messages: tuple[Any, ...], expected: list[str]
) -> None:
    assert told(*messages) == expected


def test_every_rule_speaks_once_and_the_others_too() -> None:
    bad = [{"role": "User", "content": ""}, {"role": "bot", "content": "", "weight": 2}, 3, 4]
    assert [(fault.rule, fault.place) for fault in faults_of({"messages": bad})] == [
        ("role", "messages[0].role"),
        ("content", "messages[0].content"),
        ("weight", "messages[1].weight"),
        ("messages", "messages[2]"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({}, "is not there"),
        ({"text": "好"}, "is not there"),
        ({"messages": None}, "is null, not a list"),
        ({"messages": "好"}, "is a text, not a list"),
        ({"messages": {"role": "user"}}, "is an object, not a list"),
    ],
)
def test_a_row_without_a_list_of_messages(row: dict[str, Any], reason: str) -> None:
    (fault,) = faults_of(row)
    assert (fault.rule, fault.place, fault.reason) == ("messages", "messages", reason)


def test_a_long_text_is_cut() -> None:
    (fault,) = faults_of({"messages": [USER, {**ASSISTANT, "role": "好" * 1000}]})
    assert fault.text == json.dumps("好" * 1000, ensure_ascii=False)[:60] + "…"
