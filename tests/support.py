"""What several tests share."""

import os
import random
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def missing(what: str, why: str) -> None:
    """Skip loudly; under XIANGSHENG_REQUIRE_ALL=1 a skip is a failure."""
    if os.environ.get("XIANGSHENG_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is required here: {why}")
    pytest.skip(f"{what} is missing: {why}")


def c3_folder() -> Path:
    """The folder of the real data, from XIANGSHENG_C3, or in `shared` beside or in the checkout."""
    named = os.environ.get("XIANGSHENG_C3")
    beside, inside = (folder / "shared" / "c3" for folder in (ROOT.parent, ROOT))
    places = (Path(named),) if named else (beside, inside)
    for folder in places:
        if (folder / "test_filter_50x20.txt").is_file():
            return folder
    missing("the C³ data", f"not at {' or '.join(map(str, places))}; set XIANGSHENG_C3")
    raise AssertionError("unreachable")


def free_port() -> int:
    """One that the system gives to nobody by itself: it stays ours while nobody listens there."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as free:
            if free.connect_ex(("127.0.0.1", port)):
                return port
