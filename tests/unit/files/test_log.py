"""Lines added one by one: each is there at once, and nobody else adds between them."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from xiangsheng.core.errors import DataError, DiskFullError, XiangshengError
from xiangsheng.files.log import open_log, whole_lines


def test_a_line_is_in_the_file_when_append_returns(tmp_path: Path) -> None:
    path = tmp_path / "new" / "log"
    with open_log(path) as log:
        for number, text in enumerate(("一", "二"), 1):
            log.append(text)
            assert len(path.read_bytes().splitlines()) == number
        assert log.read() == "一\n二\n".encode()
    with open_log(path) as log:
        log.append("三")
        assert log.read() == "一\n二\n三\n".encode()


def test_every_line_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_log(tmp_path / "log") as log:
        synced: list[int] = []
        monkeypatch.setattr(os, "fsync", synced.append)
        log.append("一")
        log.append("二")
        assert synced == [log.descriptor] * 2


def test_an_unfinished_line_can_be_dropped(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes("一\n".encode() + "二".encode()[:2])
    assert whole_lines(path.read_bytes()) == ("一\n".encode(), "二".encode()[:2])
    with open_log(path) as log:
        log.drop_unfinished()
        log.append("三")
    assert path.read_text(encoding="utf-8") == "一\n三\n"


def test_a_full_disk_leaves_the_log_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log"

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with open_log(path) as log:
        log.append("一")
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(DiskFullError):
            log.append("二")
        monkeypatch.undo()
        log.append("三")
    assert path.read_text(encoding="utf-8") == "一\n三\n"


def test_a_log_without_a_line_is_taken_away_and_an_older_empty_file_is_not(tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.touch()
    for path in (older, tmp_path / "log"):
        with open_log(path):
            assert path.exists()
    assert list(tmp_path.iterdir()) == [older]


def test_another_process_is_held_off_until_this_one_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "log"
    code = f"from xiangsheng.files.log import *; from pathlib import *\nwith open_log(Path({str(path)!r})) as log: log.append('x'); print('has it', flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout
    assert other.stdout.readline() == "has it\n"
    with pytest.raises(XiangshengError, match="another process") as refused, open_log(path):
        pass
    assert refused.value.code == "busy"
    other.kill()
    other.communicate()
    with open_log(path) as log:
        assert log.read() == b"x\n"


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "log"):
        with pytest.raises(DataError, match="cannot be written") as refused, open_log(path):
            pass
        assert refused.value.where == str(path)
