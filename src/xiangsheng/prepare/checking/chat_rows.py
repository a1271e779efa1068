"""One row of messages: what is wrong in it, place by place."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from xiangsheng.prepare.checking.reading import shown_json

ROLES = ("system", "user", "assistant")
KEYS = ("role", "content", "weight")
_OTHERS = {"developer", "tool", "function"}


@dataclass(frozen=True, slots=True)
class Chat:
    """A row without a fault. `messages` have known keys only; `row` is as it stood in the file, and
    `place` counts such rows from 0.
    """

    line: int
    place: int
    messages: Sequence[Mapping[str, Any]]
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """`place` is within the row, such as `messages[3].role`; `text` is what stands there."""

    rule: str
    place: str
    text: str
    reason: str


def is_trained(message: Mapping[str, Any]) -> bool:
    return bool(message["role"] == "assistant" and message.get("weight", 1))


def faults_of(row: Mapping[str, Any]) -> list[Fault]:
    """The first of each rule. A conversation that the assistant opens is well behind a system
    message, and so is one that the user ends: our own rendering makes each speaker the assistant
    in turn.
    """
    first: dict[str, Fault] = {}
    for fault in _faults(row):
        first.setdefault(fault.rule, fault)
    return list(first.values())


def _faults(row: Mapping[str, Any]) -> Iterator[Fault]:
    messages = row.get("messages")
    if not isinstance(messages, list):
        there = "messages" in row
        reason = f"is {_kind(messages)}, not a list" if there else "is not there"
        yield Fault("messages", "messages", shown_json(messages if there else row), reason)
    elif not messages:
        yield Fault("messages", "messages", "[]", "is empty")
    else:
        for number, message in enumerate(messages):
            yield from _of_message(message, f"messages[{number}]")
        if all(isinstance(message, dict) and _known(message.get("role")) for message in messages):
            yield from _of_order([message["role"] for message in messages])
            yield from _of_training(messages)


def _of_message(message: Any, place: str) -> Iterator[Fault]:
    if not isinstance(message, dict):
        yield Fault("messages", place, shown_json(message), f"is {_kind(message)}, not an object")
        return
    role = message.get("role")
    if not _known(role):
        text = shown_json(role if "role" in message else message)
        yield Fault("role", f"{place}.role", text, _unknown(message))
    content = message.get("content")
    if "content" not in message:
        yield Fault("content", f"{place}.content", shown_json(message), "is not there")
    elif not isinstance(content, str):
        reason = f"is {_kind(content)}, not a text"
        yield Fault("content", f"{place}.content", shown_json(content), reason)
    elif not content.strip():
        yield Fault("content", f"{place}.content", shown_json(content), "says nothing")
    if "weight" in message:
        weight = message["weight"]
        text = shown_json(weight)
        if type(weight) is not int or weight not in {0, 1}:
            yield Fault("weight", f"{place}.weight", text, "is neither 0 nor 1")
        elif _known(role) and role != "assistant":
            yield Fault("weight", f"{place}.weight", text, f"has no meaning for the {role}")


def _unknown(message: Mapping[str, Any]) -> str:
    """What is wrong with a role."""
    role = message.get("role")
    if "role" not in message:
        return "is not there"
    if not isinstance(role, str):
        return f"is {_kind(role)}, not a text"
    if role in _OTHERS:
        return "is a role of other services; there are system, user and assistant"
    if role.strip().lower() in ROLES:
        return f"is not written as {role.strip().lower()}"
    return "is none of system, user and assistant"


def _of_order(roles: Sequence[str]) -> Iterator[Fault]:
    speakers = [(number, role) for number, role in enumerate(roles) if role != "system"]
    for number, role in enumerate(roles):
        if number and role == "system":
            yield Fault("system", f"messages[{number}].role", f'"{role}"', "stands behind others")
    if roles[0] == "assistant":
        reason = "speaks first, and no system message stands before it"
        yield Fault("first_speaker", "messages[0].role", '"assistant"', reason)
    for (_, before), (number, role) in pairwise(speakers):
        if role == before:
            reason = "speaks again; user and assistant take turns"
            yield Fault("order", f"messages[{number}].role", f'"{role}"', reason)


def _of_training(messages: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    weights = [
        (number, message.get("weight", 1))
        for number, message in enumerate(messages)
        if message["role"] == "assistant"
    ]
    if not weights:
        yield Fault("nothing_trained", "messages", shown_json(messages), "have no assistant")
    elif all(type(weight) is int and weight == 0 for _, weight in weights):
        place = f"messages[{weights[-1][0]}].weight"
        yield Fault("nothing_trained", place, "0", "is that of every message of the assistant")


def _known(role: Any) -> bool:
    return isinstance(role, str) and role in ROLES


def _kind(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
    return "an object"
