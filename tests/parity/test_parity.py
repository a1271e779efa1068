"""`prepare --profile openai-2022` beside the official tool of 2022, file by file.

The same checks speak, at the same level and in the same order, and the same rows come out, split
alike; where the old tool was wrong, the case says what we do.
"""

from collections.abc import Mapping

import pytest

from parity.case import Case, Instead
from parity.cases import CASES
from parity.defects import DEFECTS
from parity.old_tool import Run
from parity.ours import alike, checked, spelled_2022
from surfaces.command import Command

Old = Mapping[tuple[str, str | None], Run]
ALIKE = [case for case in CASES if not case.defects]
BETTER = [case for case in CASES if case.defects]


def named(case: Case) -> str:
    return case.name


@pytest.mark.parametrize("case", ALIKE, ids=named)
def test_the_same_verdicts_and_rows(case: Case, old: Old, command: Command) -> None:
    ours = checked(command, case, command.folder / "here")
    alike(ours, old[case.name, None])


@pytest.mark.parametrize("case", ALIKE, ids=named)
def test_the_same_answers_give_the_same_rows(case: Case, old: Old, command: Command) -> None:
    for place, answers in enumerate((None, "n", "yn", "ny")):
        ours = spelled_2022(command, case, command.folder / str(place), answers)
        run = old[case.name, answers]
        assert (answers, ours.ending, ours.outputs) == (answers, run.ending, run.outputs)


@pytest.mark.parametrize("case", BETTER, ids=named)
def test_where_the_old_tool_was_wrong_we_are_not(case: Case, command: Command) -> None:
    ours = checked(command, case, command.folder / "here")
    wanted = case.instead
    assert wanted
    assert ours.ending in {"kept", "written", "split", "fatal"}
    if wanted.fires is not None:
        assert [c for c in ours.codes if c != "V1i" and c[0] != "R"] == wanted.fires.split()
    if wanted.ending is not None:
        assert ours.ending == wanted.ending
    if wanted.rows is not None:
        assert ours.rows == [list(row) for row in wanted.rows]
    if wanted.tells == "*":
        assert ours.further
    elif wanted.tells:
        assert wanted.tells in ours.further


def test_every_defect_has_its_case() -> None:
    shown = {number for case in CASES for number in case.defects}
    assert shown == {number for number, defect in DEFECTS.items() if defect.shown}
    assert [case.name for case in CASES if bool(case.defects) != bool(case.instead)] == []
    assert [case.name for case in BETTER if case.instead == Instead()] == []


def test_names_are_the_cases_own() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) > 250
