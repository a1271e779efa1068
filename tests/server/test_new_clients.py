"""Today's client, which checks every answer strictly, and the last one with a command line."""

import json

import pytest

from clients import Client
from served import CHAT, KEY, TUNED, Server

MODEL, CHATS = TUNED.removeprefix("local:"), CHAT.removeprefix("local:")
SCRIPT = """
import json, sys, openai
client = openai.OpenAI(_strict_response_validation=True, max_retries=0)
out, (model, chats) = {}, sys.argv[1:]
asked = dict(model=model, prompt="0: 你好\\n1:", max_tokens=12, seed=3)
def failed(call, **asked):
    try:
        call(**asked)
    except openai.APIStatusError as problem:
        return [type(problem).__name__, problem.status_code, problem.param, problem.code, bool(problem.request_id)]
    return None
reply = client.completions.create(**asked, n=2, best_of=4, logprobs=2)
out["texts"] = [choice.text for choice in reply.choices]
out["tokens"] = ["".join(choice.logprobs.tokens) for choice in reply.choices]
out["usage"] = reply.usage.total_tokens
out["request"] = bool(reply._request_id)
# Its type has no null as the reason of a piece that is not the last, which the API itself sends.
lax = openai.OpenAI(max_retries=0)
pieces = list(lax.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
out["streamed"] = "".join(choice.text for piece in pieces for choice in piece.choices)
out["streamed_usage"] = pieces[-1].usage.total_tokens
talk = dict(model=chats, messages=[{"role": "user", "content": "您好"}], max_tokens=12, seed=3)
chat = client.chat.completions.create(**talk, n=2, logprobs=True, top_logprobs=3)
out["said"] = [choice.message.content for choice in chat.choices]
out["told"] = ["".join(t.token for t in choice.logprobs.content) for choice in chat.choices]
pieces = list(client.chat.completions.create(**talk, stream=True, logprobs=True))
out["said_streamed"] = "".join(choice.delta.content or "" for piece in pieces for choice in piece.choices)
with client.chat.completions.with_streaming_response.create(**talk) as raw:
    out["kind"] = raw.headers["content-type"]
out["models"] = [one.id for one in client.models.list()]
out["model"] = client.models.retrieve(model).id
create = client.completions.create
out["missing"] = failed(create, model="gpt-4", prompt="0:")
out["many"] = failed(create, model=model, prompt="0:", n=1000)
out["kinds"] = failed(client.chat.completions.create, **{**talk, "model": model})
out["tools"] = failed(client.chat.completions.create, **talk, tools=[{"type": "function", "function": {"name": "f"}}])
client.api_key = "sk-wrong"
out["key"] = failed(create, model=model, prompt="0:")
print(json.dumps(out))
"""


def test_the_newest_client_finds_nothing_amiss(live: Server) -> None:
    client = Client("openai-3.54", live.url, KEY)
    out = json.loads(client.script(SCRIPT, MODEL, CHATS))
    asked = {"model": MODEL, "prompt": "0: 你好\n1:", "max_tokens": 12, "seed": 3}
    best = live.complete(**asked, n=2, best_of=4)
    assert out["texts"] == out["tokens"] == [choice["text"] for choice in best["choices"]]
    assert out["usage"] == best["usage"]["total_tokens"]
    assert out["request"]
    alone = live.complete(**asked)
    assert out["streamed"] == alone["choices"][0]["text"]
    assert out["streamed_usage"] == alone["usage"]["total_tokens"]
    assert out["said"] == out["told"]
    assert out["said_streamed"] == out["said"][0]
    assert out["kind"] == "application/json"
    assert out["model"] == MODEL
    assert {MODEL, CHATS, "ada", "ngram:5"} <= set(out["models"])
    assert out["missing"] == ["NotFoundError", 404, "model", "model_not_found", True]
    assert out["many"] == ["BadRequestError", 400, "n", "integer_above_max_value", True]
    assert out["kinds"][:3] == ["NotFoundError", 404, "model"]
    assert out["tools"][:3] == ["BadRequestError", 400, "tools"]
    assert out["key"] == ["AuthenticationError", 401, None, "invalid_api_key", True]


@pytest.fixture(scope="module")
def last(live: Server) -> Client:
    """The last client with a command line."""
    return Client("openai-2.34", live.url, KEY)


def test_the_last_command_line(last: Client, live: Server) -> None:
    asked = ("-m", MODEL, "-p", "0: 你好", "-t", "0", "-M", "12")
    (choice,) = live.complete(model=MODEL, prompt="0: 你好", temperature=0, max_tokens=12)[
        "choices"
    ]
    done = last.command("api", "completions.create", *asked)
    assert (done.returncode, done.stdout.strip()) == (0, choice["text"].strip())
    streamed = last.command("api", "completions.create", *asked, "--stream")
    assert (streamed.returncode, streamed.stdout.strip()) == (0, choice["text"].strip())
    said = last.command(
        *("api", "chat.completions.create", "-m", CHATS, "-g", "user", "您好", "-M", "8", "-n", "2")
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.count("===== Chat Completion") == 2
    assert MODEL in last.command("api", "models.list").stdout
    assert json.loads(last.command("api", "models.retrieve", "-i", MODEL).stdout)["id"] == MODEL
    wrong = last.command("api", "completions.create", "-m", "gpt-4", "-p", "0:")
    assert wrong.returncode == 1
    assert "The model 'gpt-4' does not exist" in wrong.stderr


def test_the_library_of_the_last_command_line(last: Client) -> None:
    out = json.loads(last.script(SCRIPT, MODEL, CHATS))
    assert out["texts"] == out["tokens"]
    assert out["key"][1] == 401
