"""Chats, for models that were tuned on messages."""

from typing import Any

from served import CHAT, CONTEXT, NEVER_ENDS, TUNED, Server, events, good
from tiny_networks import TOKENIZER

MESSAGES = [
    {"role": "system", "content": "对口相声"},
    {"role": "user", "content": "您听说过吗？"},
]


def chat(live: Server, **body: Any) -> dict[str, Any]:
    return good(live.post("/chat/completions", **{"model": CHAT, "messages": MESSAGES, **body}))


def test_an_answer_is_a_message(live: Server) -> None:
    reply = chat(live, n=2, max_tokens=9, seed=4, logit_bias=NEVER_ENDS)
    assert reply["object"] == "chat.completion"
    assert [choice["index"] for choice in reply["choices"]] == [0, 1]
    for choice in reply["choices"]:
        assert choice["message"]["role"] == "assistant"
        assert choice["message"]["content"]
        assert choice["finish_reason"] == "length"
        assert choice["logprobs"] is None
    # <|endoftext|> is not counted; each message has its role before it and an end behind it.
    written = sum(len(TOKENIZER.encode(message["content"])) + 2 for message in MESSAGES)
    assert reply["usage"]["prompt_tokens"] == written + 1
    assert reply["usage"]["completion_tokens"] == 18
    assert (
        chat(live, n=2, max_tokens=9, seed=4, logit_bias=NEVER_ENDS)["choices"] == reply["choices"]
    )


def test_parts_of_text_and_todays_roles_are_taken(live: Server) -> None:
    parts = [
        {
            "role": "developer",
            "content": [{"type": "text", "text": "对口"}, {"type": "text", "text": "相声"}],
        },
        MESSAGES[1],
    ]
    asked = {"max_completion_tokens": 9, "seed": 4}
    assert chat(live, messages=parts, **asked)["choices"] == chat(live, **asked)["choices"]


def test_logprobs_have_the_shape_of_chats(live: Server) -> None:
    (choice,) = chat(live, max_tokens=9, seed=4, logprobs=True, top_logprobs=7)["choices"]
    told = choice["logprobs"]["content"]
    assert "".join(token["token"] for token in told) == choice["message"]["content"]
    for token in told:
        assert bytes(token["bytes"]).decode() == token["token"]
        assert len(token["top_logprobs"]) == 7
    assert choice["logprobs"]["refusal"] is None
    (choice,) = chat(live, max_tokens=9, logprobs=True)["choices"]
    assert all(token["top_logprobs"] == [] for token in choice["logprobs"]["content"])


def test_a_stream_says_who_speaks_and_then_what(live: Server) -> None:
    asked = {"n": 2, "max_tokens": 20, "seed": 4, "logprobs": True, "top_logprobs": 2}
    body = {"model": CHAT, "messages": MESSAGES, "stream": True, **asked}
    body["stream_options"] = {"include_usage": True}
    with live.http.stream("POST", "/chat/completions", json=body) as answer:
        *pieces, last = events(answer.iter_lines())
    assert {piece["object"] for piece in pieces} == {"chat.completion.chunk"}
    whole = chat(live, **asked)
    assert last["usage"] == whole["usage"]
    for choice in whole["choices"]:
        own = [c for piece in pieces for c in piece["choices"] if c["index"] == choice["index"]]
        assert own[0]["delta"]["role"] == "assistant"
        assert "".join(c["delta"].get("content", "") for c in own) == choice["message"]["content"]
        assert [c["finish_reason"] for c in own] == [None] * (len(own) - 1) + [
            choice["finish_reason"]
        ]
        told = [t["token"] for c in own if c["logprobs"] for t in c["logprobs"]["content"]]
        assert told == [token["token"] for token in choice["logprobs"]["content"]]


def test_an_answer_may_fill_the_context(live: Server) -> None:
    reply = chat(live, logit_bias=NEVER_ENDS)
    assert reply["usage"]["total_tokens"] == CONTEXT
    long = [{"role": "user", "content": "啊" * CONTEXT}]
    refused = live.post("/chat/completions", model=CHAT, messages=long)
    assert refused.json()["error"]["code"] == "context_length_exceeded"


def test_each_kind_of_model_has_its_own_endpoint(live: Server) -> None:
    for model in (TUNED, "ada", "ngram:5"):
        refused = live.post("/chat/completions", model=model, messages=MESSAGES)
        assert refused.status_code == 404
        assert "not a chat model" in refused.json()["error"]["message"]
    refused = live.post("/completions", model=CHAT, prompt="0:")
    assert refused.status_code == 404
    assert "Did you mean to use v1/chat/completions?" in refused.json()["error"]["message"]


def test_what_these_models_cannot_do_is_refused_by_name(live: Server) -> None:
    for name, value in {
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "functions": [{"name": "f"}],
        "audio": {"voice": "x", "format": "wav"},
        "response_format": {"type": "json_object"},
        "modalities": ["audio"],
        "max_tokens": 0,
        "top_logprobs": 2,
        "n": 0,
        "messages": [],
    }.items():
        body = {"model": CHAT, "messages": MESSAGES, name: value}
        error = live.post("/chat/completions", **body).json()["error"]
        assert name in error["message"]
        assert (error["param"] or name).startswith(name)
    for message in (
        {"role": "tool", "content": "x", "tool_call_id": "1"},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x"}}]},
        {"role": "user"},
    ):
        assert live.post("/chat/completions", model=CHAT, messages=[message]).status_code == 400
