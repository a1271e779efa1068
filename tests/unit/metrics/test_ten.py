"""The ten values alone: quick to start, and equal to the published ones."""

import json
import subprocess
import sys

import pytest

from support import c3_folder
from xiangsheng.core.score import Pair
from xiangsheng.metrics.evaluation import evaluate
from xiangsheng.metrics.names import TEN
from xiangsheng.metrics.ten import ten

SYSTEMS = ("gpt3_base_davinci", "gpt3_ft200_davinci", "pangu_a", "unilm_ep45", "rnn")


def test_no_pairs_have_ten_zeros() -> None:
    assert ten([]) == dict.fromkeys(TEN, 0)


def test_names_are_the_ten_in_their_order() -> None:
    assert tuple(ten([("您好", "您好")])) == TEN


def test_scoring_a_file_starts_nothing_heavy() -> None:
    code = "import sys, xiangsheng.metrics.ten; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "dataclasses", "typing", "pathlib"}.intersection(done.stdout.split())


@pytest.mark.real_data
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_published_values_of_a_real_system(system: str) -> None:
    machine = c3_folder() / "machine"
    expected = json.loads((machine / "expected_metrics.json").read_text("utf-8"))[system]
    rows = json.loads((machine / f"{system}.json").read_text("utf-8"))
    assert ten([(row["gen"], row["ori"]) for row in rows]) == pytest.approx(expected, abs=1e-9)
    pairs = [Pair(row["ori"], row["gen"], f"{i // 19}") for i, row in enumerate(rows)]
    scores = evaluate(pairs, which=TEN, resamples=200)
    values = {name: score.value for name, score in scores.items()}
    assert values == pytest.approx(expected, abs=1e-9)
    for score in scores.values():
        assert score.ci95 is not None
        assert score.ci95[0] <= score.value <= score.ci95[1]
