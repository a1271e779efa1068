"""Next-line prompts a second: the decode core beside transformers' `generate`, on the same weights.

    python benchmarks/bench_decode.py [--size babbage] [--epochs 1] [--scripts 50] [--precision fp32]

The base is trained for a moment first, so that lines end where lines end. Both sides draw at
temperature 0.5, stop at a line break and write at most 100 tokens, more than nearly every line has; all arms answer the same
prompts, but one by one only every tenth of them is asked, and its time multiplied. transformers
is given every advantage it has: static weights, inference mode, prompts sorted by length.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

# isort: off
import xiangsheng.backends.local  # noqa: F401 before torch: how its threads wait
import torch

# isort: on

from xiangsheng.backends.local import folder as folders
from xiangsheng.backends.local.decode.engine import Engine
from xiangsheng.backends.local.decode.limits import Limits
from xiangsheng.backends.local.generate import LocalGenerator
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.training.base import base_spec, build
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
    spec = base_spec(size, lines_of(found.train), epochs)
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


def timed(name: str, texts: Sequence[str], times: int, answer: Callable[[], int]) -> float:
    started = time.perf_counter()
    tokens = answer()
    seconds = (time.perf_counter() - started) * times
    print(
        f"{name:<28} {seconds:8.1f} s  {len(texts) / seconds:8.1f} prompts/s  {tokens * times} tokens"
    )
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="babbage")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--scripts", type=int, default=50)
    parser.add_argument("--precision", default="fp32", choices=("fp32", "bf16"))
    parser.add_argument("--model", type=Path, help="a folder with a model, instead of training one")
    asked = parser.parse_args()
    found = data()
    texts = prompts(asked.scripts, found)
    forest = Forest.of([TOKENIZER.encode(text) for text in texts])
    print(
        f"{asked.size}, {asked.precision}, {torch.get_num_threads()} threads, torch {torch.__version__}"
    )
    print(
        f"{len(texts)} prompts, {forest.total:,} tokens, of which {forest.distinct:,} are distinct"
    )
    with tempfile.TemporaryDirectory() as folder:
        place = asked.model or trained(asked.size, asked.epochs, found, Path(folder))
        network, _, _ = folders.load(place, TOKENIZER)
        from transformers import AutoModelForCausalLM

        model = AutoModelForCausalLM.from_pretrained(place, local_files_only=True).eval()
    if asked.precision == "bf16":
        network, model = network.to(torch.bfloat16), model.to(torch.bfloat16)
    ours(network, texts[:19])
    torch.manual_seed(0)
    with torch.inference_mode():
        own = timed("xiangsheng", texts, 1, lambda: ours(network, texts))
        arms = {
            "generate, one by one": timed(
                "generate, one by one",
                texts,
                EVERY,
                lambda: theirs(model, texts[::EVERY], 1, ordered=False),
            )
        }
        for batch in (16, 64):
            for ordered in (False, True):
                name = f"generate, {batch}{', by length' if ordered else ''}"
                arms[name] = timed(
                    name,
                    texts,
                    1,
                    lambda b=batch, o=ordered: theirs(model, texts, b, ordered=o),  # type: ignore[misc]
                )
        again = timed("xiangsheng", texts, 1, lambda: ours(network, texts))
    best = min(arms, key=arms.__getitem__)
    mean = (own + again) / 2
    print(f"{arms[best] / mean:.1f} times the best of them ({best})")


if __name__ == "__main__":
    main()
