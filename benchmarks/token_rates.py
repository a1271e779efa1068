"""How many tokens a character becomes, by its kind: the figures of tokens/estimates.py.

    XIANGSHENG_C3=FOLDER python benchmarks/token_rates.py COUNTER [COUNTER …]

A COUNTER is the name of a model whose tokens can be counted exactly here (`openai:gpt-4o`,
`hf:FOLDER`) or a `.tiktoken` file, which is read with Qwen's expression. Several are fitted together. Rates
are fitted to every second training script of C³ and every second English page of this project and
of the packages it is installed with; errors are those of the others and of all test scripts.
"""

import os
import sys
from base64 import b64decode
from importlib.metadata import distributions
from pathlib import Path

import numpy as np
import tiktoken
from numpy.typing import NDArray

from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Script
from xiangsheng.corpus.study import study_data
from xiangsheng.prepare.render import examples
from xiangsheng.tokens.counting import Counter, counter_for
from xiangsheng.tokens.estimates import kinds
from xiangsheng.tokens.exact import ExactCounter

ROOT = Path(__file__).resolve().parents[1]
DEFAULT = ROOT.parent / "shared" / "c3"
KINDS = ("Han character", "word", "ASCII mark", "other character")
QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"
    r"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

Vector = NDArray[np.float64]


def main() -> int:
    folder = Path(os.environ.get("XIANGSHENG_C3", DEFAULT))
    counters = [counter(name) for name in sys.argv[1:]]
    if not counters or not all(counter.exact for counter in counters) or not folder.is_dir():
        print(__doc__, file=sys.stderr)
        return 2
    texts = documents(folder)
    for name, group in texts.items():
        print(f"{name}: {len(group)} texts, {sum(map(len, group)):,} characters")
    holds = {
        name: np.array([kinds(text) for text in group], float) for name, group in texts.items()
    }
    fits = [
        (holds[name][::2], tokens(counter, texts[name][::2]))
        for counter in counters
        for name in texts
        if name != "test scripts"
    ]
    rates = fitted(np.vstack([x for x, _ in fits]), np.concatenate([y for _, y in fits]))
    for kind, rate in zip(KINDS, rates, strict=True):
        print(f"{rate:6.2f} tokens a {kind}")
    for counter_ in counters:
        for name in texts:
            held = slice(None) if name == "test scripts" else slice(1, None, 2)
            counts = tokens(counter_, texts[name][held])
            off = counts / (holds[name][held] @ rates) - 1
            rate = counts.sum() / sum(map(len, texts[name][held]))
            print(
                f"{counter_.name:14} {name:18} {rate:.3f} tokens a character; mean error"
                f" {off.mean():+.3f}, 95 % within {np.quantile(abs(off), 0.95):.3f}, all {abs(off).max():.3f}"
            )
    return 0


def counter(name: str) -> Counter:
    if not name.endswith(".tiktoken"):
        return counter_for(name)
    lines = (line.split() for line in Path(name).read_bytes().splitlines() if line)
    ranks = {b64decode(token): int(rank) for token, rank in lines}
    made = tiktoken.Encoding(name, pat_str=QWEN, mergeable_ranks=ranks, special_tokens={})
    return ExactCounter(Path(name).stem, made.encode_ordinary)


def documents(folder: Path) -> dict[str, list[str]]:
    data = study_data(folder)
    plain = Rendering(format=Format.SCRIPT, header="", space=False)
    read = [entry.read_text("METADATA") or "" for entry in distributions()]
    return {
        "training scripts": [
            text(script, Rendering(format=Format.SCRIPT)) for script in data.train
        ],
        "test scripts": [text(script, plain) for script in data.test],
        "pages": [path.read_text("utf-8") for path in sorted((ROOT / "docs").rglob("*.md"))],
        "package pages": sorted(page for page in read if len(page) > 500)[:60],
    }


def text(script: Script, rendering: Rendering) -> str:
    return "".join(span.text for whole in examples([script], rendering) for span in whole.spans)


def tokens(counter: Counter, texts: list[str]) -> Vector:
    return np.array(counter.count_all(texts), float)


def fitted(holds: Vector, counts: Vector) -> Vector:
    """Rates with the least squares of relative errors, rounded as they are kept."""
    scaled = holds / counts[:, None]
    found, *_ = np.linalg.lstsq(scaled, np.ones(len(scaled)), rcond=None)
    return np.round(found, 2)


if __name__ == "__main__":
    sys.exit(main())
