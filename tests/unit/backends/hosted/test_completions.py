"""Answers of a service's models, whole and as they come."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from false_service import KEY, FalseService, Fault, false_service
from xiangsheng.backends.hosted.completions import answer
from xiangsheng.backends.hosted.http import Http, connected
from xiangsheng.backends.hosted.service import find_service
from xiangsheng.core.errors import ServiceError, UnknownModelError, UnreachableError, UsageError
from xiangsheng.core.generation import (
    Chunk,
    Finish,
    Outcome,
    OutcomeKind,
    Prompt,
    Request,
    Sampling,
    TokenLogprob,
    Usage,
)

PROMPT = "0:您好\n1:"
CHATS = (
    "This is a chat model and not supported in v1/completions. Did you mean v1/chat/completions?"
)


@pytest.fixture
def service() -> Iterator[FalseService]:
    with false_service() as made:
        made.completion = {"choices": [choice(" 好。", "stop")], "usage": {"prompt_tokens": 4}}
        yield made


@pytest.fixture
def http(service: FalseService) -> Iterator[Http]:
    with connected(find_service(service.url, KEY, {})) as made:
        yield replace(made, sleep=lambda _seconds: None)


def choice(text: str, finish: str | None, index: int = 0, **more: object) -> dict[str, object]:
    return {"text": text, "index": index, "finish_reason": finish, **more}


def request(*, stream: bool = False, **sampling: object) -> Request:
    return Request("x", Prompt(PROMPT), Sampling(**sampling), stream)  # type: ignore[arg-type]


def outcome(http: Http, asked: Request) -> Outcome:
    (found,) = answer(http, "gpt-x", asked)
    assert isinstance(found, Outcome)
    return found


def streamed(*events: object, done: bool = True) -> bytes:
    lines = [f"data: {json.dumps(event)}\n\n" for event in events]
    return "".join([": a comment\n\n", *lines, "data: [DONE]\n\n" if done else ""]).encode()


def test_an_answer_has_its_text_finish_and_usage(service: FalseService, http: Http) -> None:
    service.completion["choices"].append(choice(" 您好。", "length", 1))
    found = outcome(http, request(n=2))
    assert [(one.text, one.finish) for one in found.completions] == [
        (" 好。", Finish.STOP),
        (" 您好。", Finish.LENGTH),
    ]
    assert found.usage == Usage(4, 0)


def test_log_probabilities_are_those_of_the_service(service: FalseService, http: Http) -> None:
    told = {
        "tokens": [PROMPT, " 好"],
        "token_logprobs": [None, -0.5],
        "top_logprobs": [None, {" 好": -0.5, " 坏": -1.5}],
    }
    service.completion["choices"] = [choice(f"{PROMPT} 好", "length", logprobs=told)]
    (found,) = outcome(http, request(echo=True, logprobs=1)).completions
    assert found.echoed == len(PROMPT)
    assert math.isnan(found.logprobs[0].logprob)
    assert found.logprobs[1] == TokenLogprob(" 好", -0.5, ((" 好", -0.5), (" 坏", -1.5)))


@pytest.mark.parametrize(
    "odd",
    [
        {"tokens": 5, "token_logprobs": 5, "top_logprobs": 5},
        {"tokens": ["好"], "token_logprobs": ["x"], "top_logprobs": [[1]]},
        {"tokens": ["好"], "token_logprobs": [-0.5], "top_logprobs": [{"好": None}]},
        {"tokens": [None], "token_logprobs": [None], "top_logprobs": {"好": 1}},
    ],
)
def test_odd_log_probabilities_cost_no_answer(
    service: FalseService, http: Http, odd: object
) -> None:
    service.completion["choices"] = [choice("好", "stop", logprobs=odd)]
    (found,) = outcome(http, request(logprobs=1)).completions
    assert found.text == "好"
    assert all(not token.top for token in found.logprobs)


def test_a_prompt_is_sent_once(service: FalseService, http: Http) -> None:
    service.faults.append(Fault("POST", "/completions", cut=10))
    with pytest.raises(UnreachableError):
        outcome(http, request())
    assert service.asked == ["POST /completions"]


@pytest.mark.parametrize("echo", [False, True])
def test_a_model_that_only_chats_is_asked_so(
    service: FalseService, http: Http, *, echo: bool
) -> None:
    body = {"error": {"message": CHATS, "param": "model"}}
    service.faults.append(Fault("POST", "/completions", status=404, body=body))
    message = {"role": "assistant", "content": "好。"}
    service.completion["choices"] = [{"index": 0, "message": message, "finish_reason": "stop"}]
    (found,) = outcome(http, request(echo=echo)).completions
    assert found.text == (PROMPT if echo else "") + "好。"
    assert found.generated == "好。"


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (choice("", "content_filter"), OutcomeKind.FILTERED),
        ({"index": 0, "message": {"content": None, "refusal": "no"}}, OutcomeKind.REFUSED),
    ],
)
def test_a_failure_is_no_completion(
    service: FalseService, http: Http, one: object, kind: OutcomeKind
) -> None:
    service.completion["choices"] = [one]
    assert outcome(http, request()).kind is kind


def test_text_is_told_as_it_comes(service: FalseService, http: Http) -> None:
    service.stream = streamed(
        {"choices": [choice(" 您", None)]},
        {"choices": [choice("好。", None)]},
        {"choices": [choice("", "stop")]},
        {"choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 2}},
    )
    *chunks, last = answer(http, "gpt-x", request(stream=True))
    assert chunks == [Chunk("x", 0, " 您"), Chunk("x", 0, "好。")]
    assert isinstance(last, Outcome)
    assert (last.text, last.usage) == (" 您好。", Usage(4, 2))


def test_a_stream_is_asked_what_it_used(service: FalseService, http: Http) -> None:
    service.stream = streamed({"choices": [choice(" 好。", "stop")]})
    list(answer(http, "gpt-x", request(stream=True)))
    assert json.loads(service.bodies[0])["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"error": {"message": "Unknown parameter: 'stream_options'."}}),
        (422, {"detail": [{"loc": ["body", "stream_options"], "type": "extra_forbidden"}]}),
    ],
)
def test_a_service_that_knows_no_such_question_is_asked_without_it(
    service: FalseService, http: Http, status: int, body: object
) -> None:
    service.stream = streamed({"choices": [choice(" 好。", "stop")]})
    service.faults.append(Fault("POST", "/completions", status=status, body=body))
    *_, last = answer(http, "gpt-x", request(stream=True))
    assert isinstance(last, Outcome)
    assert last.text == " 好。"
    assert ["stream_options" in json.loads(sent) for sent in service.bodies] == [True, False]


def test_a_stream_that_has_not_begun_is_asked_for_again(service: FalseService, http: Http) -> None:
    service.stream = streamed({"choices": [choice(" 好。", "stop")]})
    service.faults.append(Fault("POST", "/completions", status=429))
    assert len(list(answer(http, "gpt-x", request(stream=True)))) == 2
    assert service.count("POST /completions") == 2


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (streamed({"choices": [choice(" 您", None)]}, done=False), "broke off"),
        (streamed({"choices": []}, {"error": {"message": "too hot"}}), "too hot"),
        (b"data: {\n\ndata: [DONE]\n\n", "broken stream"),
        (streamed(), "without a choice"),
    ],
)
def test_a_stream_that_breaks_is_an_error(
    service: FalseService, http: Http, stream: bytes, said: str
) -> None:
    service.stream = stream
    with pytest.raises(ServiceError, match=said):
        list(answer(http, "gpt-x", request(stream=True)))


def test_what_is_refused_has_our_words(service: FalseService, http: Http) -> None:
    for body, kind in (
        ({"error": {"message": "no", "code": "model_not_found"}}, UnknownModelError),
        ({"error": {"message": "temperature", "param": "temperature"}}, UsageError),
    ):
        service.faults.append(Fault("POST", "/completions", status=400, body=body))
        with pytest.raises(kind):
            list(answer(http, "gpt-x", request(stream=True)))
