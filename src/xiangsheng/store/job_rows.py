"""Jobs as rows, and what every change of one does besides: its events, and the queue's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, insert, select, update

from xiangsheng.core.errors import StoreError
from xiangsheng.core.job import Job, JobError, JobEvent, JobSpec, JobState, Level, Stage
from xiangsheng.core.spans import duration
from xiangsheng.store.codec import decode
from xiangsheng.store.schema import job_events, job_queue, jobs

WAITING = (JobState.VALIDATING.value, JobState.QUEUED.value)
UNFINISHED = (*WAITING, JobState.RUNNING.value)
"""Those that come before a later job; a paused one lets others pass."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event to be: the database numbers and dates it."""

    message: str
    level: Level = Level.INFO
    metrics: bool = False
    data: Mapping[str, object] = field(default_factory=dict)


def job_of(connection: Connection, row: Row[Any], now: float) -> Job:
    try:
        spec = decode(JobSpec, row.spec)
    except ValueError as error:
        raise StoreError(
            f"what the database says of the job ft-{row.id} cannot be read",
            hint="it was written by another version, or changed by hand; use that version",
        ) from error
    state = JobState(row.state)
    return Job(
        id=row.id,
        spec=spec,
        state=state,
        created_at=row.created_at,
        updated_at=row.updated_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        estimated_finish=row.estimated_finish,
        ahead=jobs_ahead(connection, row.number) if state.value in WAITING else None,
        working=state is JobState.RUNNING and row.held_until > now,
        step=row.step,
        trained_tokens=row.trained_tokens,
        stage=decode(Stage, row.stage) if row.stage else Stage(),
        error=decode(JobError, row.error) if row.error else None,
        fine_tuned_model=row.fine_tuned_model,
        result_file=row.result_file,
    )


def jobs_ahead(connection: Connection, number: int) -> int:
    query = select(func.count()).where(jobs.c.number < number, jobs.c.state.in_(UNFINISHED))
    return connection.execute(query).scalar_one()


def say(connection: Connection, job: str, events: Sequence[Said], now: float) -> None:
    """Appends to the job's events; the caller's transaction keeps others from its numbers."""
    if not events:
        return
    query = select(func.max(job_events.c.number)).where(job_events.c.job == job)
    last = connection.execute(query).scalar_one() or 0
    rows = [
        {
            "job": job,
            "number": number,
            "created_at": int(now),
            "level": event.level.value,
            "metrics": event.metrics,
            "message": event.message,
            "data": orjson.dumps(dict(event.data)).decode(),
        }
        for number, event in enumerate(events, last + 1)
    ]
    connection.execute(insert(job_events), rows)


def event_of(row: Row[Any]) -> JobEvent:
    return JobEvent(
        job=row.job,
        number=row.number,
        created_at=row.created_at,
        message=row.message,
        level=Level(row.level),
        metrics=row.metrics,
        data=orjson.loads(row.data),
    )


def change(connection: Connection, job: str, now: float, **values: object) -> None:
    connection.execute(update(jobs).where(jobs.c.id == job).values(updated_at=int(now), **values))


def lock_queue(connection: Connection) -> None:
    """Before any job is locked, by whoever then calls `retell_queue`, changes a model's folder, or
    counts what there is before it makes more.
    """
    connection.execute(select(job_queue).with_for_update()).all()


def retell_queue(connection: Connection, now: float) -> None:
    """Tells those that wait when their number in the queue has changed."""
    query = select(jobs).where(jobs.c.state.in_(UNFINISHED)).order_by(jobs.c.number)
    query = query.with_for_update()
    seconds = 0.0
    for ahead, row in enumerate(connection.execute(query).all()):
        needed = seconds_left(row, now)
        if row.state == JobState.QUEUED.value and row.told_ahead != ahead:
            finish = int(now + seconds + needed)
            change(connection, row.id, now, told_ahead=ahead, estimated_finish=finish)
            told = f"Fine-tune is in the queue. Queue number: {ahead}"
            said = [Said(told, data={"queue_number": ahead}), estimated(seconds, needed)]
            say(connection, row.id, said, now)
        seconds += needed


def seconds_left(row: Row[Any], now: float) -> float:
    """How long a job is still thought to work, from when it has its turn."""
    if row.state == JobState.RUNNING.value and row.estimated_finish is not None:
        return max(0.0, float(row.estimated_finish) - now)
    return decode(JobSpec, row.spec).seconds


def estimated(before: float, needed: float) -> Said:
    soon = f"in about {duration(before)}" if before >= 1 else "now"
    return Said(
        f"Estimated: starts {soon}, takes about {duration(needed)}",
        data={"starts_in_s": round(before), "takes_s": round(needed)},
    )
