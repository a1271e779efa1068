"""Jobs as workers see them: claimed by a lease, and written to only under its token.

Every claim raises the job's token. A worker that was stopped for so long that another took its job
over still has the old token, and whatever it then writes is refused: nothing is done twice.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, or_, select

from xiangsheng.core.errors import LeaseLostError
from xiangsheng.core.job import Job, JobError, JobState, Level, Stage
from xiangsheng.store.codec import encode
from xiangsheng.store.database import reading, transaction
from xiangsheng.store.job_rows import (
    UNFINISHED,
    Said,
    change,
    job_of,
    lock_queue,
    retell_queue,
    say,
)
from xiangsheng.store.schema import jobs

LEASE_S = 60.0
MOST_TRIES = 20
"""Workers that may die over a job without a step more done."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who claims. `host` names a machine and the lock that its workers share: of one host and device
    there is one worker. `process` tells it from those before it.
    """

    host: str
    device: str
    process: str

    @property
    def kind(self) -> str:
        return f"{self.host}/{self.device}/"

    def __str__(self) -> str:
        return f"{self.kind}{self.process}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is ours as long as its token is."""

    job: Job
    token: int


@dataclass(frozen=True, slots=True)
class Leases:
    """`now` gives seconds since 1970; a lease that is not renewed for `seconds` is void."""

    engine: Engine
    now: Callable[[], float]
    seconds: float = LEASE_S

    def claim(self, owner: Owner) -> Claim | None:
        """The first job of the queue that nobody works on, now running; None where there is none.

        The owner holds its host's lock for its device: leases of the same two are those of dead
        workers, and are taken over at once.
        """
        now = self.now()
        free = or_(jobs.c.held_until <= now, jobs.c.owner.startswith(owner.kind, autoescape=True))
        query = (
            select(jobs)
            .where(
                jobs.c.state.in_((JobState.RUNNING.value, JobState.QUEUED.value)),
                or_(jobs.c.device == "", jobs.c.device == owner.device),
                free,
            )
            .order_by(jobs.c.number)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with transaction(self.engine) as connection:
            lock_queue(connection)
            while row := connection.execute(query).first():
                if row.tries < MOST_TRIES:
                    return self._claimed(connection, row, owner, now)
                self._give_up(connection, row.id, row.token, now)
        return None

    def _claimed(self, connection: Connection, row: Row[Any], owner: Owner, now: float) -> Claim:
        job = job_of(connection, row, now)
        change(
            connection,
            row.id,
            now,
            state=JobState.RUNNING.value,
            owner=str(owner),
            token=row.token + 1,
            held_until=now + self.seconds,
            started_at=row.started_at or int(now),
            estimated_finish=None if row.step else int(now + job.spec.seconds),
            tries=row.tries + 1,
        )
        say(connection, row.id, [_begun(job)], now)
        retell_queue(connection, now)
        found = connection.execute(select(jobs).where(jobs.c.id == row.id)).one()
        return Claim(job_of(connection, found, now), found.token)

    def anything(self, device: str) -> bool:
        """Whether a worker of this device has something to do, or to wait for."""
        query = select(jobs.c.id).where(
            jobs.c.state.in_(UNFINISHED), or_(jobs.c.device == "", jobs.c.device == device)
        )
        with reading(self.engine) as connection:
            return connection.execute(query.limit(1)).first() is not None

    def renew(self, claim: Claim) -> JobState:
        """What has become of the job meanwhile. Raises LeaseLostError for another's."""
        with self.held(claim, running=False) as connection:
            now = self.now()
            change(connection, claim.job.id, now, held_until=now + self.seconds)
            query = select(jobs.c.state).where(jobs.c.id == claim.job.id)
            return JobState(connection.execute(query).scalar_one())

    def release(self, claim: Claim, said: Sequence[Said] = ()) -> None:
        """Lets go of a job that has not ended; the next worker goes on with it."""
        with self.held(claim, running=False) as connection:
            say(connection, claim.job.id, said, self.now())
            change(connection, claim.job.id, self.now(), **_FREE)

    def tell(
        self,
        claim: Claim,
        said: Sequence[Said],
        *,
        step: int | None = None,
        tokens: int | None = None,
        stage: Stage | None = None,
        estimated_finish: int | None = None,
    ) -> None:
        """Events, and how far it is; a step more than before says that its worker gets on."""
        values: dict[str, object] = {
            "step": step,
            "trained_tokens": tokens,
            "stage": encode(stage) if stage else None,
            "estimated_finish": estimated_finish,
            "tries": 0 if step is not None else None,
        }
        given = {name: value for name, value in values.items() if value is not None}
        with self.held(claim, running=False) as connection:
            say(connection, claim.job.id, said, self.now())
            change(connection, claim.job.id, self.now(), **given)

    def fail(self, claim: Claim, error: JobError) -> None:
        with self.held(claim) as connection:
            self.end(
                connection,
                claim,
                JobState.FAILED,
                _failed(error),
                error=encode(error),
            )

    def pause(self, claim: Claim, why: str) -> None:
        """For what a person has to see to before it can go on."""
        with self.held(claim) as connection:
            said = [Said(why, Level.ERROR), Said("Fine-tune paused", Level.WARN)]
            say(connection, claim.job.id, said, self.now())
            change(
                connection,
                claim.job.id,
                self.now(),
                state=JobState.PAUSED.value,
                **_FREE,
            )
            retell_queue(connection, self.now())

    def end(
        self,
        connection: Connection,
        claim: Claim,
        state: JobState,
        said: Sequence[Said],
        **values: object,
    ) -> None:
        """The job's last change, within `held`."""
        now = self.now()
        claim.job.refuse(state)
        change(
            connection,
            claim.job.id,
            now,
            state=state.value,
            finished_at=int(now),
            estimated_finish=None,
            stage="",
            **_FREE,
            **values,
        )
        say(connection, claim.job.id, said, now)
        retell_queue(connection, now)

    @contextmanager
    def held(
        self, claim: Claim, *, running: bool = True, queue: bool = False
    ) -> Iterator[Connection]:
        """A transaction in which the job is certainly the claim's, and `running` unless not asked.

        A running one may be ended in it, which others in the queue hear of; `queue` locks the queue
        all the same. Raises LeaseLostError where it is not; what was written within is then undone.
        """
        with transaction(self.engine) as connection:
            if running or queue:
                lock_queue(connection)
            query = select(jobs.c.token, jobs.c.state).where(jobs.c.id == claim.job.id)
            row = connection.execute(query.with_for_update()).first()
            if row is None or row.token != claim.token:
                raise LeaseLostError(
                    f"{claim.job.legacy_id} has been taken over or ended by somebody else",
                    hint=f"look at it: xiangsheng ft get {claim.job.legacy_id}",
                )
            if running and row.state != JobState.RUNNING.value:
                raise LeaseLostError(
                    f"{claim.job.legacy_id} is {row.state} now",
                    hint=f"go on with it: xiangsheng ft resume {claim.job.legacy_id}",
                    code="lease_paused",
                )
            yield connection

    def _give_up(self, connection: Connection, job: str, token: int, now: float) -> None:
        error = JobError("worker_died", f"{MOST_TRIES} workers in a row died over this job")
        change(
            connection,
            job,
            now,
            state=JobState.FAILED.value,
            error=encode(error),
            token=token + 1,
            finished_at=int(now),
            estimated_finish=None,
            **_FREE,
        )
        say(connection, job, _failed(error), now)
        retell_queue(connection, now)


_FREE: dict[str, Any] = {"owner": "", "held_until": 0.0}


def _failed(error: JobError) -> list[Said]:
    return [Said(error.message, Level.ERROR), Said("Fine-tune failed", Level.ERROR)]


def _begun(job: Job) -> Said:
    if job.started_at is None:
        return Said("Fine-tune started")
    if job.state is JobState.QUEUED:
        return Said("Fine-tune resumed")
    return Said("Fine-tune taken up again where its worker left it", Level.WARN)
