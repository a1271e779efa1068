"""`xiangsheng` on a case: its findings in the terms of the parity table, and what it wrote."""

import io
import json
import sys
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from parity.case import Case
from parity.old_tool import Rows, Run, ending_of
from surfaces.command import Command, Result

FATAL = 3
# By rule and field: two rules look at either field.
CHECKS = {
    ("read_any_format", ""): "R",
    ("num_examples", ""): "V1",
    ("necessary_column", "prompt"): "V2",
    ("necessary_column", "completion"): "V3",
    ("additional_column", ""): "V4",
    ("non_empty_field", "completion"): "V5",
    ("format_inferrer", ""): "V6",
    ("duplicated_rows", ""): "V7",
    ("long_examples", ""): "V8",
    ("lower_case", "prompt"): "V9",
    ("lower_case", "completion"): "V10",
    ("common_prompt_suffix", "prompt"): "V11",
    ("common_prompt_prefix", "prompt"): "V12",
    ("common_completion_prefix", "completion"): "V13",
    ("common_completion_suffix", "completion"): "V14",
    ("completions_space_start", "completion"): "V15",
}
OF_A_FIELD = {rule for rule, field in CHECKS if field}
RULES = {rule for rule, _ in CHECKS}


@dataclass(frozen=True)
class Ours:
    """`further` are findings of rules that the old tool had none of."""

    codes: list[str]
    further: list[str]
    ending: str
    outputs: dict[str, Rows]
    report: dict[str, Any]

    @property
    def unread(self) -> bool:
        """Whether it ended before the checks of the table: there are bad lines, or none at all."""
        last = self.report.get("findings", [])[-1:]
        return not last or (last[0]["level"] == "fatal" and last[0]["rule"] not in RULES)

    @property
    def rows(self) -> Rows:
        """All rows, those to train on first, in the order of the files."""
        return [row for name in sorted(self.outputs) for row in self.outputs[name]]


def checked(command: Command, case: Case, folder: Path) -> Ours:
    """`prepare` with its report; a file that cannot be read at all has none."""
    file = case.write(folder)
    words = ("prepare", str(file), "--profile", "openai-2022", "-q", "--json")
    return _ours(command.call(*words), case, folder)


def spelled_2022(command: Command, case: Case, folder: Path, answers: str | None) -> Ours:
    """`tools fine_tunes.prepare_data`: `answers` again and again, or -q."""
    file = case.write(folder)
    typed = "".join(f"{answer}\n" for answer, _ in zip(cycle(answers or "n"), range(50)))
    words = ("tools", "fine_tunes.prepare_data", "-f", str(file))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(typed))
        done = command.call(*words, *([] if answers else ["-q"]))
    return _ours(done, case, folder)


def alike(ours: Ours, old: Run) -> None:
    """A fatal check is the old tool's last; what cannot be read is not checked further."""
    assert ours.ending == old.ending, ours.report
    if not (old.codes[-1] == "Rf" or ours.unread):
        assert ours.codes[: len(old.codes)] == old.codes
    assert ours.outputs == old.outputs


def _ours(done: Result, case: Case, folder: Path) -> Ours:
    outputs = outputs_of(case, folder)
    report = json.loads(done.out) if done.out.startswith("{") else {}
    findings = report.get("findings", [])
    ending = "fatal" if done.code == FATAL else ending_of(outputs)
    if done.code not in {0, FATAL} or (outputs and ending == "fatal"):
        ending = f"exit {done.code}, {len(outputs)} files: {done.err}"
    return Ours(
        [_code(finding) for finding in findings if finding["rule"] in RULES],
        [finding["rule"] for finding in findings if finding["rule"] not in RULES],
        ending,
        outputs,
        report,
    )


def outputs_of(case: Case, folder: Path) -> dict[str, Rows]:
    """The rows of every file made, but for the record of changes."""
    known = {case.file, *case.beside}
    made = sorted(file for file in folder.iterdir() if file.name not in known)
    return {file.name: _rows(file) for file in made if not file.name.endswith(".changes.jsonl")}


def _code(finding: dict[str, Any]) -> str:
    rule, level = str(finding["rule"]), str(finding["level"])
    field = (finding["field"] or "") if rule in OF_A_FIELD else ""
    return CHECKS[rule, field] + level[0]


def _rows(file: Path) -> Rows:
    with file.open(encoding="utf-8", newline="") as stream:
        objects = [json.loads(line) for line in stream]
    return [[one["prompt"], one["completion"]] for one in objects]
