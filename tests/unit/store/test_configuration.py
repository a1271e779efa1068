"""Secrets are for their owner's eyes, whole or not there, and never replaced by accident."""

import os
import stat
from pathlib import Path

import pytest

from xiangsheng.core.errors import StoreError
from xiangsheng.store.configuration import configuration_folder, read_secret, write_secret


def test_the_folder_is_where_settings_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert configuration_folder({"XDG_CONFIG_HOME": "/etc/mine"}) == Path("/etc/mine/xiangsheng")
    expected = tmp_path / ".config" / "xiangsheng"
    assert configuration_folder({}) == expected
    assert configuration_folder({"XDG_CONFIG_HOME": "not/absolute"}) == expected


def test_a_secret_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert read_secret(folder, "key") is None
    before = os.umask(0)
    try:
        assert write_secret(folder, "key", "sesame", replace=False)
    finally:
        os.umask(before)
    assert read_secret(folder, "key") == "sesame"
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [file.name for file in folder.iterdir()] == ["key"]


def test_it_is_replaced_only_when_that_is_meant(tmp_path: Path) -> None:
    assert write_secret(tmp_path, "key", "one", replace=False)
    assert not write_secret(tmp_path, "key", "two", replace=False)
    assert read_secret(tmp_path, "key") == "one"
    assert write_secret(tmp_path, "key", "three", replace=True)
    assert read_secret(tmp_path, "key") == "three"
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(StoreError, match="cannot be used") as caught:
        write_secret(tmp_path / "taken" / "folder", "key", "x", replace=False)
    assert "XDG_CONFIG_HOME" in caught.value.hint
    (tmp_path / "key").write_bytes(b"\xff\xff")
    with pytest.raises(StoreError):
        read_secret(tmp_path, "key")
