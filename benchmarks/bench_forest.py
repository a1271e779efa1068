"""Counting `turns`: all tokens, and those left when each shared beginning is paid for once.

    XIANGSHENG_C3=FOLDER python benchmarks/bench_forest.py

Every row is a process of its own. `count` counts tokens only, `both` also the distinct ones, in one
pass; `plain` does the same as one would without this: tiktoken on each text, then one forest over
all sequences, for the first scripts only, since it keeps every token. Texts are the prompts of one
example for each line of the training scripts, or with completions; they are made one by one, or for
`shuffled` kept and taken in another order. Seconds are of the CPU, without start and reading; memory
is the process's peak.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import process_time

from xiangsheng.core.example import Example
from xiangsheng.core.rendering import Rendering
from xiangsheng.corpus.study import study_data
from xiangsheng.prefix.forest import Forest
from xiangsheng.prepare.render import examples
from xiangsheng.pricing.tokens import shares
from xiangsheng.tokens.counting import counter_for

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "c3"
SUBSET = 3_000
MODELS = ("openai:davinci", "openai:gpt-4o", "local:ada")


ROWS = (
    *(("count", model, "whole", 0) for model in MODELS),
    *(("both", model, what, 0) for model in MODELS for what in ("prompts", "whole")),
    ("both", MODELS[0], "shuffled", 0),
    ("both", MODELS[0], "whole", SUBSET),
    ("plain", MODELS[0], "whole", SUBSET),
)


def main() -> int:
    folder = Path(os.environ.get("XIANGSHENG_C3", DEFAULT))
    if len(sys.argv) > 1:
        way, model, what, size = sys.argv[1:]
        return measure(folder, way, model, what, int(size))
    if not folder.is_dir():
        print(f"{folder} is not there; set XIANGSHENG_C3", file=sys.stderr)
        return 1
    print("way   counter              texts            seconds       tokens   distinct  peak MB")
    for row in ROWS:
        subprocess.run([sys.executable, __file__, *map(str, row)], check=True)
    return 0


def measure(folder: Path, way: str, model: str, what: str, size: int) -> int:
    """Prints one row."""
    rendered = examples(study_data(folder).train, Rendering())[: size or None]
    counter = counter_for(model)
    given = texts(rendered, what)
    if what == "shuffled":
        given = iter(Random(1).sample(list(given), len(rendered)))
    started = process_time()
    unshared = 0
    if way == "plain":
        encoded = list(map(counter.encode, given))
        tokens, unshared = sum(map(len, encoded)), Forest.of(encoded).distinct
    elif way == "count":
        tokens = sum(counter.counts(given))
    else:
        added = list(shares(counter, given))
        tokens = sum(one.tokens for one in added)
        unshared = tokens - sum(one.shared for one in added)
    seconds = process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    name = counter.name + ("" if counter.exact else " (estimate)")
    left = f"{unshared:,}" if unshared else ""
    print(
        f"{way:5} {name:20} {len(rendered):6,} {what:8} {seconds:8.2f}"
        f" {tokens:12,} {left:>10} {peak:8.0f}",
        flush=True,
    )
    return 0


def texts(rendered: tuple[Example, ...], what: str) -> Iterator[str]:
    for example in rendered:
        yield example.prompt + ("" if what == "prompts" else example.completion)


if __name__ == "__main__":
    sys.exit(main())
