"""kill -9 anywhere leaves a study that resumes to the same bytes, asking nothing twice."""

from pathlib import Path

import pytest

from surfaces.killing import torture


def test_forty_kills_change_nothing(tmp_path: Path) -> None:
    torture(tmp_path, kills=40, seed=1)


@pytest.mark.soak
def test_five_hundred_kills_change_nothing(tmp_path: Path) -> None:
    torture(tmp_path, kills=500, seed=2)
