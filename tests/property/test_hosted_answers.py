"""Whatever a service answers becomes a job or an error of ours, and never anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends.hosted.failures import refusal
from xiangsheng.backends.hosted.service import find_service
from xiangsheng.backends.hosted.wire import data_of, event_of, job_of
from xiangsheng.core.errors import ServiceError
from xiangsheng.core.job import Job, JobEvent

SERVICE = find_service("http://127.0.0.1/v1", "sk-secret", {})
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
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


@given(st.dictionaries(NAMES, VALUES), STATES, METHODS)
def test_any_object_with_an_id_and_a_state_is_a_job(
    found: dict[str, object], state: str, method: object
) -> None:
    job = job_of({**found, "id": "ftjob-1", "status": state, "method": method}, "openai")
    assert isinstance(job, Job)
    assert job.typed == "ftjob-1 --base-url openai"


@given(st.dictionaries(NAMES, VALUES))
def test_any_other_object_is_an_error_of_the_service(found: dict[str, object]) -> None:
    with pytest.raises(ServiceError) as caught:
        job_of({**found, "status": "sleeping"}, "openai")
    assert caught.value.code == "answer"


@given(st.dictionaries(NAMES, VALUES))
def test_any_object_is_an_event(found: dict[str, object]) -> None:
    event = event_of(found, "1", 1)
    assert isinstance(event, JobEvent)
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
