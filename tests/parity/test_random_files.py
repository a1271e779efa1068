"""Three hundred drawn files: both tools agree on every one that the old tool survives."""

from collections import Counter
from pathlib import Path

from parity.old_tool import Job, drive
from parity.ours import alike, checked
from parity.random_files import drawn
from surfaces.command import Command

COUNT, SEED = 300, 2022


def test_drawn_files_get_the_same_verdicts_and_rows(command: Command, tmp_path: Path) -> None:
    cases = drawn(COUNT, SEED)
    jobs = [Job(case.name, str(case.write(tmp_path / "old" / case.name))) for case in cases]
    runs = drive(jobs, tmp_path)
    told = Counter[str]()
    for case in cases:
        run = runs[case.name]
        ours = checked(command, case, tmp_path / "ours" / case.name)
        told.update({*run.codes, run.ending})
        if run.crash:
            assert ours.ending in {"written", "split"}, case
        else:
            alike(ours, run)
    everything = {"V5n", "V6i", "V7o", "V8o", "V9o", "V10o", "V11i", "V11o", "V12i", "V12o"}
    everything |= {"V13o", "V14i", "V14o", "V15o", "kept", "written", "split"}
    assert {what for what in everything if told[what] < 5} == set(), told
    assert told["crash:IndexError"] < 5
