"""Atomic writing: the old file or the new one, whatever happens between."""

import errno
import os
import stat
from pathlib import Path

import pytest

from xiangsheng.core.errors import DataError, DiskFullError, UsageError
from xiangsheng.files.atomic import new_folder, write_bytes, write_new_folder, write_text


def test_a_file_is_replaced_whole_with_ordinary_permissions(tmp_path: Path) -> None:
    path = tmp_path / "甲.txt"
    write_text(path, "旧")
    write_bytes(path, "新\r\n".encode())
    assert path.read_bytes() == "新\r\n".encode()
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_keeps_the_old_file_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "旧")

    def full(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError) as refused:
        write_text(path, "新")
    assert refused.value.where == str(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_text(encoding="utf-8") == "旧"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        write_text(tmp_path / "none" / "a.txt", "新")


def test_a_new_folder_is_there_as_a_whole(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    write_new_folder(folder, {"1.txt": b"x", "2.txt": b"y"})
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
        "1.txt": b"x",
        "2.txt": b"y",
    }
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_no_folder_is_written_over_what_exists(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "set"
    if kind == "file":
        place.touch()
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to("gone")
    with pytest.raises(UsageError, match="exists already"):
        write_new_folder(place, {"1.txt": b"x"})
    assert list(tmp_path.iterdir()) == [place]


def test_a_folder_that_cannot_be_finished_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    def full_at_the_second(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full_at_the_second)
    with pytest.raises(DiskFullError):
        write_new_folder(tmp_path / "set", {"1.txt": b"x", "2.txt": b"y"})
    assert list(tmp_path.iterdir()) == []


def test_a_new_folder_is_there_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a" / "新"
    with new_folder(path) as making:
        (making / "one.txt").touch()
        assert not path.exists()
    assert [file.name for file in path.iterdir()] == ["one.txt"]
    assert list(path.parent.iterdir()) == [path]


def test_nothing_is_left_of_a_folder_that_failed(tmp_path: Path) -> None:
    def interrupted() -> None:
        with new_folder(tmp_path / "a") as making:
            (making / "one.txt").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_came_meanwhile_stays_as_it_is(tmp_path: Path) -> None:
    def overtaken() -> None:
        with new_folder(tmp_path / "a"):
            (tmp_path / "a").mkdir()
            (tmp_path / "a" / "mine").touch()

    with pytest.raises(UsageError, match="exists already"):
        overtaken()
    assert [file.name for file in tmp_path.rglob("*")] == ["a", "mine"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError) as refused, new_folder(tmp_path / "file" / "a"):
        raise AssertionError
    assert refused.value.where == str(tmp_path / "file" / "a")
