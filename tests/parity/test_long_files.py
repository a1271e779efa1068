"""A file that is read in parts, as long ones are, beside the official tool: however many parts there are."""

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from parity.case import Case, Pair, body, jsonl
from parity.old_tool import Job, Run, drive
from parity.ours import outputs_of

IN_PARTS = """
import sys
from xiangsheng.cli.main import main
from xiangsheng.prepare.checking import crew, sources
parts = int(sys.argv.pop())
crew._cores = lambda: parts
sources.LEAST = 1 << 16
main()
"""


def long_rows(rows: int) -> list[Pair]:
    """About 200 characters each; some are empty or repeated, and all but one end alike."""
    random, made = Random(7), list[Pair]()
    for number in range(rows):
        text = " ".join(body(random.randrange(10**9)) for _ in range(16))
        made.append((f"{text} ->", f"{text[::-1]}{number}"))
        if number % 200 == 100:
            made.append((body(number), ""))
            made.append(random.choice(made))
    return [*made, ("no arrow", "oak")]


@pytest.fixture(scope="module")
def case() -> Case:
    return Case("long", "data.jsonl", jsonl(long_rows(4_000)), "", "")


@pytest.fixture(scope="module")
def old(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = tmp_path_factory.mktemp("long")
    return drive([Job("long", str(case.write(home / "old")))], home)["long"]


@pytest.mark.parametrize("parts", [1, 2, 3, 5])
def test_a_long_file_in_parts(parts: int, case: Case, old: Run, tmp_path: Path) -> None:
    file = case.write(tmp_path / "ours")
    words = ["tools", "fine_tunes.prepare_data", "-f", str(file), "-q", str(parts)]
    subprocess.run(
        [sys.executable, "-c", IN_PARTS, *words], check=True, capture_output=True, timeout=30
    )
    assert old.ending == "written"
    assert {"V5n", "V7o", "V11o", "V14o", "V15o"} <= set(old.codes)
    assert outputs_of(case, file.parent) == old.outputs
