"""How fast the ten metrics are, beside the published recipe, and their intervals.

    python benchmarks/bench_metrics.py [PAIRS.json ...] [--runs 7]

Without files it takes the five systems in the `machine` folder of XIANGSHENG_C3. Each side runs in
its own process, start of the interpreter and parsing included; the sides take turns, and medians
are compared. Values must agree to 1e-9 or the benchmark fails. The second figure is the time for
the ten values with all ten intervals, 10,000 resamples, each pair a unit, imports excluded.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
C3 = Path(os.environ.get("XIANGSHENG_C3", HERE.parents[1] / "shared" / "c3"))
RECIPE = HERE / "published_recipe.py"
OURS = """
import json, sys
from xiangsheng.metrics.ten import ten
with open(sys.argv[1], encoding="utf-8") as file:
    rows = json.load(file)
print(json.dumps(ten([(row["gen"], row["ori"]) for row in rows])))
"""
INTERVALS = """
import json, sys, time
from xiangsheng.core.score import Pair
from xiangsheng.metrics.evaluation import evaluate
from xiangsheng.metrics.names import TEN
with open(sys.argv[1], encoding="utf-8") as file:
    rows = json.load(file)
pairs = [Pair(row["ori"], row["gen"], f"{index}") for index, row in enumerate(rows)]
start = time.perf_counter()
scores = evaluate(pairs, which=TEN, unit="pair")
taken = time.perf_counter() - start
assert all(score.ci95 for score in scores.values())
print(json.dumps({"seconds": taken, "units": len(pairs)}))
"""


def timed(words: list[str], file: Path) -> tuple[float, dict[str, float]]:
    """Wall seconds of one fresh process, and the JSON it prints."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words, str(file)], capture_output=True, check=True, text=True
    )
    return time.perf_counter() - start, json.loads(done.stdout)


def bench(file: Path, runs: int) -> None:
    published, ours = [], []
    for _ in range(runs):
        theirs_s, expected = timed([str(RECIPE)], file)
        ours_s, values = timed(["-c", OURS], file)
        worst = max(abs(values[name] - expected[name]) for name in expected)
        if worst > 1e-9 or values.keys() != expected.keys():
            raise SystemExit(f"{file}: values differ by {worst}")
        published.append(theirs_s)
        ours.append(ours_s)
    intervals = [timed(["-c", INTERVALS], file)[1] for _ in range(runs)]
    slow, fast = statistics.median(published), statistics.median(ours)
    print(
        f"{file.stem:22} published {slow:6.3f} s   xiangsheng {fast:6.3f} s   "
        f"{slow / fast:5.1f} times as fast   "
        f"ten intervals, {intervals[0]['units']} units "
        f"{statistics.median(i['seconds'] for i in intervals):.3f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="speed of the ten metrics")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    files = options.files or sorted(
        file for file in (C3 / "machine").glob("*.json") if file.stem != "expected_metrics"
    )
    if not files:
        raise SystemExit(f"no pairs in {C3 / 'machine'}; set XIANGSHENG_C3 or give a file")
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}, medians of {options.runs} runs"
    )
    for file in files:
        bench(file, options.runs)


if __name__ == "__main__":
    main()
