"""n-gram models on real scripts: smoothing, orders and mixture weights compared, then time.

    XIANGSHENG_C3=FOLDER python benchmarks/bench_ngram.py

Every tenth script is held out. Times are of the CPU: medians of 5 trainings, and of 7 runs of
200 prompts.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time
from unittest.mock import patch

import numpy as np

from xiangsheng.backends.ngram import NgramGenerator, NgramModel, Piece, smoothing
from xiangsheng.backends.ngram.counts import Ids, count, stream
from xiangsheng.backends.ngram.smoothing import Vector
from xiangsheng.backends.ngram.tune import WEIGHT
from xiangsheng.core.generation import Outcome, Prompt, Request, Sampling

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "c3"
GRID = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def main() -> int:
    folder = Path(os.environ.get("XIANGSHENG_C3", DEFAULT)) / "scripts"
    scripts = [file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.txt"))]
    if not scripts:
        print(f"{folder} holds no scripts; set XIANGSHENG_C3", file=sys.stderr)
        return 1
    kept = [script for place, script in enumerate(scripts) if place % 10]
    held = [Piece(script) for script in scripts[::10]]
    print(f"{len(kept)} scripts, {sum(map(len, kept)):,} characters; {len(held)} held out")
    orders(kept, held)
    mixtures(scripts)
    times(scripts)
    return 0


def orders(kept: list[str], held: list[Piece]) -> None:
    print("\nnats per held-out character")
    print("order  Kneser-Ney  Witten-Bell")
    for order in range(2, 10):
        model = NgramModel.train(kept, order)
        chosen = model.nats_per_character(held)
        print(f"{order:5}  {chosen:10.4f}  {witten_bell(model, kept, held):11.4f}")


def witten_bell(model: NgramModel, kept: list[str], held: list[Piece]) -> float:
    """The same with plain counts, and for unseen tokens as much as there are kinds of seen ones."""
    tokens, counts = stream(map(Piece, kept), model.characters, model.order)
    plain = tuple(count(tokens, counts, order).weights[-1] for order in range(1, model.order + 1))
    trie = replace(model.tries[0], weights=plain)
    with patch.object(smoothing, "_level", witten_bell_level):
        return NgramModel(model.characters, (trie,)).nats_per_character(held)


def witten_bell_level(weights: Ids, first: Ids) -> tuple[Vector, Vector]:
    parents = np.repeat(np.arange(len(first) - 1), np.diff(first))
    total = np.bincount(parents, weights=weights, minlength=len(first) - 1)
    kinds = np.bincount(parents, weights=weights > 0, minlength=len(first) - 1)
    all_of_it = np.maximum(total + kinds, 1)
    return weights / all_of_it[parents], np.where(total > 0, kinds / all_of_it, 1.0)


def mixtures(scripts: list[str]) -> None:
    print("\nbase + tuning scripts: nats per character of 28 others, by weight")
    others = [Piece(script) for script in scripts[-28:]]
    for base_size, size in ((200, 40), (80, 200), (40, 240), (10, 20)):
        base = NgramModel.train(scripts[:base_size], 5)
        new = [Piece(script) for script in scripts[base_size : base_size + size]]
        cost = {w: base.tuned(new, w).nats_per_character(others) for w in (WEIGHT, *GRID)}
        best = min(GRID, key=lambda w: cost[w])
        print(
            f"{base_size:4} +{size:4}: {WEIGHT} costs {cost[WEIGHT]:.4f};"
            f" best of a grid {best} costs {cost[best]:.4f}"
        )


def times(scripts: list[str]) -> None:
    characters = sum(map(len, scripts))
    train = seconds(5, lambda: NgramModel.train(scripts, 5))
    print(f"\ntraining ngram:5 on {characters:,} characters: {train:.2f} s")
    model = NgramModel.train(scripts, 5)
    tuned = model.tuned([Piece(script) for script in scripts[:100]], 0.5)
    print(f"vocabulary: {len(model.characters):,} characters")
    prompts = [Prompt(f"{script[:200]}\n1:") for script in scripts[:200]]
    print("microseconds a character")
    for name, chosen, sampling in (
        ("defaults", model, Sampling(max_tokens=64)),
        ("temperature 0.7", model, Sampling(max_tokens=64, temperature=0.7)),
        ("top_p 0.9", model, Sampling(max_tokens=64, top_p=0.9)),
        ("penalties", model, Sampling(max_tokens=64, presence_penalty=0.5)),
        ("logprobs 5", model, Sampling(max_tokens=64, logprobs=5)),
        ("tuned, defaults", tuned, Sampling(max_tokens=64)),
    ):
        requests = [Request(str(n), prompt, sampling) for n, prompt in enumerate(prompts)]
        generator = NgramGenerator("ngram:5", chosen)
        print(f"  {name:16} {median(per_character(generator, requests) for _ in range(7)):6.1f}")


def per_character(generator: NgramGenerator, requests: list[Request]) -> float:
    """Microseconds."""
    started = process_time()
    outcomes = list(generator.generate(requests, lambda: False))
    took = process_time() - started
    drawn = sum(o.usage.completion_tokens for o in outcomes if isinstance(o, Outcome))
    return took / drawn * 1e6


def seconds(runs: int, work: Callable[[], object]) -> float:
    """Median."""
    taken = []
    for _ in range(runs):
        started = process_time()
        work()
        taken.append(process_time() - started)
    return median(taken)


if __name__ == "__main__":
    sys.exit(main())
