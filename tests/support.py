"""What several tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def missing(what: str, why: str) -> None:
    """Skip loudly; under XIANGSHENG_REQUIRE_ALL=1 a skip is a failure."""
    if os.environ.get("XIANGSHENG_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is required here: {why}")
    pytest.skip(f"{what} is missing: {why}")


def c3_folder() -> Path:
    """The folder of the real data, from XIANGSHENG_C3 or beside the checkout."""
    folder = Path(os.environ.get("XIANGSHENG_C3", ROOT.parent / "shared" / "c3"))
    if not (folder / "test_filter_50x20.txt").is_file():
        missing("the C³ data", f"{folder} does not hold it; set XIANGSHENG_C3")
    return folder
