"""A worker that lost its job writes where nobody reads."""

from pathlib import Path

import pytest

from xiangsheng.core.errors import LeaseLostError
from xiangsheng.store.job_folder import JobFolder


def test_what_one_claim_left_is_the_nexts(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "job")
    first = folder.take(1)
    (first / "checkpoint" / "step-1").mkdir()
    second = folder.take(2)
    assert (second / "checkpoint" / "step-1").is_dir()
    assert not first.exists()
    assert folder.take(2) == second


def test_a_stale_worker_writes_where_nobody_reads(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "job")
    stale = folder.take(1)
    (stale / "checkpoint" / "step-1").mkdir()
    new = folder.take(2)
    (stale / "checkpoint" / "step-9").mkdir(parents=True)
    assert [step.name for step in (new / "checkpoint").iterdir()] == ["step-1"]
    third = folder.take(3)
    assert [step.name for step in (third / "checkpoint").iterdir()] == ["step-1"]
    assert [place.name for place in folder.folder.iterdir()] == [third.name]


def test_a_claim_that_comes_too_late_takes_nothing(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "job")
    folder.take(1)
    folder.take(3)
    with pytest.raises(LeaseLostError):
        folder.take(2)
    assert [place.name for place in folder.folder.iterdir()] == ["claim-000003"]


def test_leaving_removes_ones_own_and_nothing_else(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "job")
    mine = folder.take(1)
    theirs = folder.take(2)
    folder.leave(mine)
    assert theirs.is_dir()
    folder.leave(theirs)
    assert not folder.folder.exists()
