"""Bases are in the home when they are whole, and what was begun of one is kept."""

import errno
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from xiangsheng.core.errors import DiskFullError, StoreError
from xiangsheng.core.model import BuiltBase
from xiangsheng.core.results import Tuning
from xiangsheng.store.base_store import BaseStore

DIGEST = "0a1b2c3d" * 8
BASE = BuiltBase(
    "local:ada",
    DIGEST,
    "bundled/train",
    "2026-01-02T03:04:05Z",
    Tuning("local:ada", "", 1.5, 12, curve=((1, 8.25),), settings={"epochs": "6"}),
)


@pytest.fixture
def store(tmp_path: Path) -> BaseStore:
    (tmp_path / "bases").mkdir()
    return BaseStore(tmp_path / "bases")


def keep(store: BaseStore, base: BuiltBase = BASE, content: str = "weights") -> None:
    with store.making(base.digest) as (files, _):
        (files / "model").write_text(content)
        store.keep(base, files)


def test_what_is_kept_is_found_with_all_that_is_known_of_it(store: BaseStore) -> None:
    assert store.get(DIGEST) is None
    keep(store)
    assert store.get(DIGEST) == BASE
    assert store.all() == (BASE,)
    assert (store.path(DIGEST) / "model").read_text() == "weights"
    found = sorted(path.name for path in store.folder.iterdir())
    assert found == [f".{DIGEST[:16]}.lock", DIGEST[:16]]


def test_who_has_kept_a_base_is_alone_with_it_until_the_end(store: BaseStore) -> None:
    with store.making(DIGEST) as (files, _):
        store.keep(BASE, files)
        with pytest.raises(StoreError, match="another process"), store.making(DIGEST):
            pass
    keep(store, content="again")
    assert (store.path(DIGEST) / "model").read_text() == "again"


def test_the_newest_of_a_name_is_first(store: BaseStore) -> None:
    others = [
        replace(BASE, digest="1" * 64, created_at="2026-01-02T03:04:04Z"),
        replace(BASE, digest="2" * 64, created_at="2026-01-02T03:04:06Z"),
        replace(BASE, digest="3" * 64, created_at="2026-01-02T03:04:07Z", name="local:babbage"),
    ]
    for base in (BASE, *others):
        keep(store, base)
    assert [base.digest[0] for base in store.all()] == ["3", "2", "0", "1"]
    assert store.newest("local:ada") == others[1]
    assert store.newest("local:curie") is None


def test_files_begin_empty_and_checkpoints_outlive_a_stop(store: BaseStore) -> None:
    with store.making(DIGEST) as (files, checkpoints):
        (files / "half").write_text("half a model")
        (checkpoints / "step-00000003").mkdir()
    with store.making(DIGEST) as (files, checkpoints):
        assert list(files.iterdir()) == []
        assert [path.name for path in checkpoints.iterdir()] == ["step-00000003"]
    assert store.all() == ()
    keep(store)
    with store.making(DIGEST) as (_, checkpoints):
        assert list(checkpoints.iterdir()) == []


def test_checkpoints_outlive_an_error_too(store: BaseStore) -> None:
    def fail() -> None:
        with store.making(DIGEST) as (_, checkpoints):
            (checkpoints / "step-00000003").mkdir()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with store.making(DIGEST) as (_, checkpoints):
        assert list(checkpoints.iterdir())


def test_one_base_is_built_by_one_process_and_two_bases_by_two(store: BaseStore) -> None:
    with store.making(DIGEST):
        with (
            pytest.raises(StoreError, match="another process is building this base") as caught,
            store.making(DIGEST),
        ):
            pass
        with store.making("1" * 64):
            pass
    assert "wait for it" in caught.value.hint
    with store.making(DIGEST):
        pass


HOLDING = """
import os, signal, sys
from pathlib import Path
from xiangsheng.store.base_store import BaseStore
with BaseStore(Path(sys.argv[1])).making(sys.argv[2]) as (files, checkpoints):
    (checkpoints / "step-00000001").mkdir()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_who_was_killed_holds_nothing(store: BaseStore) -> None:
    process = [sys.executable, "-c", HOLDING, str(store.folder), DIGEST]
    assert subprocess.run(process, check=False).returncode == -9
    with store.making(DIGEST) as (_, checkpoints):
        assert [path.name for path in checkpoints.iterdir()] == ["step-00000001"]


def test_a_damaged_one_is_not_there_and_is_replaced(store: BaseStore) -> None:
    keep(store, content="old")
    for damaged in ("", "{", "null", '{"name": "local:ada"}'):
        (store.path(DIGEST) / "base.json").write_text(damaged)
        assert store.get(DIGEST) is None
        assert store.all() == ()
    (store.path(DIGEST) / "leftover").write_text("")
    keep(store, content="new")
    assert store.get(DIGEST) == BASE
    assert sorted(path.name for path in store.path(DIGEST).iterdir()) == ["base.json", "model"]
    assert (store.path(DIGEST) / "model").read_text() == "new"


def test_a_full_disk_is_said(store: BaseStore) -> None:
    def fill() -> None:
        with store.making(DIGEST):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFullError) as caught:
        fill()
    assert "make room" in caught.value.hint


def test_other_things_in_the_folder_are_no_bases(store: BaseStore) -> None:
    (store.folder / "notes.txt").write_text("mine")
    (store.folder / "empty").mkdir()
    keep(store)
    assert store.all() == (BASE,)
