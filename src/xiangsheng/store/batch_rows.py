"""Batches as rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from xiangsheng.core.batch import Batch, BatchFault, BatchRequest, BatchState
from xiangsheng.core.errors import UsageError
from xiangsheng.core.generation import Usage
from xiangsheng.store.codec import decode, encode
from xiangsheng.store.schema import batches

Moments = dict[BatchState, int]


def batch_of(row: Row[Any]) -> Batch:
    return Batch(
        id=row.id,
        request=decode(BatchRequest, row.request),
        state=BatchState(row.state),
        created_at=row.created_at,
        expires_at=row.expires_at,
        moments=decode(Moments, row.moments),
        total=row.total,
        completed=row.completed,
        failed=row.failed,
        usage=Usage(row.prompt_tokens, row.completion_tokens),
        faults=decode(tuple[BatchFault, ...], row.faults),
        output_file=row.output_file,
        error_file=row.error_file,
    )


def row_of(connection: Connection, batch: str, *, lock: bool = False) -> Row[Any]:
    """Raises UsageError (`no_batch`) where there is none."""
    query = select(batches).where(batches.c.id == batch)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise UsageError(f"No batch found with id '{batch}'.", code="no_batch")
    return row


def change(connection: Connection, batch: str, values: Mapping[str, object]) -> None:
    connection.execute(update(batches).where(batches.c.id == batch).values(**values))


def moved(batch: Batch, target: BatchState, now: float) -> dict[str, object]:
    """What changes when it comes into a state. Raises UsageError where it cannot."""
    batch.refuse(target)
    moments: Moments = {**batch.moments, target: int(now)}
    return {"state": target.value, "moments": encode(moments)}
