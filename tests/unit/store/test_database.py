"""What is SQLite's own; what holds for both databases is in test_both_databases.py."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import Connection, Engine, text

from xiangsheng.core.errors import DataError, DiskFullError, StoreError
from xiangsheng.store import database, schema
from xiangsheng.store.database import open_database, transaction


def test_every_connection_is_durable(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "a.db")
    with transaction(engine) as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_who_finds_a_new_file_in_use_waits_for_it(tmp_path: Path) -> None:
    """SQLite refuses write-ahead logging at once, whatever its timeout, while another writes."""
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, check_same_thread=False, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE t (x)")
        Timer(0.1, other.execute, ["COMMIT"]).start()
        open_database(path).dispose()
        assert not other.in_transaction


def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this is a poem, not a database\n" * 100)
    with pytest.raises(StoreError) as caught:
        open_database(path)
    assert "a.db" in caught.value.where


def test_a_migration_keeps_a_copy_of_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.db"
    before = len(schema.MIGRATIONS)
    engine = open_database(path)  # stays open: what it wrote may still be in the log
    with transaction(engine) as connection:
        connection.execute(text("INSERT INTO runs VALUES ('kept', '', '', '', '', '')"))

    def add_a_table(connection: object) -> None:
        connection.execute(text("CREATE TABLE later (x INTEGER)"))  # type: ignore[attr-defined]

    before = len(schema.MIGRATIONS)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, add_a_table))
    open_database(path).dispose()
    with closing(sqlite3.connect(path.with_suffix(f".v{before}.bak"))) as copy:
        assert copy.execute("SELECT id FROM runs").fetchall() == [("kept",)]
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT version FROM schema_version").fetchall() == [(before + 1,)]
        raw.execute("SELECT * FROM later")


def test_of_two_that_migrate_at_once_the_copy_is_of_what_was_there_before_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = tmp_path / "a.db", len(schema.MIGRATIONS)
    open_database(path).dispose()
    others = iter([True])

    def add_a_table(connection: object) -> None:
        connection.execute(text("CREATE TABLE later (x INTEGER)"))  # type: ignore[attr-defined]

    @contextmanager
    def another_is_faster(engine: Engine) -> Iterator[Connection]:
        if next(others, False):
            open_database(path).dispose()
        with transaction(engine) as connection:
            yield connection

    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, add_a_table))
    monkeypatch.setattr(database, "transaction", another_is_faster)
    open_database(path).dispose()
    copies = list(tmp_path.glob("*.bak"))
    assert [copy.name for copy in copies] == [f"a.v{before}.bak"]
    with closing(sqlite3.connect(copies[0])) as copy:
        assert copy.execute("SELECT version FROM schema_version").fetchall() == [(before,)]


def test_a_copy_that_cannot_be_made_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = tmp_path / "a.db", len(schema.MIGRATIONS)
    open_database(path).dispose()
    (tmp_path / f"a.v{before}.making").mkdir()
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, lambda _connection: None))
    with pytest.raises(DataError) as caught:
        open_database(path)
    assert caught.value.where == str(tmp_path / f"a.v{before}.bak")
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT version FROM schema_version").fetchall() == [(before,)]


def test_a_path_with_a_question_mark_is_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a?b=c"
    path.mkdir()
    open_database(path / "a.db").dispose()
    assert (path / "a.db").is_file()
    assert [item.name for item in tmp_path.iterdir()] == ["a?b=c"]


def test_a_full_database_is_a_full_disk_and_keeps_what_was_committed(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "a.db")
    with transaction(engine) as connection:
        connection.execute(text("CREATE TABLE t (x TEXT)"))
        connection.execute(text("INSERT INTO t VALUES ('kept')"))
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    fill = (f"PRAGMA max_page_count={pages}", "INSERT INTO t VALUES (zeroblob(1000000))")
    with pytest.raises(DiskFullError), transaction(engine) as connection:
        _ = [connection.execute(text(statement)) for statement in fill]
    with transaction(engine) as connection:
        assert connection.execute(text("SELECT x FROM t")).scalars().all() == ["kept"]
    engine.dispose()
