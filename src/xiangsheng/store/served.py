"""What the server was asked and what it answered, for who wants to know later; never rewritten."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, insert, select

from xiangsheng.core.generation import Outcome, Request
from xiangsheng.store.codec import decode, encode
from xiangsheng.store.database import reading, transaction
from xiangsheng.store.schema import served_outcomes, served_requests


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt, `place`, of the request that is answered under `id`.

    `digest` is the model's; with the seed in `request` it makes the same answer again.
    """

    id: str
    place: int
    endpoint: str
    model: str
    digest: str
    request: Request
    at: str


@dataclass(frozen=True, slots=True)
class Answered:
    id: str
    place: int
    outcome: Outcome
    at: str


@dataclass(frozen=True, slots=True)
class ServedTable:
    engine: Engine

    def write(self, rows: Sequence[Asked | Answered]) -> None:
        """All of them in one durable transaction."""
        asked = [_asked(row) for row in rows if isinstance(row, Asked)]
        answered = [_answered(row) for row in rows if isinstance(row, Answered)]
        with transaction(self.engine) as connection:
            if asked:
                connection.execute(insert(served_requests), asked)
            if answered:
                connection.execute(insert(served_outcomes), answered)

    def read(self, identity: str) -> list[tuple[Request, Outcome | None]]:
        """A request's prompts in their order, each with its outcome where there is one."""
        query = (
            select(served_requests.c.body, served_outcomes.c.body)
            .select_from(
                served_requests.outerjoin(
                    served_outcomes,
                    (served_requests.c.id == served_outcomes.c.id)
                    & (served_requests.c.place == served_outcomes.c.place),
                )
            )
            .where(served_requests.c.id == identity)
            .order_by(served_requests.c.place)
        )
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        return [(decode(Request, a), decode(Outcome, b) if b else None) for a, b in rows]


def _asked(row: Asked) -> dict[str, object]:
    return {
        "id": row.id,
        "place": row.place,
        "endpoint": row.endpoint,
        "model": row.model,
        "digest": row.digest,
        "body": encode(row.request),
        "created_at": row.at,
    }


def _answered(row: Answered) -> dict[str, object]:
    return {
        "id": row.id,
        "place": row.place,
        "kind": row.outcome.kind.value,
        "body": encode(row.outcome),
        "latency_s": row.outcome.latency_s,
        "created_at": row.at,
    }
