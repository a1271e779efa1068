"""The journal: what was asked, written before it leaves, and what came back, never rewritten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Engine, bindparam, delete, func, insert, literal, select

from xiangsheng.core.generation import Outcome, OutcomeKind
from xiangsheng.core.money import Money
from xiangsheng.store.codec import decode, encode
from xiangsheng.store.database import reading, transaction
from xiangsheng.store.schema import intents, outcomes


@dataclass(frozen=True, slots=True)
class Intent:
    """A request about to leave. `key` is the digest of all that decides its answer."""

    key: str
    attempt: int
    item: str
    model: str


@dataclass(frozen=True, slots=True)
class Settled:
    """An answered intent. `reused_from` names the run that paid for it, if another did."""

    intent: Intent
    outcome: Outcome
    cost: Money
    reused_from: str = ""


@dataclass(frozen=True, slots=True)
class Journal:
    """One run's part of the journal."""

    engine: Engine
    run: str

    def commit(self, asked: Iterable[Intent], settled: Iterable[Settled], now: str) -> None:
        """Intents and outcomes in one durable transaction, intents first."""
        intent_rows = [
            {
                "run": self.run,
                "key": intent.key,
                "attempt": intent.attempt,
                "item": intent.item,
                "model": intent.model,
                "created_at": now,
            }
            for intent in asked
        ]
        outcome_rows = [self._row(answer, now) for answer in settled]
        with transaction(self.engine) as connection:
            if intent_rows:
                connection.execute(insert(intents), intent_rows)
            if outcome_rows:
                connection.execute(insert(outcomes), outcome_rows)

    def withdraw(self, never_left: Iterable[Intent]) -> None:
        """Removes intents whose requests certainly never left."""
        with transaction(self.engine) as connection:
            for intent in never_left:
                connection.execute(
                    delete(intents).where(
                        intents.c.run == self.run,
                        intents.c.key == intent.key,
                        intents.c.attempt == intent.attempt,
                    )
                )

    def _row(self, answer: Settled, now: str) -> dict[str, object]:
        return {
            "run": self.run,
            "key": answer.intent.key,
            "attempt": answer.intent.attempt,
            "kind": answer.outcome.kind.value,
            "body": encode(answer.outcome),
            "latency_s": answer.outcome.latency_s,
            "cost": str(answer.cost.amount),
            "currency": answer.cost.currency,
            "reused_from": answer.reused_from,
            "created_at": now,
        }

    def attempts(self) -> dict[str, int]:
        """How often each key was asked so far."""
        query = (
            select(intents.c.key, func.max(intents.c.attempt).label("attempt"))
            .where(intents.c.run == self.run)
            .group_by(intents.c.key)
        )
        with reading(self.engine) as connection:
            return {row.key: row.attempt for row in connection.execute(query)}

    def answered(self) -> dict[str, Outcome]:
        """The newest outcome of each key."""
        query = (
            select(outcomes.c.key, outcomes.c.body)
            .where(outcomes.c.run == self.run)
            .order_by(outcomes.c.attempt, outcomes.c.created_at)
        )
        with reading(self.engine) as connection:
            return {key: decode(Outcome, body) for key, body in connection.execute(query)}

    def elsewhere(self, keys: Sequence[str]) -> list[tuple[str, str, Outcome]]:
        """(key, run, outcome) for keys that another run has a text for."""
        texts = [kind.value for kind in (OutcomeKind.OK, OutcomeKind.EMPTY, OutcomeKind.TRUNCATED)]
        query = (
            select(outcomes.c.run, outcomes.c.body)
            .where(
                outcomes.c.key == bindparam("wanted"),
                outcomes.c.run != self.run,
                outcomes.c.kind.in_(texts),
                outcomes.c.reused_from == "",
            )
            .order_by(outcomes.c.created_at, outcomes.c.run, outcomes.c.attempt)
        )
        with reading(self.engine) as connection:
            rows = [(key, connection.execute(query, {"wanted": key}).first()) for key in keys]
        return [(key, row.run, decode(Outcome, row.body)) for key, row in rows if row]

    def unsettled(self) -> int:
        """Intents whose answer never arrived; they count as spent."""
        query = select(func.count(literal(1))).select_from(
            intents.outerjoin(
                outcomes,
                (intents.c.run == outcomes.c.run)
                & (intents.c.key == outcomes.c.key)
                & (intents.c.attempt == outcomes.c.attempt),
            )
        )
        query = query.where(intents.c.run == self.run, outcomes.c.key.is_(None))
        with reading(self.engine) as connection:
            return connection.execute(query).scalar_one()

    def spent(self) -> tuple[Money, ...]:
        """What this run's own answers cost, a sum a currency; reused ones were paid for before."""
        query = select(outcomes.c.cost, outcomes.c.currency).where(
            outcomes.c.run == self.run, outcomes.c.reused_from == ""
        )
        sums: dict[str, Money] = {}
        with reading(self.engine) as connection:
            for cost, currency in connection.execute(query):
                before = sums.get(currency, Money(currency=currency))
                sums[currency] = before + Money(Decimal(cost), currency)
        return tuple(sums.values()) or (Money(),)
