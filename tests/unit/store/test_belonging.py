"""Whose a database outside its home is; one that is refused stays as it was."""

import os
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection, text

from postgres import Cluster
from xiangsheng.core.errors import StoreError
from xiangsheng.store import schema
from xiangsheng.store.database import POSTGRES
from xiangsheng.store.home import Home
from xiangsheng.store.postgres import Postgres
from xiangsheng.store.workspace import open_workspace


@pytest.fixture
def address(cluster: Cluster) -> Iterator[str]:
    made = cluster.new_database()
    yield made
    cluster.drop(made)


def opened(folder: Path, address: str = "") -> str:
    """The mark of the home in `folder`, which is made."""
    folder.mkdir(exist_ok=True)
    with open_workspace(folder, {"XIANGSHENG_DATABASE": address}) as workspace:
        return workspace.home.mark_file.read_text() if address else ""


def refused(folder: Path, address: str) -> StoreError:
    with pytest.raises(StoreError) as caught:
        opened(folder, address)
    return caught.value


def query(cluster: Cluster, address: str, statement: str) -> Sequence[tuple[object, ...]]:
    return cluster.execute(statement, address.partition("?")[0].rpartition("/")[2])


def columns(cluster: Cluster, address: str) -> Sequence[tuple[object, ...]]:
    """All that anybody has made in the database."""
    return query(
        cluster,
        address,
        "SELECT table_name, column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
    )


def overtaken(patch: pytest.MonkeyPatch, folder: Path, address: str) -> list[str]:
    """Who opens an empty database next loses its turn: the home in `folder` has it all done before.

    The mark of that home, once it has.
    """
    real, marks = POSTGRES.alone, list[str]()

    def alone(_self: Postgres, connection: Connection) -> None:
        patch.setattr(Postgres, "alone", lambda _self, connection: real(connection))
        marks.append(opened(folder, address))
        real(connection)

    patch.setattr(Postgres, "alone", alone)
    return marks


def test_a_database_is_one_homes(tmp_path: Path, address: str) -> None:
    opened(tmp_path / "one", address)
    assert refused(tmp_path / "two", address).code == "other_home"
    opened(tmp_path / "one", address)


def test_a_newer_program_leaves_another_homes_tables_as_they_are(
    tmp_path: Path, address: str, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def later(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE later (x INTEGER)"))

    opened(tmp_path / "one", address)
    before, version = columns(cluster, address), len(schema.MIGRATIONS)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, later))
    assert refused(tmp_path / "two", address).code == "other_home"
    assert columns(cluster, address) == before
    assert query(cluster, address, "SELECT version FROM schema_version") == [(version,)]
    opened(tmp_path / "one", address)
    assert query(cluster, address, "SELECT version FROM schema_version") == [(version + 1,)]


def test_an_older_program_too_is_told_that_they_are_another_homes(
    tmp_path: Path, address: str, cluster: Cluster
) -> None:
    opened(tmp_path / "one", address)
    query(cluster, address, "UPDATE schema_version SET version = 99")
    assert refused(tmp_path / "two", address).code == "other_home"
    assert refused(tmp_path / "one", address).code == "newer_home"
    assert query(cluster, address, "SELECT version FROM schema_version") == [(99,)]


def test_a_home_with_tables_gets_no_second_ones(
    tmp_path: Path, address: str, cluster: Cluster
) -> None:
    opened(tmp_path)
    error = refused(tmp_path, address)
    assert error.code == "other_database"
    assert "xiangsheng.db" in error.message
    assert columns(cluster, address) == []
    with open_workspace(tmp_path, {}) as workspace:
        assert workspace.engine.dialect.name == "sqlite"


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TABLE jobs (title TEXT)",
        "CREATE VIEW runs AS SELECT 1 AS distance",
        "CREATE TABLE homes (street TEXT)",
        "CREATE TABLE schema_version AS VALUES (1, '1.0'), (2, '1.1')",
    ],
)
def test_another_programs_tables_are_not_taken_for_ours(
    tmp_path: Path, address: str, cluster: Cluster, made: str
) -> None:
    query(cluster, address, made)
    before = columns(cluster, address)
    error = refused(tmp_path, address)
    assert error.code == "other_program"
    assert made.split()[2] in error.message
    assert columns(cluster, address) == before
    assert not (tmp_path / ".xiangsheng" / "database").exists()


def test_tables_of_other_names_are_no_hindrance(
    tmp_path: Path, address: str, cluster: Cluster
) -> None:
    query(cluster, address, "CREATE TABLE customers (name TEXT)")
    opened(tmp_path, address)
    assert ("customers", "name", "text") in columns(cluster, address)


def test_many_first_openings_of_a_home_are_all_let_in(
    tmp_path: Path, address: str, cluster: Cluster
) -> None:
    together = Barrier(8)

    def first(_: int) -> str:
        together.wait()
        return opened(tmp_path, address)

    with ThreadPoolExecutor(8) as pool:
        (mark,) = set(pool.map(first, range(8)))
    assert query(cluster, address, "SELECT mark FROM homes") == [(mark.strip(),)]


def test_nobody_marks_a_database_while_its_home_looks_where_its_tables_are(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a first opening sees no mark, and then that the home has its tables there already."""
    real = Home.remembered.fget  # type: ignore[attr-defined]
    with ThreadPoolExecutor() as pool:
        others: list[Future[str]] = []

        def remembered(home: Home) -> str:
            monkeypatch.setattr(Home, "remembered", property(real))
            others.append(pool.submit(opened, tmp_path, address))
            wait(others, 1)  # it has a second for what it may not do
            return str(real(home))

        monkeypatch.setattr(Home, "remembered", property(remembered))
        assert opened(tmp_path, address) == others[0].result()


def test_who_was_slower_finds_the_tables_its_own(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    faster = overtaken(monkeypatch, tmp_path, address)
    assert opened(tmp_path, address) == faster[0]


def test_of_two_homes_that_come_at_once_one_has_it(
    tmp_path: Path, address: str, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    faster = overtaken(monkeypatch, tmp_path / "two", address)
    assert refused(tmp_path / "one", address).code == "other_home"
    assert query(cluster, address, "SELECT mark FROM homes") == [(faster[0].strip(),)]


def test_what_a_home_remembers_is_its_users_alone_to_change(tmp_path: Path, address: str) -> None:
    """Whatever the user's other files are: it would not be obeyed otherwise."""
    before = os.umask(0)
    try:
        opened(tmp_path, address)
    finally:
        os.umask(before)
    file = tmp_path / ".xiangsheng" / "database"
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    opened(tmp_path)
