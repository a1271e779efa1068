"""The worker that is started for a job."""

import os
from pathlib import Path

import pytest

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
