"""Atomic writing: the old file or the new one, whatever happens between."""

import errno
import os
import stat
from pathlib import Path

import pytest

from xiangsheng.core.errors import DataError, DiskFullError, UsageError
from xiangsheng.files.atomic import (
    claim_all,
    new_folder,
    staged,
    write_bytes,
    write_new_folder,
    write_text,
)


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


def made(folder: Path, *names: str) -> list[tuple[Path, Path]]:
    """Finished files, and the names that they are to get."""
    (folder / "stage").mkdir(exist_ok=True)
    files = [(folder / "stage" / name, folder / name) for name in names]
    for file, _ in files:
        file.write_text(file.name)
    return files


@pytest.fixture(params=["links", "no links"])
def linking(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system with hard links, and on one without."""
    if request.param == "no links":

        def unsupported(_made: Path, _path: Path) -> None:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "link", unsupported)


@pytest.mark.usefixtures("linking")
def test_files_get_their_names_together(tmp_path: Path) -> None:
    claim_all(made(tmp_path, "a", "b"))
    assert [(tmp_path / name).read_text() for name in "ab"] == ["a", "b"]


@pytest.mark.usefixtures("linking")
def test_where_one_name_is_taken_no_file_gets_any_and_a_second_try_may(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    files = made(tmp_path, "a", "b", "c")
    with pytest.raises(UsageError, match="exists already"):
        claim_all(files)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "stage"]
    assert (tmp_path / "b").read_text() == "mine"
    claim_all([(file, name.with_suffix(".1")) for file, name in files])
    assert [(tmp_path / f"{name}.1").read_text() for name in "abc"] == ["a", "b", "c"]


@pytest.mark.usefixtures("linking")
def test_a_disk_that_fills_up_meanwhile_leaves_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, calls = made(tmp_path, "a", "b"), list[int]()
    real = os.fsync

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 4:  # of the second file's folder, when it has its name
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError):
        claim_all(files)
    assert [path.name for path in tmp_path.iterdir()] == ["stage"]


def test_a_stage_goes_with_what_is_in_it_whatever_happens(tmp_path: Path) -> None:
    def stopped() -> None:
        with staged(tmp_path) as stage:
            (stage / "rows").write_text("half")
            assert stage.parent == tmp_path
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert list(tmp_path.iterdir()) == []


def test_what_was_left_behind_goes_and_what_others_hold_or_own_stays(tmp_path: Path) -> None:
    for name in (".xiangsheng-making-of", ".xiangsheng-making-0123456789abcdeF", ".making-0"):
        (tmp_path / name / "notes").mkdir(parents=True)
    (tmp_path / ".xiangsheng-making-00000000000000ff").symlink_to(tmp_path / ".making-0")
    kept = {path.name for path in tmp_path.iterdir()}
    (tmp_path / ".xiangsheng-making-0123456789abcdef" / "rows").mkdir(parents=True)
    with staged(tmp_path) as held, staged(tmp_path) as another:
        assert {path.name for path in tmp_path.iterdir()} == {*kept, held.name, another.name}
    assert {path.name for path in tmp_path.iterdir()} == kept
    assert (tmp_path / ".making-0" / "notes").is_dir()


def test_a_place_without_locks_is_used_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def unsupported(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", unsupported)
    left = tmp_path / ".xiangsheng-making-0123456789abcdef"
    left.mkdir()
    with staged(tmp_path) as stage:
        assert stage.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == [left.name]  # somebody's, perhaps
