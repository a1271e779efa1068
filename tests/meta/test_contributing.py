"""CONTRIBUTING.md's metric in ten lines works as it is printed."""

import re
import sys
from textwrap import dedent
from types import ModuleType

import pytest

from support import ROOT
from xiangsheng.core.score import Pair
from xiangsheng.metrics.sampling import sample

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = [
    dedent(block)
    for block in re.findall(r"^ +```python\n(.*?)^ +```$", GUIDE, re.MULTILINE | re.DOTALL)
]


def module(code: str, name: str) -> ModuleType:
    made = ModuleType(name)
    exec(compile(code, name, "exec"), made.__dict__)
    return made


def test_the_metric_and_its_table_of_cases_work(monkeypatch: pytest.MonkeyPatch) -> None:
    metric, cases = BLOCKS
    length = module(metric, "xiangsheng.metrics.length")
    monkeypatch.setitem(sys.modules, length.__name__, length)
    test = module(cases, "test_length").test_length
    (mark,) = test.pytestmark
    _, table = mark.args
    assert len(table) > 2
    for row in table:
        test(*row)
    pairs = [[Pair("多久", "多", str(unit)) for _ in range(3)] for unit in range(5)]
    score = sample(pairs, [length.Length()], resamples=50, seed=0)["length"]
    assert (score.estimate, score.interval(), score.pairs) == (50, (50, 50), 15)


def test_every_target_is_in_the_table() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)) - {"help"}
    assert set(re.findall(r"^\| `make ([a-z]+)` ", GUIDE, re.MULTILINE)) == targets
