"""Opening the database: SQLite or PostgreSQL, migrations, and its errors in our words."""

import errno
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from xiangsheng.core.errors import (
    BusyError,
    DataError,
    DiskFullError,
    NewerHomeError,
    XiangshengError,
)
from xiangsheng.store import schema
from xiangsheng.store.postgres import Postgres
from xiangsheng.store.sqlite import Sqlite


class Dialect(Protocol):
    """What each kind of database does in its own way; the rest of `store` knows none by name."""

    @property
    def reading(self) -> Mapping[str, object]:
        """Execution options under which a transaction is one consistent view."""

    def where(self, engine: Engine) -> str:
        """What a person is told; never a password."""

    def back_up(self, engine: Engine, version: int) -> None:
        """Before a migration, where the database can."""

    def alone(self, connection: Connection) -> None:
        """Until the transaction ends nobody else goes past this."""

    def trouble(self, error: DBAPIError, where: str) -> XiangshengError:
        """What to raise for the driver's error."""


class Owner(Protocol):
    """Whose tables they are to be: it is asked before anything is changed."""

    def has(self, connection: Connection) -> bool:
        """Whether they bear its mark. Raises StoreError where they are somebody else's."""

    def taking(self, connection: Connection) -> AbstractContextManager[None]:
        """Around all that is changed: StoreError before it, or its mark after it."""


SQLITE, POSTGRES = Sqlite(), Postgres()


def open_database(path: Path, address: str = "", owner: Owner | None = None) -> Engine:
    """PostgreSQL at `address`, else SQLite at `path`, created and migrated as needed.

    Raises NewerHomeError when a newer version made it, StoreError when it is no database, or when
    `owner` may not have it; it is left as it was then.
    """
    engine = POSTGRES.engine(address) if address else SQLITE.engine(path)
    try:
        _migrate(engine, owner)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A consistent view that waits for no writer and keeps none waiting."""
    view = engine.execution_options(**dialect_of(engine).reading)
    with database_errors(engine), view.begin() as connection:
        yield connection


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A write transaction. A full disk becomes DiskFullError, other trouble StoreError."""
    with database_errors(engine), engine.begin() as connection:
        yield connection


@contextmanager
def database_errors(engine: Engine) -> Iterator[None]:
    dialect = dialect_of(engine)
    where = dialect.where(engine)
    try:
        yield
    except DBAPIError as error:
        raise dialect.trouble(error, where) from error
    except NoConnectionError as error:
        raise BusyError("too much is under way in the database", where=where) from error
    except UnicodeEncodeError as error:
        raise DataError(
            f"half a character (U+{ord(error.object[error.start]):04X}) is no text to keep",
            hint="write the whole character where the text comes from",
            code="half_character",
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError("the disk is full", where=where) from error
        raise


def dialect_of(engine: Engine) -> Dialect:
    return POSTGRES if engine.dialect.name == "postgresql" else SQLITE


def _migrate(engine: Engine, owner: Owner | None) -> None:
    wanted, dialect = len(schema.MIGRATIONS), dialect_of(engine)
    with reading(engine) as connection:
        owned = owner is None or owner.has(connection)
        found = _version(connection)
    if found == wanted and owned:
        return
    with transaction(engine) as connection:
        dialect.alone(connection)  # another process may have been faster: all is looked at again
        with owner.taking(connection) if owner else nullcontext():
            found = _version(connection)
            if 0 < found < wanted:
                dialect.back_up(engine, found)
            for migrate in schema.MIGRATIONS[found:]:
                migrate(connection)
            connection.execute(schema.version.delete())
            connection.execute(schema.version.insert().values(version=wanted))


def _version(connection: Connection) -> int:
    """0 where there are no tables yet. Raises NewerHomeError for one that we do not know."""
    if not inspect(connection).has_table(schema.version.name):
        return 0
    found = connection.execute(select(schema.version.c.version)).scalar_one_or_none() or 0
    if found > (known := len(schema.MIGRATIONS)):
        raise NewerHomeError(
            f"this home has schema version {found}; this xiangsheng knows up to {known}",
            where=dialect_of(connection.engine).where(connection.engine),
            hint="upgrade xiangsheng, or name another home with XIANGSHENG_HOME",
        )
    return found
