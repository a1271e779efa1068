"""What the surface tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from surfaces.command import Command


@pytest.fixture
def command(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> Iterator[Command]:
    command = Command(tmp_path, monkeypatch, capsys, lambda: request.getfixturevalue("cluster"))
    with command.held:
        yield command
