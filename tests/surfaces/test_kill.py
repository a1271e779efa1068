"""kill -9 anywhere leaves a study that resumes to the same bytes, asking nothing twice."""

from pathlib import Path

import pytest

from postgres import Cluster
from surfaces.killing import torture


def test_forty_kills_change_nothing(tmp_path: Path) -> None:
    torture(tmp_path, kills=40, seed=1)


def test_ten_kills_on_postgresql_change_nothing(tmp_path: Path, cluster: Cluster) -> None:
    torture(tmp_path, kills=10, seed=3, address=cluster.new_database)


@pytest.mark.soak
def test_five_hundred_kills_change_nothing(tmp_path: Path) -> None:
    torture(tmp_path, kills=500, seed=2)
