"""docs/reference/prepare.md has every rule there is, and every defect of the old tool that a case shows."""

import re

from parity.defects import DEFECTS
from support import ROOT

PAGE = (ROOT / "docs" / "reference" / "prepare.md").read_text(encoding="utf-8")
CHECKS = ROOT / "src" / "xiangsheng" / "prepare" / "checking"
NAMED = re.compile(r"`([a-z_0-9]+)`")


def rules() -> set[str]:
    """Those that findings are given, in the files of checks of prompts and completions."""
    found = set[str]()
    for file in CHECKS.glob("*.py"):
        if file.name.startswith("chat_"):
            continue
        text = file.read_text(encoding="utf-8")
        found |= set(re.findall(r'Finding\(\s*"([a-z_0-9]+)"', text))
        found |= set(re.findall(r'noticed\(\s*"([a-z_0-9]+)"', text))
        found |= set(re.findall(r'\brule(?:, \w+)? = (?:[\w.]+, )?"([a-z_0-9]+)"', text))
        found |= set(re.findall(r'^    \(\s+"([a-z_0-9]+)",\s+Mark\.', text, re.MULTILINE))
    return found


def test_every_rule_is_on_the_page() -> None:
    found = rules()
    assert len(found) > 30
    assert found - set(NAMED.findall(PAGE)) == set()


def test_no_table_names_a_rule_that_is_none() -> None:
    tables = PAGE.partition("## Halves")[0]
    named = {
        rule
        for line in tables.splitlines()
        if line.startswith("| `")
        for rule in NAMED.findall(line.split("|")[1])
    }
    assert named - rules() == set()


def test_every_defect_that_a_case_shows_is_told() -> None:
    lines = PAGE.splitlines()
    for number, defect in DEFECTS.items():
        if defect.shown:
            assert f"| {number} | {defect.old} | {defect.ours} |" in lines
        assert any(line.startswith(f"| {number} |") for line in lines)
