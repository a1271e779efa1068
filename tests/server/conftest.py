"""One home and one server for all tests that leave them as they are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from served import Server, make_home, serving


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_home(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="session")
def live(home: Path) -> Iterator[Server]:
    with serving(home) as server:
        yield server
