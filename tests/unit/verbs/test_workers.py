"""The process that does a home's jobs: one at a time, known to the one after it."""

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
from filelock import FileLock

from jobs import JobHome, do_all, job_home, never
from xiangsheng.core.clock import SYSTEM_CLOCK
from xiangsheng.core.job import JobState
from xiangsheng.store.workspace import open_workspace
from xiangsheng.verbs import workers
from xiangsheng.verbs.owners import owner_of
from xiangsheng.verbs.workers import DEVICE, work


@pytest.fixture
def home(tmp_path: Path, tables: dict[str, str]) -> Iterator[JobHome]:
    with job_home(tmp_path, tables) as made:
        yield made


def test_who_finds_another_at_work_leaves_and_names_nobody(
    home: JobHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "ASKING_S", 0)
    said = list[str]()
    with FileLock(home.workspace.home.jobs / f"worker-{DEVICE}.lock"):
        job = home.job()
        clock = home.time.clock()
        assert not work(home.workspace, clock, never, idle=0, log=said.append)
    assert (home.state(job), said) == (JobState.QUEUED, [])
    assert [place.name for place in home.workspace.home.jobs.glob("worker-*")] == [
        f"worker-{DEVICE}.lock"
    ]


def test_of_two_that_begin_at_once_the_one_that_works_is_known_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one takes over at once what a dead worker held, by the mark they share."""
    both, marks = Barrier(2, timeout=20), list[str]()

    def named(*given: object) -> object:
        owner = owner_of(*given)  # type: ignore[arg-type]
        marks.append(owner.kind)
        return owner

    def begin() -> None:
        with open_workspace(tmp_path, {}) as workspace:
            both.wait()
            work(workspace, SYSTEM_CLOCK, never, idle=0.1, log=lambda _text: None)

    monkeypatch.setattr(workers, "owner_of", named)
    with job_home(tmp_path) as home:
        begun = [Thread(target=begin) for _ in range(2)]
        for one in begun:
            one.start()
        for one in begun:
            one.join()
        do_all(home)
    assert len(set(marks)) == 1
