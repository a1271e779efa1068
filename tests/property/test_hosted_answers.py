"""Whatever a service answers becomes a job or an error of ours, and never anything else."""

import math

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends.hosted.completions import answer
from xiangsheng.backends.hosted.failures import refusal
from xiangsheng.backends.hosted.http import Http
from xiangsheng.backends.hosted.service import find_service
from xiangsheng.backends.hosted.wire import data_of, event_of, job_of
from xiangsheng.cli.commands.fine_tuning import document
from xiangsheng.cli.job_list import detailed, listed
from xiangsheng.cli.job_screen import line
from xiangsheng.core.errors import ServiceError
from xiangsheng.core.generation import Outcome, Prompt, Request, Sampling
from xiangsheng.core.job import Job, JobEvent

SERVICE = find_service("http://127.0.0.1/v1", "sk-secret", {})
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)  # all that our reader of JSON makes integers of
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *("id", "status", "created_at", "finished_at", "model", "fine_tuned_model", "error"),
        *("method", "hyperparameters", "seed", "metadata", "result_files", "training_file"),
        *("validation_file", "organization_id", "trained_tokens", "estimated_finish"),
        *("type", "level", "message", "data"),
    ]
)
STATES = st.sampled_from(["queued", "running", "succeeded", "pending", "canceled"])
METHODS = st.fixed_dictionaries(
    {
        "type": st.just("supervised"),
        "supervised": st.dictionaries(st.just("hyperparameters"), VALUES),
    }
)


ODD_MOMENTS = st.dictionaries(
    st.sampled_from(["created_at", "finished_at", "estimated_finish", "trained_tokens"]),
    st.sampled_from([1_763_000_000_000, 253_402_300_799, 1e20, -(2**62), 1e308, math.inf]),
)


@given(st.dictionaries(NAMES, VALUES), ODD_MOMENTS, STATES, METHODS)
def test_any_object_with_an_id_and_a_state_is_a_job(
    found: dict[str, object], odd: dict[str, object], state: str, method: object
) -> None:
    job = job_of({**found, **odd, "id": "ftjob-1", "status": state, "method": method}, "openai")
    assert isinstance(job, Job)
    assert job.typed == "ftjob-1 --base-url openai"
    assert [*listed([job]), *detailed(job)]
    assert orjson.dumps(document(job))


@given(st.dictionaries(NAMES, VALUES))
def test_any_other_object_is_an_error_of_the_service(found: dict[str, object]) -> None:
    with pytest.raises(ServiceError) as caught:
        job_of({**found, "status": "sleeping"}, "openai")
    assert caught.value.code == "answer"


@given(st.dictionaries(NAMES, VALUES), ODD_MOMENTS)
def test_any_object_is_an_event(found: dict[str, object], odd: dict[str, object]) -> None:
    event = event_of({**found, **odd}, "1", 1)
    assert isinstance(event, JobEvent)
    assert line(event)
    if event.metrics:
        assert all(isinstance(value, int | float) for value in event.data.values())


@given(VALUES)
def test_a_list_is_a_list_of_objects_or_an_error(value: object) -> None:
    whole = isinstance(value, list) and all(isinstance(one, dict) for one in value)
    if whole:
        assert data_of({"data": value}) == value
    else:
        with pytest.raises(ServiceError):
            data_of({"data": value})


@given(st.integers(300, 599), st.binary() | st.just(b'{"error": {"message": "sk-secret"}}'))
def test_any_refusal_is_an_error_without_the_key(status: int, body: bytes) -> None:
    assert "sk-secret" not in str(refusal(status, body, SERVICE))


@given(
    st.dictionaries(st.sampled_from(["text", "message", "finish_reason", "index"]), VALUES),
    st.dictionaries(st.sampled_from(["tokens", "token_logprobs", "top_logprobs"]), VALUES),
    VALUES,
    st.dictionaries(st.sampled_from(["prompt_tokens", "completion_tokens"]), VALUES),
)
def test_an_answer_is_an_answer_whatever_stands_around_it(
    choice: dict[str, object], logprobs: object, more: object, usage: object
) -> None:
    content = {"choices": [{**choice, "logprobs": logprobs}, {"logprobs": more}], "usage": usage}
    body = orjson.dumps(content)
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=body))
    with httpx.Client(transport=transport) as client:
        request = Request("x", Prompt("0:"), Sampling(logprobs=1))
        (found,) = answer(Http(SERVICE, client), "gpt-x", request)
    assert isinstance(found, Outcome)
    assert min(found.usage.prompt_tokens, found.usage.completion_tokens) >= 0
    for token in (token for one in found.completions for token in one.logprobs):
        assert math.isnan(token.logprob) or abs(token.logprob) < 2**63
