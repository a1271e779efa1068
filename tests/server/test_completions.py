"""Completions over HTTP are those of the engine, in the shape of the API."""

from pathlib import Path
from typing import Any

import pytest

from ladders import QUIET
from served import CONTEXT, LONG, NEVER_ENDS, TUNED, Server
from tiny_networks import TOKENIZER
from xiangsheng.core.generation import Outcome, Sampling
from xiangsheng.store.workspace import open_workspace
from xiangsheng.verbs.complete import complete

PROMPT = "0: 你好啊\n1:"


def in_process(home: Path, model: str = "local:ada", prompt: str = PROMPT, **asked: Any) -> Outcome:
    with open_workspace(home, {"XIANGSHENG_HOME": str(home)}) as workspace:
        return complete(model, prompt, Sampling(**asked), workspace, QUIET)


def texts(reply: dict[str, Any]) -> list[str]:
    return [choice["text"] for choice in reply["choices"]]


@pytest.mark.parametrize(
    "asked",
    [
        {"seed": 7},
        {"seed": 7, "max_tokens": 60, "temperature": 0.7, "top_p": 0.9, "n": 3},
        {"seed": 1, "max_tokens": 30, "n": 2, "best_of": 4, "presence_penalty": 1.5},
        {"seed": 2, "max_tokens": 40, "frequency_penalty": -0.5, "temperature": 0},
    ],
    ids=["seed", "n", "best_of", "greedy"],
)
def test_a_seed_gives_what_it_gives_without_a_server(
    live: Server, home: Path, asked: dict[str, Any]
) -> None:
    outcome = in_process(home, **asked)
    for model in ("ada", "local:ada"):
        reply = live.complete(model=model, prompt=PROMPT, **asked)
        assert texts(reply) == [completion.text for completion in outcome.completions]
        reasons = [choice["finish_reason"] for choice in reply["choices"]]
        assert reasons == [completion.finish for completion in outcome.completions]
        assert reply["usage"]["prompt_tokens"] == outcome.usage.prompt_tokens
        assert reply["usage"]["completion_tokens"] == outcome.usage.completion_tokens
        assert (reply["model"], reply["object"]) == ("ada", "text_completion")


def test_without_a_seed_every_answer_is_another(live: Server) -> None:
    said = {texts(live.complete(prompt=PROMPT, max_tokens=40))[0] for _ in range(4)}
    assert len(said) > 1


def test_stops_are_cut_off(live: Server, home: Path) -> None:
    whole = in_process(home, seed=3, max_tokens=60, logit_bias={"<|endoftext|>": -100.0}).text
    stop = whole[10:12]
    asked = {"seed": 3, "max_tokens": 60, "logit_bias": {str(TOKENIZER.end): -100}}
    for given in (stop, [stop, "绝无此句"]):
        (choice,) = live.complete(prompt=PROMPT, stop=given, **asked)["choices"]
        assert choice["text"] == whole[: whole.index(stop)]
        assert choice["finish_reason"] == "stop"


def test_several_prompts_are_answered_in_their_order(live: Server) -> None:
    asked = {"seed": 5, "n": 2, "max_tokens": 12}
    reply = live.complete(prompt=["0: 一", "0: 二", "0: 一"], **asked)
    assert [choice["index"] for choice in reply["choices"]] == [0, 1, 2, 3, 4, 5]
    alone = texts(live.complete(prompt="0: 一", **asked))
    assert texts(reply)[:2] == alone
    assert texts(reply)[4:] != alone  # the same prompt again is another sample


def test_tokens_are_the_text_that_becomes_them(live: Server) -> None:
    tokens = TOKENIZER.encode(PROMPT)
    asked = {"seed": 5, "max_tokens": 12}
    expected = texts(live.complete(prompt=PROMPT, **asked))
    assert texts(live.complete(prompt=tokens, **asked)) == expected
    assert texts(live.complete(prompt=[tokens], **asked)) == expected
    assert texts(live.complete(prompt=tokens, echo=True, **asked))[0].startswith(PROMPT)


def test_a_bias_is_keyed_by_the_number_of_a_token(live: Server) -> None:
    (token,) = TOKENIZER.encode("好")
    reply = live.complete(prompt=PROMPT, max_tokens=5, logit_bias={str(token): 100})
    assert texts(reply) == ["好好好好好"]


def test_null_is_not_given(live: Server) -> None:
    """As the command line of 2022 sends it, in full."""
    nulls: dict[str, object] = dict.fromkeys(
        ["n", "max_tokens", "logprobs", "temperature", "top_p", "stop", "suffix", "best_of"]
    )
    reply = live.complete(**nulls, prompt=PROMPT, stream=False, echo=True, logit_bias=NEVER_ENDS)
    assert reply["usage"]["completion_tokens"] == 16
    assert reply["choices"][0]["text"].startswith(PROMPT)
    assert reply["choices"][0]["logprobs"] is None
    assert len(live.complete(prompt=None)["choices"]) == 1


def test_logprobs_with_an_echo_cover_the_prompt(live: Server) -> None:
    (choice,) = live.complete(prompt=PROMPT, echo=True, logprobs=2, max_tokens=8, seed=1)["choices"]
    told = choice["logprobs"]
    assert "".join(told["tokens"]) == choice["text"]
    assert told["text_offset"] == [
        sum(map(len, told["tokens"][:place])) for place in range(len(told["tokens"]))
    ]
    assert told["token_logprobs"][0] is told["top_logprobs"][0] is None
    assert all(logprob <= 0 for logprob in told["token_logprobs"][1:])
    for logprob, top in list(zip(told["token_logprobs"], told["top_logprobs"], strict=True))[1:]:
        assert 2 <= len(top) <= 3
        assert logprob in top.values()


def test_offsets_without_an_echo_begin_where_the_prompt_ends(live: Server) -> None:
    (choice,) = live.complete(prompt=PROMPT, logprobs=0, max_tokens=8, seed=1)["choices"]
    told = choice["logprobs"]
    assert told["text_offset"][0] == len(PROMPT)
    assert told["top_logprobs"] is None
    assert "".join(told["tokens"]) == choice["text"]
    assert all(logprob <= 0 for logprob in told["token_logprobs"])


def test_a_prompt_alone_can_be_scored(live: Server, home: Path) -> None:
    asked: dict[str, Any] = {"echo": True, "max_tokens": 0, "logprobs": 1}
    (choice,) = live.complete(prompt=PROMPT, **asked)["choices"]
    assert (choice["text"], choice["finish_reason"]) == (PROMPT, "length")
    (expected,) = in_process(home, **asked).completions
    ours = choice["logprobs"]["token_logprobs"][1:]
    assert ours == pytest.approx([token.logprob for token in expected.logprobs[1:]], abs=1e-4)


def test_nothing_may_be_asked_for(live: Server) -> None:
    reply = live.complete(prompt=PROMPT, max_tokens=0, logprobs=1, n=2)
    assert texts(reply) == ["", ""]
    assert reply["choices"][0]["logprobs"]["tokens"] == []
    assert reply["usage"]["completion_tokens"] == 0


def test_tuned_models_and_ngrams_are_served_too(live: Server) -> None:
    asked = {"prompt": PROMPT, "max_tokens": 6, "seed": 4}
    for name in (TUNED, TUNED.removeprefix("local:")):
        assert live.complete(model=name, **asked)["model"] == TUNED.removeprefix("local:")
    reply = live.complete(model="ngram:3", **asked, logit_bias={"0": -100}, n=2)
    assert (reply["model"], reply["usage"]["completion_tokens"]) == ("ngram:3", 12)


def test_prompt_and_answer_fill_the_context_and_no_more(live: Server) -> None:
    prompt = "啊" * (CONTEXT - 20)
    filled = live.complete(prompt=prompt, max_tokens=20, logit_bias=NEVER_ENDS)
    assert filled["usage"]["total_tokens"] == CONTEXT
    refused = live.post("/completions", model="ada", prompt=prompt, max_tokens=21)
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == (
        f"This model's maximum context length is {CONTEXT} tokens, however you requested "
        f"{CONTEXT + 1} tokens ({CONTEXT - 20} in your prompt; 21 for the completion). Please reduce "
        "your prompt; or completion length."
    )


def test_one_request_may_not_ask_for_everything(live: Server) -> None:
    refused = live.post("/completions", model="babbage", prompt="0:", max_tokens=LONG - 2, n=128)
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "request_too_large"
    many = live.post("/completions", model="ada", prompt=["0:"] * 600, n=2, max_tokens=1)
    assert many.json()["error"]["code"] == "too_many_samples"


def test_engines_are_models_by_an_older_name(live: Server) -> None:
    asked = {"prompt": PROMPT, "max_tokens": 6, "seed": 4}
    expected = texts(live.complete(model=TUNED, **asked))
    path = f"/engines/{TUNED.removeprefix('local:').replace(':', '%3A')}"
    reply = live.post(f"{path}/completions", model=None, **asked)
    assert texts(reply.json()) == expected
    assert live.http.get(path).json()["ready"] is True
    listed = live.http.get("/engines").json()["data"]
    assert [engine["id"] for engine in listed] == [
        model["id"] for model in live.http.get("/models").json()["data"]
    ]
