"""The tables, and the numbered migrations that lead to them. The only place that names columns."""

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Boolean,
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


# What was uploaded, and what jobs made to be read; the contents lie in the home's `files`.
files = Table(
    "files",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("filename", String(255), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("status", String(16), nullable=False),
    Column("status_details", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

# `number` is the order of the queue. The lease: `owner` holds the job until `held_until`, and
# `token` goes up with every new holder, so that an old one's writes are known and refused.
jobs = Table(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("identity", String(64), nullable=False, index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("device", String(32), nullable=False),
    Column("spec", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("estimated_finish", BigInteger),
    Column("step", Integer, nullable=False),
    Column("trained_tokens", BigInteger, nullable=False),
    Column("stage", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("fine_tuned_model", String(160), nullable=False),
    Column("result_file", String(64), nullable=False),
    Column("told_ahead", Integer),
    Column("owner", String(200), nullable=False),
    Column("token", Integer, nullable=False),
    Column("held_until", Float, nullable=False),
    Column("tries", Integer, nullable=False),
)

# One row, which is locked by whoever changes the order of the queue: SQLite has one writer anyway.
job_queue = Table("job_queue", metadata, Column("id", Integer, primary_key=True))

job_events = Table(
    "job_events",
    metadata,
    Column("job", String(32), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("level", String(8), nullable=False),
    Column("metrics", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    Column("data", Text, nullable=False),
    ForeignKeyConstraint(["job"], ["jobs.id"]),
)

job_checkpoints = Table(
    "job_checkpoints",
    metadata,
    Column("job", String(32), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("model", String(200), nullable=False),
    Column("metrics", Text, nullable=False),
    ForeignKeyConstraint(["job"], ["jobs.id"]),
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

# `number` is the order in which they have their turn; the lease is as that of `jobs`.
batches = Table(
    "batches",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("request", Text, nullable=False),
    Column("input_file", String(64), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("moments", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("completed", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("faults", Text, nullable=False),
    Column("output_file", String(64), nullable=False),
    Column("error_file", String(64), nullable=False),
    Column("owner", String(200), nullable=False),
    Column("token", Integer, nullable=False),
    Column("held_until", Float, nullable=False),
    Column("tries", Integer, nullable=False),
)

# What is answered of a batch that has not ended; its files hold it afterwards.
batch_answers = Table(
    "batch_answers",
    metadata,
    Column("batch", String(64), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("failed", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    ForeignKeyConstraint(["batch"], ["batches.id"]),
)


def _create(connection: Connection) -> None:
    metadata.create_all(connection, tables=[version, runs, intents, outcomes, models])


def _add_jobs(connection: Connection) -> None:
    metadata.create_all(connection, tables=[files, jobs, job_queue, job_events, job_checkpoints])
    connection.execute(job_queue.insert().values(id=1))


def _add_served(connection: Connection) -> None:
    metadata.create_all(connection, tables=[served_requests, served_outcomes])


def _add_batches(connection: Connection) -> None:
    metadata.create_all(connection, tables=[batches, batch_answers])


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    _create,
    _add_jobs,
    _add_served,
    _add_batches,
)
"""Migration i leads from version i to version i + 1; landed ones are never edited."""
