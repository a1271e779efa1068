"""PostgreSQL: a server that many machines may write to at once, through psycopg."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from xiangsheng.core.errors import StoreError, UsageError, XiangshengError
from xiangsheng.store.postgres_errors import explained

DRIVER = "postgresql+psycopg"
_SPELLINGS = (DRIVER, "postgresql", "postgres")
_MIGRATING = 0x58616E67  # the number of our advisory lock; any will do that is always the same

# Unless the URL says otherwise. A server that has gone away is noticed within a minute.
_CONNECTING = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
    "application_name": "xiangsheng",
}

# What a session needs whatever the server's settings are. A lock is waited for as long as SQLite's;
# who stops in the middle of a transaction keeps nobody waiting for ever; committed means durable.
_SESSION = """
SELECT set_config('client_encoding', 'UTF8', false),
       set_config('lock_timeout', '10s', false),
       set_config('idle_in_transaction_session_timeout', '30s', false),
       set_config('synchronous_commit', CASE current_setting('synchronous_commit')
           WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)
"""


class Postgres:
    reading: Mapping[str, object] = MappingProxyType(
        {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )

    def engine(self, address: str) -> Engine:
        """Raises UsageError for an address that is none, StoreError where psycopg is missing."""
        url = parsed(address)
        try:
            engine = create_engine(
                url,
                connect_args={k: v for k, v in _CONNECTING.items() if k not in url.query},
                # A statement after a lock sees what its holder has committed; a snapshot would not.
                isolation_level="READ COMMITTED",
                pool_pre_ping=True,  # one that broke while it was idle is replaced
                hide_parameters=True,  # they may be long, and they are people's texts
            )
        except ImportError as error:
            raise StoreError(
                "PostgreSQL needs the library psycopg, which is not installed",
                hint="pip install 'xiangsheng[postgres]'",
                code="no_psycopg",
            ) from error

        @event.listens_for(engine, "connect")
        def _configure(connection: Any, _record: object) -> None:
            connection.execute(_SESSION)
            encoding = connection.info.parameter_status("server_encoding")
            connection.commit()
            if encoding != "UTF8":
                connection.close()
                raise StoreError(
                    f"the database's encoding is {encoding}, which cannot hold every text",
                    where=self.where(engine),
                    hint="make one with: createdb --encoding=UTF8 --template=template0 NAME",
                    code="database_encoding",
                )

        return engine

    def where(self, engine: Engine) -> str:
        return shown(engine.url)

    def back_up(self, engine: Engine, version: int) -> None:
        """Its tables change all or none; copies are made by who keeps the server."""

    def alone(self, connection: Connection) -> None:
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))

    def trouble(self, error: DBAPIError, where: str) -> XiangshengError:
        return explained(error.orig, where)


def parsed(address: str) -> URL:
    """Raises UsageError, which does not repeat an address that may hold a password."""
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise _no_address("the database's address cannot be read") from None
    if url.drivername not in _SPELLINGS:
        raise _no_address(f"this is no address of a PostgreSQL server: {url.drivername}:…")
    if "@" in (url.host or ""):
        raise _no_address("the database's address holds two @; in a password, @ is written %40")
    return url.set(drivername=DRIVER)


def has_password(address: str) -> bool:
    url = parsed(address)
    return bool(url.password) or any("password" in name for name in url.query)


def shown(url: URL) -> str:
    """Without a password."""
    kept = {name: value for name, value in url.query.items() if "password" not in name}
    return url.set(query=kept)._replace(password=None).render_as_string()


def _no_address(message: str) -> UsageError:
    return UsageError(
        message,
        hint="one looks like postgresql+psycopg://user@host/database",
        code="database_address",
    )
