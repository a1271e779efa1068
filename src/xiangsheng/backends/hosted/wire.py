"""Jobs and events as services send them, made our own; what they leave out stays empty."""

from collections.abc import Mapping
from typing import Any, NoReturn, TypeGuard

from xiangsheng.core.errors import ServiceError, UsageError
from xiangsheng.core.job import (
    Elsewhere,
    Job,
    JobError,
    JobEvent,
    JobSpec,
    JobState,
    Level,
    TrainingFile,
    job_id,
)
from xiangsheng.core.model import Hyperparameters
from xiangsheng.core.rendering import Rendering

OURS = "xiangsheng"
"""What metadata of ours begins with."""
_INT64 = 1 << 63
_LAST_MOMENT = 253_402_128_000
"""The 30th of December 9999: in every time zone a date of Python's has room for it."""
_STATES = {
    **{state.value: state for state in JobState},
    "pending": JobState.QUEUED,
    "created": JobState.QUEUED,
    "canceled": JobState.CANCELLED,
}


def job_of(found: Mapping[str, Any], at: str) -> Job:
    """`at` names the service. Raises ServiceError (`answer`) for what is no job."""
    name, state = found.get("id"), _STATES.get(str(found.get("status")))
    if not isinstance(name, str) or not name:
        _no("a job without an id")
    if state is None:
        _no(f"a job in a state called {str(found.get('status'))[:40]!r}")
    made, ended = _moment(found.get("created_at")) or 0, _moment(found.get("finished_at"))
    results = [str(one) for one in list_of(found.get("result_files"))]
    model = str(found.get("fine_tuned_model") or "")
    return Job(
        job_id(name),
        _spec(found, model),
        state,
        created_at=made,
        updated_at=ended or made,
        finished_at=ended,
        estimated_finish=_moment(found.get("estimated_finish")),
        working=state is JobState.RUNNING,
        trained_tokens=_count(found.get("trained_tokens")) or 0,
        error=_error(found.get("error")),
        fine_tuned_model=model,
        result_file=results[0] if results else "",
        elsewhere=Elsewhere(name, at, str(found.get("organization_id") or ""), _chosen(found)),
    )


def event_of(found: Mapping[str, Any], job: str, number: int) -> JobEvent:
    data = found.get("data")
    level = str(found.get("level"))
    metrics = found.get("type") == "metrics"
    kept = {str(key): value for key, value in data.items()} if isinstance(data, dict) else {}
    if metrics:
        kept = {name: value for name, value in kept.items() if is_number(value)}
    return JobEvent(
        job,
        number,
        _moment(found.get("created_at")) or 0,
        str(found.get("message") or ""),
        Level(level) if level in set(Level) else Level.INFO,
        metrics,
        kept,
    )


def metadata_of(found: Mapping[str, Any]) -> dict[str, str]:
    given = found.get("metadata")
    return {str(k): str(v) for k, v in given.items()} if isinstance(given, dict) else {}


def data_of(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The objects of a list. Raises ServiceError (`answer`) where it is none."""
    data = found.get("data")
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        _no("a list without its data")
    return data


def _spec(found: Mapping[str, Any], model: str) -> JobSpec:
    held = found.get("validation_file")
    metadata = {k: v for k, v in metadata_of(found).items() if not k.startswith(OURS)}
    return JobSpec(
        model=model,
        base=str(found.get("model") or ""),
        base_identity="",
        training=_file(found.get("training_file")),
        rendering=Rendering(),
        hyper=_hyper(found),
        validation=_file(held) if held else None,
        metadata=metadata,
    )


def _file(name: object) -> TrainingFile:
    """Services tell no more of it in a job."""
    return TrainingFile(str(name or ""), "", "", 0, 0, 0)


def _chosen(found: Mapping[str, Any]) -> dict[str, object]:
    method = found.get("method")
    way = method.get(str(method.get("type"))) if isinstance(method, dict) else None
    given = way.get("hyperparameters") if isinstance(way, dict) else None
    given = given or found.get("hyperparameters")
    chosen = given if isinstance(given, dict) else {}
    return {str(k): v for k, v in chosen.items() if is_number(v) or isinstance(v, str)}


def _hyper(found: Mapping[str, Any]) -> Hyperparameters:
    """Where «auto» was chosen, and while it is not known what that became: as if nothing was given."""
    numbers = {name: value for name, value in _chosen(found).items() if is_number(value)}
    seed = found.get("seed")
    try:
        return Hyperparameters(
            epochs=int(numbers.get("n_epochs", Hyperparameters().epochs)),
            batch_size=int(numbers["batch_size"]) if "batch_size" in numbers else None,
            learning_rate_multiplier=numbers.get("learning_rate_multiplier"),
            seed=int(seed) if is_number(seed) else 0,
        )
    except (ValueError, UsageError):  # it means something else by them than we do
        return Hyperparameters()


def _error(found: object) -> JobError | None:
    """Some services send an empty one with every job."""
    if not isinstance(found, dict) or not found.get("message"):
        return None
    code, param = str(found.get("code") or ""), str(found.get("param") or "")
    return JobError(code, str(found["message"]), param)


def is_number(value: object) -> TypeGuard[int | float]:
    """One that also fits a 64-bit integer: what is larger, or is none at all, nobody has counted."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _INT64


def _count(value: object) -> int | None:
    return int(value) if is_number(value) else None


def _moment(value: object) -> int | None:
    """Seconds since 1970; None for what no calendar holds, as milliseconds."""
    found = _count(value)
    return found if found is not None and 0 <= found <= _LAST_MOMENT else None


def list_of(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _no(what: str) -> NoReturn:
    raise ServiceError(
        f"the service answers with {what}",
        hint="is it really one that fine-tunes as OpenAI does?",
        code="answer",
    )
