"""The worker that is started for a job."""

import os
import subprocess
from pathlib import Path

import pytest

from xiangsheng.store.home import Home
from xiangsheng.store.workspace import open_workspace
from xiangsheng.verbs import workers


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no niceness")
def test_it_gives_way_to_whoever_waits_for_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(workers.IDLE, "0")
    with open_workspace(tmp_path / "home", {}) as workspace:
        workers.start_worker(workspace.home)
        _, process = workers._started[-1]
        try:
            before = os.getpriority(os.PRIO_PROCESS, 0)
            assert os.getpriority(os.PRIO_PROCESS, process.pid) == max(before, workers.GIVING_WAY)
        finally:
            process.kill()
            process.wait()


def test_one_that_is_leaving_is_not_one_that_comes(tmp_path: Path) -> None:
    """It has left the lock, and looks for no job any more: a new one needs another worker."""
    with open_workspace(tmp_path / "home", {}) as workspace:
        home, started = workspace.home, list[Home]()
        leaving = subprocess.Popen(["sleep", "60"])
        workers._started.append((home.folder, leaving))
        try:
            workers.ensure_worker(home, started.append)
            assert started == []  # it may just be coming
            (home.jobs / "worker-cpu.pid").write_text(f"{leaving.pid}\n")
            workers.ensure_worker(home, started.append)
            assert started == [home]
        finally:
            leaving.kill()
            leaving.wait()
