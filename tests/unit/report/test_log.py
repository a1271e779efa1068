"""The lab log in Markdown."""

import os
import re
from collections.abc import Callable

import pytest

import studies
from support import ROOT
from xiangsheng import report
from xiangsheng.core.results import Study
from xiangsheng.report.markdown import escaped, fenced

GOLDEN = ROOT / "tests" / "golden" / "report" / "lab_log.md"


def test_the_log_is_the_golden_one() -> None:
    """XIANGSHENG_GOLDEN=1 writes it anew; read the change before keeping it."""
    found = report.lab_log(studies.full())
    if os.environ.get("XIANGSHENG_GOLDEN") == "1":
        GOLDEN.write_text(found, encoding="utf-8")
    assert found == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize("make", [studies.full, studies.base_only, studies.few, studies.hostile])
def test_every_table_is_whole(make: Callable[[], Study]) -> None:
    log = report.lab_log(make())
    width = 0
    for line in re.sub(r"^(`{3,}).*?^\1$", "", log, flags=re.DOTALL | re.MULTILINE).splitlines():
        columns = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        if width and columns:
            assert columns == width, line
        width = columns


def test_hostile_text_stays_text() -> None:
    log = report.lab_log(studies.hostile())
    outside = re.sub(r"^(`{3,}).*?^\1$", "", log, flags=re.DOTALL | re.MULTILINE)
    assert "<script" not in outside
    assert "\u202e" not in log
    log.encode("utf-8")


def test_escaping_keeps_the_words_and_loses_the_markup() -> None:
    assert escaped("a|b`c*d_e<f>&\n[g](h)") == r"a\|b\`c\*d\_e&lt;f&gt;&amp; \[g\](h)"


def test_a_fence_is_longer_than_what_it_holds() -> None:
    assert fenced("```\nend of block?\n````").startswith("`````text\n")


def test_next_steps_only_where_the_numbers_ask_for_them() -> None:
    assert "Next steps" in report.lab_log(studies.few())
    assert "add scripts before concluding" in report.lab_log(studies.few())
    assert "Next steps" not in report.lab_log(studies.base_only())


def test_observations_come_from_the_numbers() -> None:
    log = report.lab_log(studies.full())
    assert "base: truncated 122 of 950 (12.8 %)" in log
    assert "Tuning made these faults rarer: Empty, Truncated, Loop, Role drift." in log


def test_an_empty_study_is_still_a_log() -> None:
    log = report.lab_log(studies.nothing())
    assert log.startswith("# 2026-11-23 ")
    assert "没有记下命令" in log
