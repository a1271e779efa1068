"""The tables, and the numbered migrations that lead to them. The only place that names columns."""

from collections.abc import Callable

from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

version = Table("schema_version", metadata, Column("version", Integer, nullable=False))

runs = Table(
    "runs",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("spec", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("finished_at", String(32), nullable=False),
    Column("tuned", String(160), nullable=False),
)

# One row a time a request leaves. An intent without an outcome counts as spent.
intents = Table(
    "intents",
    metadata,
    Column("run", String(80), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("item", String(200), nullable=False),
    Column("model", String(160), nullable=False),
    Column("created_at", String(32), nullable=False),
    ForeignKeyConstraint(["run"], ["runs.id"]),
)

# All n completions of a request, or its failure, in one row: never half an answer.
outcomes = Table(
    "outcomes",
    metadata,
    Column("run", String(80), primary_key=True),
    Column("key", String(64), primary_key=True, index=True),
    Column("attempt", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("latency_s", Float, nullable=False),
    Column("cost", String(40), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reused_from", String(80), nullable=False),
    Column("created_at", String(32), nullable=False),
    ForeignKeyConstraint(
        ["run", "key", "attempt"], ["intents.run", "intents.key", "intents.attempt"]
    ),
)

models = Table(
    "models",
    metadata,
    Column("name", String(160), primary_key=True),
    Column("base", String(160), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("rendering", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
)


# What the server was asked, a row a prompt, and what it answered; a request without an outcome was
# given up by its client, or was under way when the server was killed.
served_requests = Table(
    "served_requests",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("endpoint", String(40), nullable=False),
    Column("model", String(160), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
)

served_outcomes = Table(
    "served_outcomes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("latency_s", Float, nullable=False),
    Column("created_at", String(32), nullable=False),
    ForeignKeyConstraint(["id", "place"], ["served_requests.id", "served_requests.place"]),
)


def _create(connection: Connection) -> None:
    metadata.create_all(connection, tables=[version, runs, intents, outcomes, models])


def _add_served(connection: Connection) -> None:
    metadata.create_all(connection, tables=[served_requests, served_outcomes])


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_create, _add_served)
"""Migration i leads from version i to version i + 1; landed ones are never edited."""
