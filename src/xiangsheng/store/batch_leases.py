"""Batches as servers see them: claimed by a lease, and written to only under its token.

It is the lease of jobs: every claim raises the token, and what a server that slept through its lease
then writes is refused. An answer is there once, whoever asked for it how often.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, insert, or_, select, update

from xiangsheng.core.batch import Batch, BatchAnswer, BatchFault, BatchState
from xiangsheng.core.errors import LeaseLostError
from xiangsheng.core.stored_file import StoredFile
from xiangsheng.store.batch_rows import batch_of, change, moved, row_of
from xiangsheng.store.codec import encode
from xiangsheng.store.database import reading, transaction
from xiangsheng.store.job_leases import LEASE_S, Owner
from xiangsheng.store.schema import batch_answers, batches

MOST_TRIES = 5
"""Claims of a batch, one after the other, under which nothing got on."""
PIECE = 256
"""Answers that are read at once."""


BatchFiles = tuple[StoredFile | None, StoredFile | None]
"""What was answered, and what was not; None where there is nothing of it."""


class Turn(Enum):
    """What a batch is claimed for: to be answered, which takes long, or all else."""

    ANSWER = auto()
    SETTLE = auto()


@dataclass(frozen=True, slots=True)
class BatchClaim:
    """A batch that is ours as long as its token is; `tries` counts this claim, too."""

    batch: Batch
    token: int
    tries: int


@dataclass(frozen=True, slots=True)
class BatchLeases:
    """`now` gives seconds since 1970; a lease that is not renewed for `seconds` is void."""

    engine: Engine
    now: Callable[[], float]
    seconds: float = LEASE_S

    def claim(self, owner: Owner, turn: Turn) -> BatchClaim | None:
        """The first batch whose turn it is and that nobody holds.

        The owner holds its host's lock: leases of another process of the same host are those of dead
        ones, and are taken over at once.
        """
        now = self.now()
        dead = and_(
            batches.c.owner.startswith(owner.kind, autoescape=True), batches.c.owner != str(owner)
        )
        query = (
            select(batches)
            .where(_due(turn, now), or_(batches.c.held_until <= now, dead))
            .order_by(batches.c.number)
            .limit(1)
        )
        with reading(self.engine) as connection:
            if connection.execute(query).first() is None:  # mostly: nobody waits for a look
                return None
        with transaction(self.engine) as connection:
            row = connection.execute(query.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            values = {"owner": str(owner), "token": row.token + 1, "tries": row.tries + 1}
            change(connection, row.id, {**values, "held_until": now + self.seconds})
            return BatchClaim(batch_of(row), row.token + 1, row.tries + 1)

    def begin(self, claim: BatchClaim, total: int) -> None:
        """Its file is what it must be: it waits to be answered."""
        with self._held(claim) as connection:
            begun = moved(claim.batch, BatchState.IN_PROGRESS, self.now())
            change(connection, claim.batch.id, {**begun, **_FREE, "total": total})

    def keep(self, claim: BatchClaim, answers: Sequence[BatchAnswer] = ()) -> BatchState:
        """Writes answers, of which none is there, renews the lease, and says what has become of it."""
        used = [answer.usage for answer in answers]
        failed = sum(answer.failed for answer in answers)
        grown = {
            "completed": batches.c.completed + len(answers) - failed,
            "failed": batches.c.failed + failed,
            "prompt_tokens": batches.c.prompt_tokens + sum(u.prompt_tokens for u in used),
            "completion_tokens": batches.c.completion_tokens
            + sum(u.completion_tokens for u in used),
            "tries": 0,
        }
        with self._held(claim) as connection:
            if answers:
                rows = [
                    {"batch": claim.batch.id, "line": a.line, "failed": a.failed, "body": a.body}
                    for a in answers
                ]
                connection.execute(insert(batch_answers), rows)
            renewed = {"held_until": self.now() + self.seconds}
            change(connection, claim.batch.id, {**(grown if answers else {}), **renewed})
            return BatchState(row_of(connection, claim.batch.id).state)

    def renew(self, claim: BatchClaim) -> bool:
        """Whether it is still the claim's; what it has let go of stays free."""
        ours = and_(batches.c.id == claim.batch.id, batches.c.token == claim.token)
        held = and_(ours, batches.c.held_until > 0)
        renewed = update(batches).where(held).values(held_until=self.now() + self.seconds)
        with transaction(self.engine) as connection:
            return connection.execute(renewed).rowcount > 0

    def answered(self, claim: BatchClaim) -> frozenset[int]:
        """The lines of the requests that need not be asked again."""
        query = select(batch_answers.c.line).where(batch_answers.c.batch == claim.batch.id)
        with reading(self.engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def answers(self, claim: BatchClaim, *, failed: bool) -> Iterator[str]:
        """In the order of the requests, a few at a time."""
        theirs = and_(batch_answers.c.batch == claim.batch.id, batch_answers.c.failed == failed)
        query = select(batch_answers).where(theirs).order_by(batch_answers.c.line).limit(PIECE)
        last = 0
        while True:
            with reading(self.engine) as connection:
                rows = connection.execute(query.where(batch_answers.c.line > last)).all()
            yield from (row.body for row in rows)
            if len(rows) < PIECE:
                return
            last = rows[-1].line

    def finalize(self, claim: BatchClaim) -> None:
        """Nothing is left to ask."""
        with self._held(claim) as connection:
            batch = batch_of(row_of(connection, claim.batch.id))
            going = batch.state is BatchState.IN_PROGRESS  # it may have been cancelled this moment
            ending = moved(batch, BatchState.FINALIZING, self.now()) if going else {}
            change(connection, batch.id, {**ending, **_FREE})

    def release(self, claim: BatchClaim) -> None:
        """Lets go of it; whoever claims it next goes on."""
        with self._held(claim) as connection:
            change(connection, claim.batch.id, _FREE)

    def end(
        self,
        claim: BatchClaim,
        state: BatchState,
        faults: Sequence[BatchFault],
        files: BatchFiles,
        publish: Callable[[Connection, StoredFile], None],
    ) -> None:
        """Its last change, and its files with it: all or nothing. `publish` adds a file and its row."""
        with self._held(claim) as connection:
            ended = moved(batch_of(row_of(connection, claim.batch.id)), state, self.now())
            for file in files:
                if file:
                    publish(connection, file)
            output, errors = (file.id if file else "" for file in files)
            named = {"output_file": output, "error_file": errors, "faults": encode(tuple(faults))}
            change(connection, claim.batch.id, {**ended, **named, **_FREE})
            theirs = batch_answers.c.batch == claim.batch.id
            connection.execute(delete(batch_answers).where(theirs))

    @contextmanager
    def _held(self, claim: BatchClaim) -> Iterator[Connection]:
        """A transaction in which the batch is certainly the claim's; else raises LeaseLostError."""
        with transaction(self.engine) as connection:
            row = row_of(connection, claim.batch.id, lock=True)
            if row.token != claim.token:
                raise LeaseLostError(f"{claim.batch.id} has been taken over by another server")
            yield connection


_FREE = {"owner": "", "held_until": 0.0, "tries": 0}


def _due(turn: Turn, now: float) -> ColumnElement[bool]:
    to_answer = and_(
        batches.c.state == BatchState.IN_PROGRESS.value,
        batches.c.expires_at > now,
        batches.c.tries < MOST_TRIES,
    )
    if turn is Turn.ANSWER:
        return to_answer
    ended = [state.value for state in BatchState if state.ended]
    return and_(batches.c.state.not_in(ended), ~to_answer)
