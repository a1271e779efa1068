"""SQLite: one file in the home, many readers, one writer at a time."""

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from xiangsheng.core.errors import DiskFullError, StoreError, XiangshengError
from xiangsheng.files.atomic import writing_errors

PATIENCE_MS = 10_000  # for a lock that somebody else holds
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_FSYNC")


class Sqlite:
    reading: Mapping[str, object] = MappingProxyType({"reads": True})

    def engine(self, path: Path) -> Engine:
        engine = create_engine(URL.create("sqlite", database=str(path)))

        @event.listens_for(engine, "connect")
        def _configure(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # we say BEGIN ourselves
            for pragma in (f"busy_timeout={PATIENCE_MS}", "synchronous=FULL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")
            _log_ahead(connection)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            # A writer that starts as a reader can be refused at its first write; IMMEDIATE waits.
            reads = connection.get_execution_options().get("reads")
            connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

        return engine

    def where(self, engine: Engine) -> str:
        return str(engine.url.database)

    def back_up(self, engine: Engine, version: int) -> None:
        """SQLite's own copy: what is still in the write-ahead log is in it, and no lock is lost."""
        path = Path(self.where(engine))
        copy = path.with_suffix(f".v{version}.bak")
        making = copy.with_suffix(".making")
        with writing_errors(copy):
            making.unlink(missing_ok=True)
            try:
                with (
                    closing(sqlite3.connect(path)) as source,
                    closing(sqlite3.connect(making)) as target,
                ):
                    source.backup(target)
            except sqlite3.Error as error:
                raise _explained(error, str(copy)) from error
            making.replace(copy)

    def alone(self, _connection: Connection) -> None:
        """Who writes is alone."""

    def trouble(self, error: DBAPIError, where: str) -> XiangshengError:
        return _explained(error.orig, where)


def _explained(error: BaseException | None, where: str) -> XiangshengError:
    if getattr(error, "sqlite_errorname", "") in _FULL:
        return DiskFullError(
            "the disk is full; everything committed before is kept",
            where=where,
            hint="make room, then resume the run",
        )
    return StoreError(
        f"the database cannot be used: {error}",
        where=where,
        hint="check the file and its folder's permissions, or name another home "
        "with XIANGSHENG_HOME",
    )


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Into write-ahead logging, which a file keeps once it has it.

    Two connections that change a new file at once would wait for each other, so SQLite refuses one
    of them at once, whatever its busy_timeout: that one looks again.
    """
    until = time.monotonic() + PATIENCE_MS / 1000
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                raise
            time.sleep(0.005)
        else:
            return  # also where the file system cannot share memory, and so keeps the old way
