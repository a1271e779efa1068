"""Streams: framed for the clients of 2022, whole characters only, and ended when nobody listens."""

import json
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from served import (
    LONG,
    NEVER_ENDS,
    PATIENCE_S,
    Server,
    events,
    make_home,
    rows_of,
    serving,
    until,
)

PROMPT = "0: 你好啊\n1:"
LONG_ONE = {"model": "babbage", "prompt": "0:", "max_tokens": LONG - 2, "logit_bias": NEVER_ENDS}
"""Some seconds of writing."""


def streamed(live: Server, **body: Any) -> list[dict[str, Any]]:
    body = {"model": "ada", "prompt": PROMPT, "stream": True, **body}
    with live.http.stream("POST", "/completions", json=body) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["transfer-encoding"] == "chunked"
        return events(answer.iter_lines())


def joined(pieces: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """What the pieces of each choice come to; the last one says why it ended, and only it."""
    found: dict[int, dict[str, Any]] = {}
    for piece in pieces:
        for choice in piece["choices"]:
            one = found.setdefault(choice["index"], {"text": "", "finish_reason": None})
            assert one["finish_reason"] is None
            one["text"] += choice["text"]
            one["finish_reason"] = choice["finish_reason"]
            for name, values in (choice["logprobs"] or {}).items():
                one[name] = (one.get(name) or []) + values if values is not None else None
    assert all(one["finish_reason"] in {"stop", "length"} for one in found.values())
    return found


@pytest.mark.parametrize(
    "asked",
    [
        {"max_tokens": 30},
        {"max_tokens": 30, "n": 3, "echo": True},
        {"max_tokens": 30, "n": 2, "echo": True, "logprobs": 3, "prompt": ["", "0: 一", "熹1"]},
        {"max_tokens": 60, "logprobs": 0, "stop": ["。\n", "来了"]},
        {"max_tokens": 0, "n": 2, "logprobs": 1},
        {"max_tokens": 0, "echo": True, "logprobs": 1},
        {"model": "ngram:4", "max_tokens": 30, "n": 2, "logprobs": 2, "echo": True},
    ],
    ids=["plain", "echo", "logprobs", "stop", "nothing", "prompt", "ngram"],
)
def test_a_stream_comes_to_what_is_not_streamed(live: Server, asked: dict[str, Any]) -> None:
    asked = {"prompt": PROMPT, "seed": 11, **asked}
    pieces = streamed(live, **asked)
    whole = live.complete(**asked)
    assert len({piece["id"] for piece in pieces}) == 1
    assert {piece["object"] for piece in pieces} == {"text_completion"}
    found = joined(pieces)
    assert set(found) == {choice["index"] for choice in whole["choices"]}
    for choice in whole["choices"]:
        ours = found[choice["index"]]
        assert (ours["text"], ours["finish_reason"]) == (choice["text"], choice["finish_reason"])
        for name, values in (choice["logprobs"] or {}).items():
            told = ours.get(name, [])
            if name in {"tokens", "text_offset"}:
                assert told == values
            else:
                assert (told is None) == (values is None)
                assert len(told or ()) == len(values or ())


def test_usage_comes_last_when_it_is_asked_for(live: Server) -> None:
    asked = {"seed": 1, "n": 2, "max_tokens": 9, "prompt": ["0:", "1:"]}
    *pieces, last = streamed(live, **asked, stream_options={"include_usage": True})
    assert all(piece["usage"] is None and piece["choices"] for piece in pieces)
    assert last["choices"] == []
    assert last["usage"] == live.complete(**asked)["usage"]
    assert all("usage" not in piece for piece in streamed(live, **asked))


def test_lines_are_data_or_blank_and_flushed_one_by_one(live: Server, home: Path) -> None:
    body = {"stream": True, **LONG_ONE, "max_tokens": 4000}
    with asked_for(live, body) as connection, connection.makefile("rb") as answer:
        assert answer.readline().startswith(b"HTTP/1.1 200 ")
        while answer.readline() != b"\r\n":
            pass
        blocks = [block(answer)]
        first = json.loads(blocks[0].partition(b"\n")[0].removeprefix(b"data: "))
        # The first is told long before the last is known.
        assert until(lambda: journalled(home, first["id"])) == [(first["id"], None)]
        while blocks[-1]:
            blocks.append(block(answer))
    assert len(blocks) > 50
    assert all(one.endswith(b"\n\n") for one in blocks[:-1])
    raw = b"".join(blocks)
    assert raw.endswith(b"data: [DONE]\n\n")
    for line in raw.decode().split("\n"):
        assert re.fullmatch(r"(data: \{.*\}|data: \[DONE\])?", line)


def journalled(home: Path, identity: str) -> list[tuple[str, str | None]]:
    """A request, once it is in the journal, and the kind of its outcome, when it has one."""
    query = (
        "SELECT r.id, o.kind FROM served_requests r LEFT JOIN served_outcomes o "
        "ON o.id = r.id AND o.place = r.place WHERE r.id = ?"
    )
    return rows_of(home, query, identity)


def block(answer: BinaryIO) -> bytes:
    """What was flushed at once, however much of it there is to be read by now; nothing at the end."""
    content = answer.read(int(answer.readline(), 16))
    assert answer.readline() == b"\r\n"
    return content


@contextmanager
def asked_for(server: Server, body: Mapping[str, Any]) -> Iterator[socket.socket]:
    """A connection on which a completion was asked for, and nothing read yet."""
    sent = server.http.build_request("POST", "/completions", json=body)
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.headers.items())
    with socket.create_connection((sent.url.host, sent.url.port), timeout=PATIENCE_S) as connection:
        connection.sendall(f"POST {sent.url.path} HTTP/1.1\r\n{head}\r\n".encode() + sent.content)
        yield connection


def test_no_character_is_split_and_no_stop_shown_in_part(live: Server) -> None:
    stop = "\n1: 你"
    for seed in range(6):
        asked = {"seed": seed, "max_tokens": 200, "logit_bias": NEVER_ENDS, "stop": stop}
        shown = ""
        for piece in streamed(live, **asked):
            (choice,) = piece["choices"]
            shown += choice["text"]
            json.dumps(choice["text"]).encode()  # no half of a character
            assert stop not in shown
        (whole,) = live.complete(prompt=PROMPT, **asked)["choices"]
        assert shown == whole["text"]


def test_what_is_wrong_is_said_before_a_stream_begins(live: Server) -> None:
    for wrong in (
        {"temperature": 3},
        {"model": "gpt-4"},
        {"max_tokens": 10_000},
        {"best_of": 2},
        {"stream_options": {"include_usage": 5}},
    ):
        answer = live.post(
            "/completions", **{"model": "ada", "prompt": "0:", "stream": True, **wrong}
        )
        assert answer.status_code in {400, 404}
        assert answer.json()["error"]["message"]
    answer = live.post("/completions", model="ada", stream_options={"include_usage": True})
    assert "only allowed when 'stream'" in answer.json()["error"]["message"]


def unanswered(home: Path) -> int:
    """How many prompts the journal has without an outcome."""
    query = "SELECT (SELECT count(*) FROM served_requests) - (SELECT count(*) FROM served_outcomes)"
    return int(rows_of(home, query)[0][0])


@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_goes_frees_its_row(tmp_path: Path, *, stream: bool) -> None:
    home = make_home(tmp_path)
    with serving(home, "--queue", "1") as server:
        server.complete(prompt="0:")
        server.complete(**{**LONG_ONE, "max_tokens": 1})  # opens the model
        began = time.monotonic()
        server.complete(**{**LONG_ONE, "max_tokens": LONG // 2})
        half_s = time.monotonic() - began
        body = {**LONG_ONE, "stream": stream}
        if stream:
            with server.http.stream("POST", "/completions", json=body) as answer:
                lines = answer.iter_lines()
                next(lines)
                busy = server.post("/completions", model="ada", prompt="0:")
                assert busy.status_code == 429
                assert busy.headers["retry-after"] == "1"
                assert busy.json()["error"]["code"] == "rate_limit_exceeded"
        else:
            with asked_for(server, body):
                until(lambda: unanswered(home))
        free = lambda: server.post("/completions", model="ada", prompt="0:").status_code == 200  # noqa: E731
        until(free, patience=2 * half_s)  # before the answer would have been written
        assert unanswered(home) == 1


def test_a_question_and_its_answer_are_in_the_journal_before_they_are_told(
    live: Server, home: Path
) -> None:
    reply = live.complete(prompt=["0: 一", "0: 二"], seed=3, n=2)
    query = (
        "SELECT r.place, r.endpoint, r.model, r.body, o.kind, o.body FROM served_requests r "
        "JOIN served_outcomes o ON o.id = r.id AND o.place = r.place WHERE r.id = ? ORDER BY r.place"
    )
    rows = rows_of(home, query, reply["id"])
    assert [row[:3] for row in rows] == [(place, "completions", "local:ada") for place in (0, 1)]
    asked, answered = json.loads(rows[1][3]), json.loads(rows[1][5])
    assert asked["prompt"]["text"] == "0: 二"
    assert asked["sampling"]["seed"] == 3
    texts = [choice["text"] for choice in reply["choices"]]
    assert [completion["text"] for completion in answered["completions"]] == texts[2:]


def test_without_a_journal_nothing_is_kept(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with serving(home, "--no-journal") as server:
        server.complete(prompt="0:")
        assert rows_of(home, "SELECT count(*) FROM served_requests") == [(0,)]
