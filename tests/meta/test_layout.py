"""The shape of the source: every room has its floor, and no file outgrows a reader."""

import tomllib
from statistics import median

import pytest

from support import ROOT

SOURCE = ROOT / "src" / "xiangsheng"


def line_counts(folder: str) -> dict[str, int]:
    files = (ROOT / folder).rglob("*.py")
    counts = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines())
        for file in files
    }
    assert counts, f"{folder} holds no Python file"
    return counts


def test_every_folder_stands_in_exactly_one_layer() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = contracts["tool"]["importlinter"]["contracts"][0]["layers"]
    rooms = sorted(room.strip() for layer in layers for room in layer.split("|"))
    folders = sorted(init.parent.name for init in SOURCE.glob("*/__init__.py"))
    assert rooms == folders


def test_every_source_file_belongs_to_a_package() -> None:
    strays = {file.parent for file in SOURCE.rglob("*.py")} - {
        init.parent for init in SOURCE.rglob("__init__.py")
    }
    assert not strays


@pytest.mark.parametrize(("folder", "limit"), [("src", 400), ("tests", 600)])
def test_no_file_is_too_long_to_read_at_once(folder: str, limit: int) -> None:
    long = {file: lines for file, lines in line_counts(folder).items() if lines > limit}
    assert not long, f"cut these at a seam: {long}"


def test_the_median_source_file_stays_short() -> None:
    counts = [n for file, n in line_counts("src").items() if not file.endswith("__init__.py")]
    assert median(counts) <= 120
