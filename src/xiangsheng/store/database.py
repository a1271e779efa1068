"""Opening the database: durable settings, migrations, and its errors in our words."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.exc import DatabaseError

from xiangsheng.core.errors import DiskFullError, NewerHomeError, StoreError
from xiangsheng.store import schema

_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_FSYNC")


def open_database(path: Path) -> Engine:
    """SQLite at `path`, created and migrated as needed; a backup is made before a migration.

    Raises NewerHomeError when a newer version made it, StoreError when it is no database.
    """
    engine = create_engine(URL.create("sqlite", database=str(path)))

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "busy_timeout=10000",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer that starts as a reader can be refused at its first write; IMMEDIATE waits.
        reads = connection.get_execution_options().get("reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    _migrate(engine, path)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A consistent view that waits for no writer and keeps none waiting."""
    view = engine.execution_options(reads=True)
    with database_errors(str(engine.url.database)), view.begin() as connection:
        yield connection


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A write transaction. A full disk becomes DiskFullError, other trouble StoreError."""
    with database_errors(str(engine.url.database)), engine.begin() as connection:
        yield connection


@contextmanager
def database_errors(where: str) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        name = getattr(error.orig, "sqlite_errorname", "")
        if name in _FULL:
            raise DiskFullError(
                "the disk is full; everything committed before is kept",
                where=where,
                hint="make room, then resume the run",
            ) from error
        raise StoreError(
            f"the database cannot be used: {error.orig}",
            where=where,
            hint="check the file and its folder's permissions, or name another home "
            "with XIANGSHENG_HOME",
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError("the disk is full", where=where) from error
        raise


def _migrate(engine: Engine, path: Path) -> None:
    wanted = len(schema.MIGRATIONS)
    with reading(engine) as connection:
        found = _version(connection)
    if found > wanted:
        raise NewerHomeError(
            f"this home has schema version {found}; this xiangsheng knows up to {wanted}",
            where=str(path),
            hint="upgrade xiangsheng, or name another home with XIANGSHENG_HOME",
        )
    if found == wanted:
        return
    if found:
        _back_up(path, path.with_suffix(f".v{found}.bak"))
    with transaction(engine) as connection:
        found = _version(connection)  # another process may have been faster
        for migrate in schema.MIGRATIONS[found:]:
            migrate(connection)
        connection.execute(schema.version.delete())
        connection.execute(schema.version.insert().values(version=wanted))


def _back_up(path: Path, copy: Path) -> None:
    """SQLite's own copy: what is still in the write-ahead log is in it, and no lock is lost."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _version(connection: Connection) -> int:
    if not inspect(connection).has_table(schema.version.name):
        return 0
    return connection.execute(select(schema.version.c.version)).scalar_one_or_none() or 0
