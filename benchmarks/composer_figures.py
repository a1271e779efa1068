"""How varied composed scripts are, beside those written by hand and, where present, the real ones.

    python benchmarks/composer_figures.py [--chars 1000000] [--seed 0]

Samples that are compressed have the size of all scripts written by hand.
"""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

from xiangsheng.core.script import Script
from xiangsheng.corpus.composer.compose import compose
from xiangsheng.corpus.composer.library import library
from xiangsheng.corpus.study import bundled, study_data
from xiangsheng.corpus.variety import share, variety


def row(name: str, scripts: Sequence[Script], sample: int) -> None:
    found = variety(scripts, sample)
    print(
        f"{name:<12} {found.scripts:>6} scripts {found.lines:>7} lines {found.characters:>9,} chars"
        f"  identical {found.identical}  repeated {100 * found.repeated:.2f} %"
        f"  containment {found.containment:.3f}  distinct {found.distinct}"
        f"  compressed to {100 * found.ratio:.1f} %"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chars", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    started = time.perf_counter()
    made = list(compose(library(), asked.chars, asked.seed))
    took = time.perf_counter() - started
    written = [*bundled().train, *bundled().test]
    sample = sum(len(line.text) + 1 for script in written for line in script.lines) - 1
    row("composed", [one.script for one in made], sample)
    row("by hand", written, sample)
    beside = Path(__file__).resolve().parents[2] / "shared" / "c3"
    real = Path(os.environ.get("XIANGSHENG_C3", beside))
    if real.is_dir():
        row("real", study_data(real).train, sample)
    else:
        print(f"the real scripts are not at {real}")
    back = share(one.refers_back for one in made)
    print(f"composed in {took:.1f} s; a fact is taken up again in {100 * back:.1f} % of scripts")
    for plot in sorted({one.plot for one in made}):
        some = [one for one in made if one.plot == plot]
        print(
            f"  {plot}: {len(some)} scripts, taken up {100 * share(o.refers_back for o in some):.0f} %"
        )


if __name__ == "__main__":
    main()
