"""What is PostgreSQL's own: addresses, its refusals in our words, and a server that goes away."""

import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, select, text

from postgres import PASSWORD, Cluster
from xiangsheng.core.errors import (
    DatabaseAwayError,
    DiskFullError,
    StoreError,
    UsageError,
    XiangshengError,
)
from xiangsheng.store import schema
from xiangsheng.store.database import open_database, reading, transaction
from xiangsheng.store.home import find_home
from xiangsheng.store.postgres import has_password, parsed, shown
from xiangsheng.store.postgres_errors import explained
from xiangsheng.store.workspace import open_workspace

NOWHERE = Path("nowhere")
SECRET = "geheim-7f3a"
ROW = {"spec": "", "state": "", "created_at": "", "finished_at": "", "tuned": ""}


@pytest.fixture
def address(cluster: Cluster) -> Iterator[str]:
    made = cluster.new_database()
    yield made
    cluster.drop(made)


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    opened = open_database(NOWHERE, address)
    yield opened
    opened.dispose()


def refused(address: str) -> XiangshengError:
    with pytest.raises(XiangshengError) as caught:
        open_database(NOWHERE, address).dispose()
    return caught.value


def everything(error: BaseException) -> str:
    """All that a log could show of an error and of those it comes from."""
    return repr(error) + "".join(traceback.format_exception(error))


def test_the_tables_are_in_the_server(engine: Engine, address: str, cluster: Cluster) -> None:
    assert engine.dialect.name == "postgresql"
    name = address.partition("?")[0].rpartition("/")[2]
    assert cluster.execute("SELECT version FROM schema_version", name) == [
        (len(schema.MIGRATIONS),)
    ]
    assert not NOWHERE.exists()


def test_a_session_is_durable_and_waits_for_nobody_for_ever(address: str, cluster: Cluster) -> None:
    name = address.partition("?")[0].rpartition("/")[2]
    for setting in ("synchronous_commit = off", "default_transaction_isolation = serializable"):
        cluster.execute(f"ALTER DATABASE {name} SET {setting}")
    engine = open_database(NOWHERE, address)
    names = ("synchronous_commit", "lock_timeout", "transaction_isolation", "client_encoding")
    with transaction(engine) as connection:
        found = [connection.execute(text(f"SHOW {name}")).scalar_one() for name in names]
    with reading(engine) as connection:
        view = connection.execute(text("SHOW transaction_isolation")).scalar_one()
    engine.dispose()
    assert found == ["on", "10s", "read committed", "UTF8"]
    assert view == "repeatable read"


def test_who_only_reads_cannot_write(engine: Engine) -> None:
    with pytest.raises(StoreError, match="read-only"), reading(engine) as connection:
        connection.execute(insert(schema.runs).values(id="x", **ROW))


def test_a_password_with_every_odd_character_is_taken(address: str, cluster: Cluster) -> None:
    quoted = PASSWORD.replace("%", "%25").replace("/", "%2F").replace("@", "%40")
    open_database(NOWHERE, cluster.by_password(address, quoted.replace(":", "%3A"))).dispose()


def test_what_the_server_refuses_says_what_where_and_what_next(cluster: Cluster) -> None:
    elsewhere = f"127.0.0.1:{cluster.port}"
    cases = {
        f"postgresql://postgres:{SECRET}@{elsewhere}/postgres": ("login", "authentication failed"),
        f"postgresql://nobody:{SECRET}@{elsewhere}/postgres": ("login", "nobody"),
        f"postgresql://postgres@{elsewhere}/postgres": ("login", "no password supplied"),
        cluster.url("not_there"): ("no_database", "does not exist"),
        f"postgres://me:{SECRET}@127.0.0.1:1/home": ("database_unreachable", "refused"),
        f"postgresql://me:{SECRET}@127.0.0.1:1/home?sslpassword={SECRET}": (
            "database_unreachable",
            "port 1",
        ),
        f"postgresql://me@127.0.0.1:1/home?password={SECRET}": ("database_unreachable", "port 1"),
    }
    for given, (code, words) in cases.items():
        error = refused(given)
        assert isinstance(error, DatabaseAwayError)
        assert error.code == code
        assert words in error.message
        assert "\n" not in error.message
        assert error.where.startswith("postgresql+psycopg://")
        assert error.hint
        assert SECRET not in everything(error)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (f"postgresql://me:a@{SECRET}@host/home", "two @"),
        (f"postgresql://me:{SECRET}@host:port/home", "cannot be read"),
        (SECRET, "cannot be read"),
        (f"mysql://me:{SECRET}@host/home", "no address of a PostgreSQL server: mysql:…"),
        (f"sqlite:///{SECRET}", "no address of a PostgreSQL server"),
        (f"postgresql+asyncpg://me:{SECRET}@host/home", "no address of a PostgreSQL server"),
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(given: str, words: str) -> None:
    error = refused(given)
    assert isinstance(error, UsageError)
    assert words in error.message
    assert SECRET not in everything(error)


def test_a_password_is_known_wherever_it_stands_and_never_shown() -> None:
    for given in ("//u@h/d", "//u@h/d?host=/run", "//h/d?passfile=/x", "//u:@h/d"):
        assert not has_password(f"postgresql:{given}")
    for given in (f"//u:{SECRET}@h/d", f"//u@h/d?password={SECRET}"):
        assert has_password(f"postgresql:{given}")
        assert shown(parsed(f"postgresql:{given}")) == "postgresql+psycopg://u@h/d"


def test_an_encoding_that_cannot_hold_every_text_is_refused(cluster: Cluster) -> None:
    made = cluster.new_database("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    error = refused(made)
    assert error.code == "database_encoding"
    assert "LATIN1" in error.message
    cluster.drop(made)


def test_a_user_without_rights_is_told_which_it_needs(address: str, cluster: Cluster) -> None:
    name = address.partition("?")[0].rpartition("/")[2]
    cluster.execute("CREATE ROLE visitor LOGIN")
    cluster.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC", name)
    error = refused(address.replace("postgres@", "visitor@"))
    assert error.code == "database_rights"
    assert "GRANT" in error.hint
    cluster.execute("DROP ROLE visitor")


def test_without_psycopg_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    error = refused("postgresql://me@host/home")
    assert error.code == "no_psycopg"
    assert "xiangsheng[postgres]" in error.hint


def test_a_full_disk_at_the_server_is_a_full_disk() -> None:
    class Full(Exception):  # noqa: N818 as psycopg has it
        sqlstate = "53100"

    error = explained(Full("could not extend file"), "here")
    assert isinstance(error, DiskFullError)
    assert error.where == "here"


def test_a_server_that_went_away_is_named_and_used_again_when_it_is_back(
    address: str, cluster: Cluster
) -> None:
    engine = open_database(NOWHERE, address)
    with transaction(engine) as connection:
        connection.execute(insert(schema.runs).values(id="kept", **ROW))

    def write(connection: Connection) -> None:
        connection.execute(insert(schema.runs).values(id="lost", **ROW))
        cluster.stop()
        connection.execute(insert(schema.runs).values(id="lost too", **ROW))

    with pytest.raises(DatabaseAwayError), transaction(engine) as connection:
        write(connection)
    with pytest.raises(DatabaseAwayError) as caught, reading(engine):
        pass
    assert caught.value.code == "database_unreachable"
    cluster.start()
    with reading(engine) as connection:
        assert connection.execute(select(schema.runs.c.id)).scalars().all() == ["kept"]
    engine.dispose()


def test_a_connection_that_broke_while_it_was_idle_is_replaced_unseen(
    engine: Engine, cluster: Cluster
) -> None:
    with reading(engine):
        pass
    cluster.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'xiangsheng'"
    )
    with reading(engine) as connection:
        assert connection.execute(select(schema.runs.c.id)).all() == []


def test_a_home_remembers_where_its_tables_are_but_no_password(
    tmp_path: Path, address: str, cluster: Cluster
) -> None:
    quoted = PASSWORD.replace("/", "%2F").replace("@", "%40").replace(":", "%3A")
    given = {"XIANGSHENG_DATABASE": cluster.by_password(address, quoted)}
    with open_workspace(tmp_path, given) as workspace:
        assert workspace.home.address == given["XIANGSHENG_DATABASE"]
        assert quoted not in repr(workspace)
        assert quoted not in f"{workspace.engine.url}"
    for path in (tmp_path / ".xiangsheng").rglob("*"):
        assert not path.is_file() or quoted not in path.read_text()
    home = find_home(tmp_path, {})
    assert home.address == home.remembered
    assert home.address.startswith("postgresql+psycopg://postgres@127.0.0.1:")
    assert not home.database.exists()


def test_the_remembered_database_is_opened_and_follows_when_it_moves(
    tmp_path: Path, address: str, cluster: Cluster
) -> None:
    with open_workspace(tmp_path, {"XIANGSHENG_DATABASE": address}) as workspace:
        mark = workspace.home.mark_file.read_text()
    with open_workspace(tmp_path, {}) as workspace:
        assert workspace.engine.dialect.name == "postgresql"
    name = address.partition("?")[0].rpartition("/")[2]
    moved = cluster.new_database(f"TEMPLATE {name}")
    with open_workspace(tmp_path, {"XIANGSHENG_DATABASE": moved}) as workspace:
        assert workspace.home.mark_file.read_text() == mark
    with open_workspace(tmp_path, {}) as workspace:
        assert shown(workspace.engine.url) == shown(parsed(moved))
    cluster.drop(moved)
