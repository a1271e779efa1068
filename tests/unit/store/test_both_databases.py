"""What holds whichever database a home's tables are in."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, insert, select, text, update

from xiangsheng.core.errors import DataError, NewerHomeError, StoreError
from xiangsheng.store import schema
from xiangsheng.store.database import open_database, reading, transaction
from xiangsheng.store.schema import runs

ROW = {"spec": "", "state": "", "created_at": "", "finished_at": "", "tuned": ""}


@pytest.fixture
def place(tmp_path: Path, tables: dict[str, str]) -> tuple[Path, str]:
    return tmp_path / "a.db", tables.get("XIANGSHENG_DATABASE", "")


@pytest.fixture
def engine(place: tuple[Path, str]) -> Iterator[Engine]:
    opened = open_database(*place)
    yield opened
    opened.dispose()


def ids(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(select(runs.c.id).order_by(runs.c.id)).scalars())


def test_many_who_open_an_empty_database_at_once_make_its_tables_once(
    place: tuple[Path, str],
) -> None:
    together = Barrier(8)

    def opened(_: int) -> tuple[int, ...]:
        together.wait()
        engine = open_database(*place)
        with reading(engine) as connection:
            found = connection.execute(select(schema.version.c.version)).scalars().all()
        engine.dispose()
        return tuple(found)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(opened, range(8))) == {(len(schema.MIGRATIONS),)}


def test_a_newer_home_is_refused_and_left_alone(place: tuple[Path, str], engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(update(schema.version).values(version=99))
    with pytest.raises(NewerHomeError) as caught:
        open_database(*place)
    assert caught.value.message == (
        f"this home has schema version 99; this xiangsheng knows up to {len(schema.MIGRATIONS)}"
    )
    assert "upgrade xiangsheng" in caught.value.hint
    with reading(engine) as connection:
        assert connection.execute(select(schema.version.c.version)).scalar_one() == 99


def test_a_migration_that_fails_changes_nothing(
    place: tuple[Path, str], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_done(connection: object) -> None:
        connection.execute(text("CREATE TABLE later (x INTEGER)"))  # type: ignore[attr-defined]
        connection.execute(text("CREATE TABLE runs (x INTEGER)"))  # type: ignore[attr-defined]

    before = len(schema.MIGRATIONS)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, half_done))
    with pytest.raises(StoreError):
        open_database(*place)
    with reading(engine) as connection:
        assert connection.execute(select(schema.version.c.version)).scalar_one() == before
    with pytest.raises(StoreError), reading(engine) as connection:
        connection.execute(text("SELECT x FROM later"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.text(), unique=True, max_size=8))
def test_any_text_comes_back_is_found_and_sorted_by_code_points(
    engine: Engine, texts: list[str]
) -> None:
    with transaction(engine) as connection:
        connection.execute(delete(runs))
        if texts:
            connection.execute(insert(runs), [{**ROW, "id": one, "spec": one} for one in texts])
    with reading(engine) as connection:
        found = connection.execute(select(runs.c.id, runs.c.spec)).all()
        for one in texts:
            where = (runs.c.spec == one, runs.c.id.startswith(one, autoescape=True))
            assert one in connection.execute(select(runs.c.id).where(*where)).scalars().all()
    assert sorted(found) == sorted((one, one) for one in texts)
    usual = sorted(one for one in texts if not set(one) & set("\0\x1a"))
    assert [one for one in ids(engine) if one in usual] == usual


@pytest.mark.parametrize("given_text", ["\0", "\x1a", "\x1a0", "\x1a1", "\0\x1a\x1a0", "甲\0乙"])
def test_what_postgresql_does_not_hold_comes_back_too(engine: Engine, given_text: str) -> None:
    with transaction(engine) as connection:
        connection.execute(insert(runs).values(id=given_text, **ROW))
    assert ids(engine) == [given_text]


def test_order_is_that_of_code_points_and_case_counts(engine: Engine) -> None:
    given_ids = ["b", "B", "a", "中", "一", "é", "ｚ", "~", "😀"]
    with transaction(engine) as connection:
        connection.execute(insert(runs), [{**ROW, "id": one} for one in given_ids])
    assert ids(engine) == sorted(given_ids)
    with reading(engine) as connection:
        wanted = select(func.count()).select_from(runs).where(runs.c.id == "b")
        assert connection.execute(wanted).scalar_one() == 1


def test_text_longer_than_its_column_says_is_kept(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(insert(runs).values(id="长" * 500, **ROW))
    assert ids(engine) == ["长" * 500]


def test_half_a_character_is_refused_in_words(engine: Engine) -> None:
    with pytest.raises(DataError, match="U\\+D83D") as caught, transaction(engine) as connection:
        connection.execute(insert(runs).values(id="\ud83d", **ROW))
    assert caught.value.code == "half_character"
    assert ids(engine) == []


def test_who_reads_waits_for_no_writer_and_sees_one_moment(engine: Engine) -> None:
    with reading(engine) as reader:
        assert reader.execute(select(runs.c.id)).all() == []
        with transaction(engine) as writer:
            writer.execute(insert(runs).values(id="new", **ROW))
            assert reader.execute(select(runs.c.id)).all() == []
        assert reader.execute(select(runs.c.id)).all() == []
    assert ids(engine) == ["new"]


def test_a_transaction_that_fails_leaves_nothing_and_the_next_is_fine(engine: Engine) -> None:
    rows = [insert(runs).values(id=one, **ROW) for one in ("new", "one", "one")]
    with pytest.raises(StoreError), transaction(engine) as connection:
        _ = [connection.execute(row) for row in rows]
    assert ids(engine) == []
    with transaction(engine) as connection:
        connection.execute(insert(runs).values(id="one", **ROW))
    assert ids(engine) == ["one"]


def test_the_tables_of_sqlite_are_those_they_were(tmp_path: Path) -> None:
    """Its schema is on people's disks: no type of ours may change a word of it."""
    open_database(tmp_path / "a.db").dispose()
    with closing(sqlite3.connect(tmp_path / "a.db")) as raw:
        (made,) = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'models'").fetchone()
    assert " ".join(made.split()) == (
        "CREATE TABLE models ( name VARCHAR(160) NOT NULL, base VARCHAR(160) NOT NULL, digest "
        "VARCHAR(64) NOT NULL, rendering TEXT NOT NULL, created_at VARCHAR(32) NOT NULL, "
        "PRIMARY KEY (name) )"
    )
