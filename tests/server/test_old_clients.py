"""The official client of 2022 and its command line, unmodified, with two environment variables."""

import json

import pytest

from clients import Client
from served import KEY, TUNED, Server

MODEL = TUNED.removeprefix("local:")
SCRIPT = """
import json, sys, openai
from openai import error
out = {}
def failed(call, **asked):
    try:
        call(**asked)
    except error.OpenAIError as problem:
        code = getattr(problem, "code", None)
        return [type(problem).__name__, problem.http_status, problem.user_message, problem.param if hasattr(problem, "param") else None, code]
    return None
create = openai.Completion.create
model, asked = sys.argv[1], dict(prompt="0: 你好\\n1:", max_tokens=12, seed=3)
out["n"] = [c["text"] for c in create(model=model, n=3, **asked)["choices"]]
out["engine"] = [c["text"] for c in create(engine=model, n=3, **asked)["choices"]]
out["best_of"] = len(create(model=model, best_of=5, n=2, **asked)["choices"])
out["echo"] = create(model=model, echo=True, logprobs=3, **asked)["choices"][0]
pieces = [c["choices"][0] for c in create(model=model, stream=True, **asked)]
out["stream"] = ["".join(p["text"] for p in pieces), pieces[-1]["finish_reason"]]
out["models"] = [m["id"] for m in openai.Model.list()["data"]]
out["model"] = openai.Model.retrieve(model)["id"]
out["engines"] = [m["id"] for m in openai.Engine.list()["data"]]
out["missing"] = failed(create, model="gpt-4", prompt="0:")
out["hot"] = failed(create, model=model, prompt="0:", temperature=3)
out["stops"] = failed(create, model=model, prompt="0:", stop=list("abcde"))
out["long"] = failed(create, model=model, prompt="啊" * 300)
out["suffix"] = failed(create, model=model, prompt="0:", suffix="x")
out["key"] = failed(create, model=model, prompt="0:", api_key="sk-wrong")
print(json.dumps(out))
"""


@pytest.fixture(scope="module")
def old(live: Server) -> Client:
    return Client("openai-0.28", live.url, KEY)


def test_the_library_of_2022(old: Client, live: Server) -> None:
    out = json.loads(old.script(SCRIPT, MODEL))
    asked = {"model": MODEL, "prompt": "0: 你好\n1:", "max_tokens": 12, "seed": 3}
    texts = [choice["text"] for choice in live.complete(**asked, n=3)["choices"]]
    assert out["n"] == out["engine"] == texts
    assert out["best_of"] == 2
    echo = out["echo"]
    assert "".join(echo["logprobs"]["tokens"]) == echo["text"] == "0: 你好\n1:" + texts[0]
    assert echo["logprobs"]["token_logprobs"][0] is None
    assert out["stream"] == [texts[0], live.complete(**asked)["choices"][0]["finish_reason"]]
    assert MODEL in out["models"]
    assert out["models"] == out["engines"]
    assert out["model"] == MODEL
    invalid = "InvalidRequestError"
    assert out["missing"] == [
        *(invalid, 404, "The model 'gpt-4' does not exist"),
        *("model", "model_not_found"),
    ]
    assert out["hot"] == [
        *(invalid, 400),
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
        *("temperature", "decimal_above_max_value"),
    ]
    assert out["stops"][4] == "array_above_max_length"
    assert out["long"][2].startswith(
        "This model's maximum context length is 255 tokens, however you"
    )
    assert out["suffix"][:2] == [invalid, 400]
    assert out["key"][:2] == ["AuthenticationError", 401]


def test_its_command_line_prints_a_completion(old: Client, live: Server) -> None:
    done = old.command("api", "completions.create", "-m", MODEL, "-p", "0:你好!\n1:", "-t", "0")
    (choice,) = live.complete(model=MODEL, prompt="0:你好!\n1:", temperature=0)["choices"]
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "0:你好!\n1:" + choice["text"]  # it always echoes


def test_its_command_line_streams_and_counts(old: Client) -> None:
    asked = ("api", "completions.create", "-m", MODEL, "-p", "0:你好!\n1:")
    several = old.command(*asked, "-n", "3", "-M", "5")
    assert several.returncode == 0
    assert several.stdout.count("===== Completion") == 3
    streamed = old.command(*asked, "--stream", "-t", "0", "-M", "40")
    whole = old.command(*asked, "-t", "0", "-M", "40")
    assert streamed.returncode == whole.returncode == 0
    assert streamed.stdout.rstrip("\n") == whole.stdout.rstrip("\n")
    stopped = old.command(*asked, "-t", "0", "-M", "40", "--stop", whole.stdout[-3:])
    assert stopped.stdout.rstrip("\n") == whole.stdout[:-3].rstrip("\n")


def test_its_command_line_by_engine_and_its_lists(old: Client) -> None:
    done = old.command("api", "completions.create", "-e", MODEL, "-p", "0:你好", "-M", "3")
    assert done.returncode == 0
    assert done.stdout.startswith("0:你好")
    for what in ("models.list", "engines.list"):
        listed = old.command("api", what)
        assert MODEL in [one["id"] for one in json.loads(listed.stdout)["data"]]
    assert json.loads(old.command("api", "models.get", "-i", MODEL).stdout)["id"] == MODEL


def test_its_command_line_says_what_is_wrong(old: Client) -> None:
    missing = old.command("api", "completions.create", "-m", "gpt-4", "-p", "0:")
    assert missing.returncode == 1
    assert "The model 'gpt-4' does not exist" in missing.stderr
    wrong = old.command("-k", "sk-wrong", "api", "models.list")
    assert wrong.returncode == 1
    assert "Incorrect API key provided" in wrong.stderr
