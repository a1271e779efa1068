"""Batches as who asks for them sees them: made, looked at, cancelled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, insert, select

from xiangsheng.core.batch import OPEN, WINDOW_S, Batch, BatchRequest, BatchState
from xiangsheng.core.errors import BusyError
from xiangsheng.store.batch_rows import batch_of, change, moved, row_of
from xiangsheng.store.codec import encode
from xiangsheng.store.database import reading, transaction
from xiangsheng.store.schema import batches


@dataclass(frozen=True, slots=True)
class BatchTable:
    """`now` gives seconds since 1970."""

    engine: Engine
    now: Callable[[], float]

    def add(self, batch: str, request: BatchRequest, most: int) -> Batch:
        """A new one, waiting for its turn. Raises BusyError where `most` have not ended yet."""
        now = int(self.now())
        with transaction(self.engine) as connection:
            waiting = select(func.count()).where(batches.c.state.in_(OPEN))
            if connection.execute(waiting).scalar_one() >= most:
                raise BusyError(
                    f"{most} batches have not ended yet, and this server takes no more at once",
                    hint="wait for one of them, or cancel it",
                )
            connection.execute(
                insert(batches).values(
                    id=batch,
                    request=encode(request),
                    input_file=request.input_file,
                    state=BatchState.VALIDATING.value,
                    created_at=now,
                    expires_at=now + WINDOW_S,
                    moments="{}",
                    total=0,
                    completed=0,
                    failed=0,
                    prompt_tokens=0,
                    completion_tokens=0,
                    faults="[]",
                    output_file="",
                    error_file="",
                    owner="",
                    token=0,
                    held_until=0.0,
                    tries=0,
                )
            )
            return batch_of(row_of(connection, batch))

    def get(self, batch: str) -> Batch:
        """Raises UsageError (`no_batch`) where there is none."""
        with reading(self.engine) as connection:
            return batch_of(row_of(connection, batch))

    def list(self, after: str, limit: int) -> tuple[Sequence[Batch], bool]:
        """Newest first, those made before the batch `after`; and whether there are more."""
        query = select(batches).order_by(batches.c.number.desc()).limit(limit + 1)
        with reading(self.engine) as connection:
            if after:
                query = query.where(batches.c.number < row_of(connection, after).number)
            found = [batch_of(row) for row in connection.execute(query)]
        return found[:limit], len(found) > limit

    def needs(self, file: str) -> Batch | None:
        """One that has not ended and whose requests are in this file."""
        query = select(batches).where(batches.c.input_file == file, batches.c.state.in_(OPEN))
        with reading(self.engine) as connection:
            row = connection.execute(query).first()
            return batch_of(row) if row else None

    def cancel(self, batch: str) -> Batch:
        """Whoever answers it hears of it soon. A second time changes nothing.

        Raises UsageError (`batch_state`) where it has ended or is about to.
        """
        with transaction(self.engine) as connection:
            found = batch_of(row_of(connection, batch, lock=True))
            if found.state is BatchState.CANCELLING:
                return found
            change(connection, batch, moved(found, BatchState.CANCELLING, self.now()))
            return batch_of(row_of(connection, batch))
