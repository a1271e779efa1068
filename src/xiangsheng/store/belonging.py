"""One home, one database: rows name models, files and runs whose folders only one home has.

A database outside its home bears the home's mark, and the home remembers where it is. A database
that is refused is left as it was.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, inspect, select

from xiangsheng.core.errors import StoreError, UsageError
from xiangsheng.files.atomic import claim, staged, write_text
from xiangsheng.store import schema
from xiangsheng.store.database import dialect_of
from xiangsheng.store.home import Home
from xiangsheng.store.schema import homes

OWN = "give each home a database of its own: createdb NAME"


@dataclass(frozen=True, slots=True)
class HomeOwner:
    """A home as the owner of a database outside it."""

    home: Home

    def has(self, connection: Connection) -> bool:
        """Raises StoreError: `other_home`, or `other_program` where another has our names."""
        found = _found(connection)
        if found is not None and found != _mark(self.home):
            raise StoreError(
                "this database holds the tables of another home",
                where=_where(connection),
                hint=OWN,
                code="other_home",
            )
        return found is not None

    @contextmanager
    def taking(self, connection: Connection) -> Iterator[None]:
        """Raises StoreError `other_database` where the home has its tables elsewhere."""
        owned = self.has(connection)
        if not owned:
            self._refuse_second(_where(connection))
        yield
        if not owned:
            connection.execute(insert(homes).values(mark=_mark(self.home)))

    def _refuse_second(self, where: str) -> None:
        home = self.home
        tables = home.remembered or (str(home.database) if home.database.exists() else "")
        if tables:
            raise StoreError(
                f"this home has its tables in {tables}, and {where} is empty",
                where=str(home.folder),
                hint="name another home with XIANGSHENG_HOME; "
                "tables are not moved from one to the other",
                code="other_database",
            )


def remember(home: Home, engine: Engine) -> None:
    """Where its tables are, for the next time; kept so that nobody else can change it."""
    where = dialect_of(engine).where(engine)
    if home.remembered != where:
        write_text(home.address_file, where + "\n", mode=0o644)


def _where(connection: Connection) -> str:
    return dialect_of(connection.engine).where(connection.engine)


def _found(connection: Connection) -> str | None:
    """The mark in the database, if it has one."""
    inspector = inspect(connection)
    versioned = inspector.has_table(schema.version.name)
    if versioned and inspector.has_table(homes.name):
        return connection.execute(select(homes.c.mark)).scalar()
    if versioned:  # a name that many give to a table: ours has one column
        columns = [column["name"] for column in inspector.get_columns(schema.version.name)]
        taken = [schema.version.name] if columns != schema.version.c.keys() else []
    else:
        taken = [name for name in schema.metadata.tables if inspector.has_table(name)]
    if taken:
        raise StoreError(
            f"another program has tables here that are called as ours are: {', '.join(taken)}",
            where=_where(connection),
            hint=OWN,
            code="other_program",
        )
    return None


def _mark(home: Home) -> str:
    path = home.mark_file
    if not path.exists():
        with staged(home.folder) as stage:
            drawn = stage / path.name
            drawn.write_text(secrets.token_hex(16) + "\n", encoding="ascii")
            with suppress(UsageError):  # another process was faster: its mark holds
                claim(drawn, path)
    return path.read_text(encoding="ascii").strip()
