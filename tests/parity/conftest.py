"""The old tool runs once for every parity test."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from parity.cases import CASES
from parity.old_tool import Job, Run, drive
from surfaces.command import Command

pytest.register_assert_rewrite("parity.ours")  # which the tests import later

PATTERNS = (None, "n", "yn", "ny")  # all accepted; all refused; some


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str | None], Run]:
    """What the old tool does with every case and every pattern of answers."""
    home = tmp_path_factory.mktemp("old")
    jobs = {}
    for number, case in enumerate(CASES):
        for place, answers in enumerate(PATTERNS):
            file = case.write(home / f"{number}-{place}")
            jobs[case.name, answers] = Job(f"{case.name} {answers}", str(file), answers)
    runs = drive(jobs.values(), home)
    return {key: runs[job.key] for key, job in jobs.items()}


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    return Command(tmp_path, monkeypatch, capsys)
