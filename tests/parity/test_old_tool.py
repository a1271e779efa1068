"""The parity table says what the official tool does: checked on the tool itself."""

from collections.abc import Mapping

import pytest

from parity.case import Case
from parity.cases import CASES
from parity.old_tool import Run

Old = Mapping[tuple[str, str | None], Run]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_table_holds(case: Case, old: Old) -> None:
    run = old[case.name, None]
    codes = [code for code in run.codes if code != "V1i"]
    assert (codes, run.ending) == (case.fires.split(), case.ending)
