"""Next-line prompts a second: the decode core beside transformers' `generate`, on the same weights.

    python benchmarks/bench_decode.py [--size babbage] [--epochs 1] [--scripts 50] [--precision fp32]

The base is trained for a moment first, so that lines end where lines end. Both sides draw at
temperature 0.5, stop at a line break and write at most 100 tokens, more than nearly every line
has; all arms answer the same prompts, but one by one only every tenth of them is asked, and its
time multiplied. Each side has processes of its own, alternating: transformers keeps torch's own
settings of threads, which are the better ones for it, and has every other advantage: static
weights, inference mode, prompts sorted by length. All arms are timed `--times` times; medians are
compared.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# isort: off
if "theirs" in sys.argv:
    import torch  # before our package, which sets how its threads wait
import xiangsheng.backends.local  # noqa: F401
import torch

# isort: on

from xiangsheng.backends.local import folder as folders
from xiangsheng.backends.local.decode.engine import Engine
from xiangsheng.backends.local.decode.limits import Limits
from xiangsheng.backends.local.generate import LocalGenerator
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.training.base import base_spec, build, of_lines
from xiangsheng.core.generation import Outcome, Prompt, Request, Sampling
from xiangsheng.core.model import Control
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.corpus.study import StudyData, bundled, lines_of, study_data
from xiangsheng.prefix.forest import Forest
from xiangsheng.prepare.questions import next_line_prompts
from xiangsheng.tokens.ladder import LadderTokenizer

TOKENIZER = LadderTokenizer()
LONGEST = 100
EVERY = 10
"""One by one, only so many are asked."""


def data() -> StudyData:
    beside = Path(__file__).resolve().parents[2] / "shared" / "c3"
    root = Path(os.environ.get("XIANGSHENG_C3", beside))
    if (root / "test_filter_50x20.txt").is_file():
        return study_data(root)
    print(f"the C³ data is not at {root}: the bundled scripts stand in, and they are few")
    return bundled()


def prompts(scripts: int, found: StudyData) -> list[str]:
    rendering = Rendering(Format.SCRIPT, header="", space=False)
    return [
        question.prompt.text
        for script in found.test[:scripts]
        for question in next_line_prompts(script, rendering)
    ]


def trained(size: str, epochs: int, found: StudyData, place: Path) -> Path:
    (place / "model").mkdir()
    (place / "checkpoint").mkdir()
    spec = base_spec(size, of_lines(lines_of(found.train), "training lines"), epochs)
    for _ in build(spec, place / "model", place / "checkpoint", lambda: Control.RUN):
        pass
    return place / "model"


def ours(network: Network, texts: Sequence[str]) -> int:
    engine = Engine("bench", network, TOKENIZER, time.perf_counter, Limits.of(network.shape))
    sampling = Sampling(temperature=0.5, max_tokens=LONGEST, stop=("\n",))
    requests = [Request(str(n), Prompt(text), sampling) for n, text in enumerate(texts)]
    replies = LocalGenerator("bench", engine, "").generate(requests, lambda: False)
    return sum(r.usage.completion_tokens for r in replies if isinstance(r, Outcome))


def theirs(model: object, texts: Sequence[str], batch: int, *, ordered: bool) -> int:
    end, line = TOKENIZER.end, TOKENIZER.encode("\n")[0]
    rows = [[end, *TOKENIZER.encode(text)] for text in texts]
    if ordered:
        rows.sort(key=len)
    written = 0
    for at in range(0, len(rows), batch):
        some = rows[at : at + batch]
        width = max(map(len, some))
        tokens = torch.tensor([[end] * (width - len(row)) + row for row in some])
        seen = torch.tensor([[0] * (width - len(row)) + [1] * len(row) for row in some])
        answers = model.generate(  # type: ignore[attr-defined]
            tokens,
            attention_mask=seen,
            do_sample=True,
            temperature=0.5,
            top_k=0,
            max_new_tokens=LONGEST,
            eos_token_id=[end, line],
            pad_token_id=end,
        )
        written += int((answers[:, width:] != end).sum())
    return written


def timed(times: int, answer: Callable[[], int]) -> tuple[float, int]:
    """Seconds, and tokens written, of `times` as many prompts as were answered."""
    started = time.perf_counter()
    tokens = answer()
    return (time.perf_counter() - started) * times, tokens * times


def side(name: str, place: Path, precision: str, texts: Sequence[str]) -> dict[str, object]:
    """All arms of one side, timed once."""
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    arms: dict[str, object] = {}
    with torch.inference_mode():
        if name == "ours":
            network = folders.load(place, TOKENIZER)[0].to(kind)
            ours(network, texts[:19])
            return {"xiangsheng": timed(1, lambda: ours(network, texts))}
        from transformers import AutoModelForCausalLM

        model = AutoModelForCausalLM.from_pretrained(place, local_files_only=True, dtype=kind)
        torch.manual_seed(0)
        theirs(model, texts[:4], 4, ordered=False)
        arms["generate, one by one"] = timed(
            EVERY, lambda: theirs(model, texts[::EVERY], 1, ordered=False)
        )
        for batch in (16, 64):
            for ordered in (False, True):
                arm = f"generate, {batch}{', by length' if ordered else ''}"
                arms[arm] = timed(
                    1,
                    lambda b=batch, o=ordered: theirs(model, texts, b, ordered=o),  # type: ignore[misc]
                )
    return arms


def apart(name: str, place: Path, asked: argparse.Namespace) -> dict[str, list[float]]:
    """One side in a process of its own."""
    options = [f"--precision={asked.precision}", f"--scripts={asked.scripts}", f"--model={place}"]
    told = subprocess.run(
        [sys.executable, __file__, *options, "--side", name],
        check=True,
        stdout=subprocess.PIPE,
        env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"},
    )
    found: dict[str, list[float]] = json.loads(told.stdout)
    return found


def compare(place: Path, asked: argparse.Namespace, prompts: int) -> None:
    seconds: dict[str, list[float]] = {}
    tokens: dict[str, float] = {}
    for _ in range(asked.times):
        for name in ("ours", "theirs", "ours"):
            for arm, (took, written) in apart(name, place, asked).items():
                seconds.setdefault(arm, []).append(took)
                tokens[arm] = written
    middle = {arm: statistics.median(all_of) for arm, all_of in seconds.items()}
    for arm, took in middle.items():
        spread = f"{min(seconds[arm]):.1f} to {max(seconds[arm]):.1f}"
        print(
            f"{arm:<26} {took:7.1f} s ({spread}) {prompts / took:8.1f} prompts/s {tokens[arm]:8.0f} tokens"
        )
    own = middle.pop("xiangsheng")
    best = min(middle, key=middle.__getitem__)
    print(f"{middle[best] / own:.1f} times the best of them ({best})")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="babbage")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--scripts", type=int, default=50)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--precision", default="fp32", choices=("fp32", "bf16"))
    parser.add_argument("--model", type=Path, help="a folder with a model, instead of training one")
    parser.add_argument("--side", choices=("ours", "theirs"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    found = data()
    texts = prompts(asked.scripts, found)
    if asked.side:
        print(json.dumps(side(asked.side, asked.model, asked.precision, texts)))
        return
    forest = Forest.of([TOKENIZER.encode(text) for text in texts])
    what = asked.model or f"{asked.size}, {asked.epochs} epochs"
    print(
        f"{what}, {asked.precision}, {torch.get_num_threads()} threads, torch {torch.__version__}"
    )
    print(
        f"{len(texts)} prompts, {forest.total:,} tokens, of which {forest.distinct:,} are distinct"
    )
    with tempfile.TemporaryDirectory() as folder:
        place = asked.model or trained(asked.size, asked.epochs, found, Path(folder))
        compare(place, asked, len(texts))


if __name__ == "__main__":
    main()
