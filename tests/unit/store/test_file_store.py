import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import JobHome, job_home
from xiangsheng.core.errors import DataError, DiskFullError, UsageError
from xiangsheng.core.stored_file import FileStatus
from xiangsheng.store.file_store import ABANDONED_S, FileStore


@pytest.fixture
def home(tmp_path: Path, tables: dict[str, str]) -> Iterator[JobHome]:
    with job_home(tmp_path, tables) as made:
        yield made


@pytest.fixture
def files(home: JobHome) -> FileStore:
    return home.workspace.files


def add(files: FileStore, content: bytes = b"{}\n", name: str = "a.jsonl", number: int = 1) -> str:
    stream = io.BytesIO(content)
    return files.add(name, "fine-tune", stream, new_id=f"file-{number}", now=number, limit=99).id


def test_a_file_comes_back_as_it_was(files: FileStore) -> None:
    add(files, "你好\r\n".encode(), "/data/a b/训练.jsonl")
    found = files.find("file-1")
    assert (found.name, found.bytes, found.created_at) == ("训练.jsonl", 8, 1)
    assert found.status is FileStatus.UPLOADED
    assert files.content(found) == "你好\r\n".encode()
    with files.opened(found) as stream:
        assert stream.read() == "你好\r\n".encode()
    assert files.path("file-1").parent == files.folder


def test_newest_first_and_by_purpose(files: FileStore) -> None:
    add(files, number=1)
    add(files, number=2)
    assert [file.id for file in files.all()] == ["file-2", "file-1"]
    assert files.all("batch") == ()


def test_a_file_above_the_limit_leaves_nothing(files: FileStore) -> None:
    with pytest.raises(DataError, match="larger than 99 bytes") as caught:
        add(files, b"x" * 100)
    assert caught.value.code == "too_large"
    assert list(files.folder.iterdir()) == []
    assert files.all() == ()


def test_an_upload_that_breaks_off_leaves_nothing(files: FileStore) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(DataError):
        files.add("a", "fine-tune", Broken(), new_id="file-1", now=1)
    assert list(files.folder.iterdir()) == []


def test_a_full_disk_is_said_and_leaves_nothing(
    files: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DiskFullError):
            add(files)
    assert list(files.folder.iterdir()) == []


def test_a_content_that_somebody_changed_is_not_given(files: FileStore) -> None:
    add(files)
    found = files.find("file-1")
    files.path("file-1").write_bytes(b"{ }\n")
    for read in (files.content, files.opened):
        with pytest.raises(DataError, match="is not what was uploaded any more"):
            read(found)
    files.path("file-1").unlink()
    for read in (files.content, files.opened):
        with pytest.raises(DataError, match="cannot be read"):
            read(found)


def test_a_file_is_gone_when_it_was_deleted(files: FileStore) -> None:
    add(files)
    files.delete("file-1")
    with pytest.raises(UsageError, match="No such File object: file-1"):
        files.find("file-1")
    assert list(files.folder.iterdir()) == []


def test_what_a_killed_upload_left_goes_after_a_day(files: FileStore) -> None:
    old, young = files.folder / ".file-old", files.folder / ".file-young"
    for left in (old, young):
        left.touch()
    os.utime(old, (0, 0))
    os.utime(young, (ABANDONED_S, ABANDONED_S))
    files.add("a", "fine-tune", io.BytesIO(), new_id="file-1", now=ABANDONED_S + 1)
    assert not old.exists()
    assert young.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "", "..", "~"])
def test_ids_and_names_of_others_lead_nowhere(files: FileStore, name: str) -> None:
    with pytest.raises(UsageError):
        files.find(name)
    add(files, name=name)
    assert [place.name for place in files.folder.iterdir()] == ["file-1"]
