"""Jobs as who asks for them sees them: made, looked at, paused, resumed, cancelled, deleted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, and_, delete, insert, or_, select

from xiangsheng.core.errors import UsageError
from xiangsheng.core.job import Job, JobCheckpoint, JobEvent, JobSpec, JobState, Level, job_id
from xiangsheng.store.codec import decode, encode
from xiangsheng.store.database import reading, transaction
from xiangsheng.store.job_rows import (
    UNFINISHED,
    Said,
    change,
    event_of,
    job_of,
    lock_queue,
    retell_queue,
    say,
    seconds_left,
)
from xiangsheng.store.schema import job_checkpoints, job_events, jobs, models

_LIVE = (*UNFINISHED, JobState.PAUSED.value)
_TOLD = {
    JobState.CANCELLED: Said("Fine-tune cancelled", Level.WARN),
    JobState.PAUSED: Said("Fine-tune paused"),
    JobState.QUEUED: Said("Fine-tune enqueued again"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What comes before a new job: how many, and how many seconds they are thought to take."""

    ahead: int
    seconds: float


@dataclass(frozen=True, slots=True)
class JobTable:
    """`now` gives seconds since 1970."""

    engine: Engine
    now: Callable[[], float]

    def add(
        self,
        job: str,
        spec: JobSpec,
        identity: str,
        told: Callable[[Waiting], Sequence[Said]],
        *,
        again: bool = False,
    ) -> tuple[Job, bool]:
        """The job, waiting in the queue, and whether it is new.

        Unless `again`, one of the same identity that has not failed is found instead, in one
        transaction: of two who ask at once, one makes it.
        """
        now = self.now()
        with transaction(self.engine) as connection:
            lock_queue(connection)
            if not again and (twin := self._twin(connection, identity)):
                return job_of(connection, twin, now), False
            waiting = _waiting(connection, now)
            connection.execute(
                insert(jobs).values(
                    id=job,
                    identity=identity,
                    state=JobState.QUEUED.value,
                    device=spec.machine.device if spec.machine else "",
                    spec=encode(spec),
                    created_at=int(now),
                    updated_at=int(now),
                    estimated_finish=int(now + waiting.seconds + spec.seconds),
                    step=0,
                    trained_tokens=0,
                    stage="",
                    error="",
                    fine_tuned_model="",
                    result_file="",
                    told_ahead=waiting.ahead,
                    owner="",
                    token=0,
                    held_until=0.0,
                    tries=0,
                )
            )
            say(connection, job, told(waiting), now)
            return job_of(connection, _row(connection, job), now), True

    def twin(self, identity: str) -> Job | None:
        """The newest job of this identity that is still to end, or whose model is there."""
        with reading(self.engine) as connection:
            row = self._twin(connection, identity)
            return job_of(connection, row, self.now()) if row else None

    def get(self, name: str) -> Job:
        """By any of its names. Raises UsageError (`no_job`) where there is none."""
        with reading(self.engine) as connection:
            return job_of(connection, _row(connection, job_id(name)), self.now())

    def look(self, name: str, after: int = 0) -> tuple[Job, tuple[JobEvent, ...]]:
        """A job and its events after number `after`, of one and the same moment."""
        with reading(self.engine) as connection:
            job = job_of(connection, _row(connection, job_id(name)), self.now())
            query = (
                select(job_events)
                .where(job_events.c.job == job.id, job_events.c.number > after)
                .order_by(job_events.c.number)
            )
            return job, tuple(map(event_of, connection.execute(query)))

    def all(self) -> tuple[Job, ...]:
        """Newest first."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(jobs).order_by(jobs.c.number.desc())).all()
            return tuple(job_of(connection, row, self.now()) for row in rows)

    def unfinished(self) -> tuple[Job, ...]:
        """Those that need their files and their bases, in the order of the queue."""
        return tuple(job for job in reversed(self.all()) if not job.state.ended)

    def waiting(self) -> Waiting:
        """What a job made now would wait for."""
        with reading(self.engine) as connection:
            return _waiting(connection, self.now())

    def move(self, name: str, target: JobState) -> Job:
        """Cancels, pauses or resumes a job.

        Cancelling takes the job from its worker, whose writes are refused from then on; a worker
        whose job is paused leaves a checkpoint first. Raises UsageError (`job_state`) where the
        job cannot go there, which a second time it cannot.
        """
        now = self.now()
        with transaction(self.engine) as connection:
            lock_queue(connection)
            row = _row(connection, job_id(name), lock=True)
            job_of(connection, row, now).refuse(target)
            values: dict[str, object] = {"state": target.value}
            if target.ended:
                values |= {"token": row.token + 1, "held_until": 0.0, "finished_at": int(now)}
                values |= {"estimated_finish": None, "stage": ""}
            if target is JobState.QUEUED:
                values |= {"told_ahead": -1, "tries": 0}  # so that it hears its number
            change(connection, row.id, now, **values)
            say(connection, row.id, [_TOLD[target]], now)
            retell_queue(connection, now)
            return job_of(connection, _row(connection, row.id), now)

    def checkpoints(self, name: str) -> tuple[JobCheckpoint, ...]:
        """Newest first."""
        job = self.get(name)
        query = (
            select(job_checkpoints)
            .where(job_checkpoints.c.job == job.id)
            .order_by(job_checkpoints.c.step.desc())
        )
        with reading(self.engine) as connection:
            return tuple(_checkpoint(row) for row in connection.execute(query))

    def delete(self, name: str) -> None:
        """Forgets a job that has ended. Raises UsageError (`job_state`) for any other."""
        with transaction(self.engine) as connection:
            row = _row(connection, job_id(name), lock=True)
            if not JobState(row.state).ended:
                raise UsageError(
                    f"ft-{row.id} is {row.state}, and only a job that has ended can be deleted",
                    hint=f"cancel it first: xiangsheng ft cancel ft-{row.id}",
                    code="job_state",
                )
            for table in (job_events, job_checkpoints):
                connection.execute(delete(table).where(table.c.job == row.id))
            connection.execute(delete(jobs).where(jobs.c.id == row.id))

    def _twin(self, connection: Connection, identity: str) -> Row[tuple[object, ...]] | None:
        there = jobs.c.fine_tuned_model.in_(select(models.c.name))
        succeeded = and_(jobs.c.state == JobState.SUCCEEDED.value, there)
        query = (
            select(jobs)
            .where(jobs.c.identity == identity, or_(jobs.c.state.in_(_LIVE), succeeded))
            .order_by(jobs.c.number.desc())
        )
        return connection.execute(query).first()


def _row(connection: Connection, job: str, *, lock: bool = False) -> Row[tuple[object, ...]]:
    query = select(jobs).where(jobs.c.id == job)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise UsageError(
            f"Could not find fine tune: ft-{job}",
            hint="list those there are: xiangsheng ft list",
            code="no_job",
        )
    return row


def _waiting(connection: Connection, now: float) -> Waiting:
    query = select(jobs).where(jobs.c.state.in_(UNFINISHED))
    rows = connection.execute(query).all()
    return Waiting(len(rows), sum(seconds_left(row, now) for row in rows))


def _checkpoint(row: Row[tuple[str, int, int, str, str]]) -> JobCheckpoint:
    metrics: Mapping[str, float] = decode(dict[str, float], row.metrics)
    return JobCheckpoint(row.job, row.step, row.created_at, row.model, metrics)
