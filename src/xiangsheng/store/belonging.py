"""One home, one database: rows name models, files and runs whose folders only one home has.

A database outside its home bears the home's mark, and the home remembers where it is.
"""

import secrets
from contextlib import suppress

from sqlalchemy import Engine, insert, select

from xiangsheng.core.errors import StoreError, UsageError
from xiangsheng.files.atomic import claim, staged, write_text
from xiangsheng.store.database import dialect_of, reading, transaction
from xiangsheng.store.home import Home
from xiangsheng.store.schema import homes


def belong(home: Home, engine: Engine) -> None:
    """Makes sure that the tables are this home's; those of a new database become them.

    Raises StoreError where they are another's (`other_home`), or the database is new and the home
    has its tables elsewhere (`other_database`).
    """
    where = dialect_of(engine).where(engine)
    with reading(engine) as connection:
        found = connection.execute(select(homes.c.mark)).scalar()
    if found is None:
        _refuse_second(home, where)
        found = _marked(engine, _mark(home))
    if found != _mark(home):
        raise StoreError(
            "this database holds the tables of another home",
            where=where,
            hint="give each home a database of its own: createdb NAME",
            code="other_home",
        )
    if home.remembered != where:
        write_text(home.address_file, where + "\n")


def _refuse_second(home: Home, where: str) -> None:
    tables = home.remembered or (str(home.database) if home.database.exists() else "")
    if tables:
        raise StoreError(
            f"this home has its tables in {tables}, and {where} is empty",
            where=str(home.folder),
            hint="name another home with XIANGSHENG_HOME; tables are not moved from one to the other",
            code="other_database",
        )


def _marked(engine: Engine, mark: str) -> str:
    """Ours, or that of a home that was faster."""
    with transaction(engine) as connection:
        dialect_of(engine).alone(connection)
        found = connection.execute(select(homes.c.mark)).scalar()
        if found is None:
            connection.execute(insert(homes).values(mark=mark))
        return found or mark


def _mark(home: Home) -> str:
    path = home.mark_file
    if not path.exists():
        with staged(home.folder) as stage:
            drawn = stage / path.name
            drawn.write_text(secrets.token_hex(16) + "\n", encoding="ascii")
            with suppress(UsageError):  # another process was faster: its mark holds
                claim(drawn, path)
    return path.read_text(encoding="ascii").strip()
