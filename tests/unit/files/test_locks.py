"""Asking whether a lock is held, which takes it from nobody."""

from pathlib import Path

from filelock import FileLock

from xiangsheng.files.locks import is_held


def test_it_is_held_as_long_as_somebody_has_it(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    assert not is_held(place)
    assert not place.exists()
    with FileLock(place):
        assert is_held(place)
    assert not is_held(place)


def test_who_asks_keeps_nobody_from_it(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    place.touch()
    assert not is_held(place)
    with FileLock(place, timeout=0):
        assert is_held(place)
