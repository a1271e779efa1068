"""Greedy answers are those of transformers' generate, and of bfloat16 mostly the same."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from tiny_networks import ENDS, TOKENIZER, Tokens, answers, local, overheard, tiny
from xiangsheng.backends.local import folder
from xiangsheng.backends.local.decode.limits import Limits
from xiangsheng.backends.local.decode.shelf import FRESH, LARGER
from xiangsheng.core.generation import Prompt, Request, Sampling

NETWORK = tiny(context=256, scale=0.25)
LINES = [
    f"{turn % 2}: {line}\n"
    for turn, line in enumerate(("你好啊", "来了您", "说段相声", "好", "从哪儿说起呢，先生？") * 2)
]
NESTED = ["".join(LINES[:turn]) for turn in range(len(LINES) + 1)]
PARTED = ["".join(LINES[:6]) + end for end in ("0", "1: 好😀", "熹", "0: 包袱响了没有\n1: 没响")]
ELSEWHERE = [LINES[1] * 3 + end for end in ("0", "1: 好", "再来一段")]
PROMPTS = [*NESTED, *PARTED, *ELSEWHERE, *LINES[1:5], "完全不同的开头", "0", "a b c"]
LONG = LARGER * FRESH + 30
"""Tokens asked for, so that rows move to a larger shelf twice."""


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """transformers 5.23.0's model of the same weights."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "HF_HUB_OFFLINE", "1")
        from transformers import AutoModelForCausalLM

    place = tmp_path_factory.mktemp("model")
    folder.save(NETWORK, TOKENIZER, place, chats=False)
    return AutoModelForCausalLM.from_pretrained(place, local_files_only=True)


def greedy(network: Any, max_tokens: int, limits: Limits) -> Tokens:
    """The tokens drawn after every prompt."""
    asked = Sampling(temperature=0, max_tokens=max_tokens)
    with overheard() as heard:
        answers(local(network, limits), [Request(text, Prompt(text), asked) for text in PROMPTS])
    return heard


def begun(text: str) -> list[int]:
    return [TOKENIZER.end, *TOKENIZER.encode(text)]


@pytest.mark.parametrize("limits", [Limits(64, 20_000), Limits(5, 1500)], ids=["wide", "narrow"])
def test_every_token_is_the_likeliest_of_transformers(llama: Any, limits: Limits) -> None:
    """What is drawn after a tie is judged after that tie, so that nothing is left out."""
    ties, total = 0, 0
    for (text, _), drawn in greedy(NETWORK, LONG, limits).items():
        before = begun(text)
        logits = llama(torch.tensor([before + drawn])).logits[0, len(before) - 1 : -1]
        first, second = logits.topk(2).values.unbind(-1)
        tied = first - second < 1e-4
        own = logits.gather(-1, torch.tensor(drawn)[:, None])[:, 0]
        assert (first - own < 1e-4 * tied + 1e-9).all(), text
        ties, total = ties + int(tied.sum()), total + len(drawn)
        assert len(drawn) == LONG or drawn[-1] in ENDS
    assert total > len(PROMPTS) * LONG * 0.9
    assert ties <= total / 1000, f"{ties} of {total} tokens were within 1e-4 of another"


def test_answers_are_those_of_generate(llama: Any) -> None:
    ties = 0
    drawn = greedy(NETWORK, LONG, Limits(64, 20_000))
    for text in (NESTED[0], NESTED[4], NESTED[-1], *PARTED[:2], PROMPTS[-1]):
        before = torch.tensor([begun(text)])
        said = llama.generate(
            before,
            attention_mask=torch.ones_like(before),
            do_sample=False,
            max_new_tokens=LONG,
            eos_token_id=ENDS,
            pad_token_id=TOKENIZER.end,
            output_logits=True,
            return_dict_in_generate=True,
        )
        expected = said.sequences[0, before.shape[1] :].tolist()
        if drawn[text, 0] != expected:
            pairs = zip(drawn[text, 0], expected, strict=False)
            place = next(at for at, (ours, theirs) in enumerate(pairs) if ours != theirs)
            first, second = said.logits[place][0].topk(2).values
            assert first - second < 1e-4, f"{text!r}, token {place}"
            ties += 1
    assert ties <= 1, f"{ties} of 6 answers parted from transformers' at a tie"


def test_answers_differ_with_their_prompts() -> None:
    """Or the comparisons above would say little."""
    drawn = greedy(NETWORK, 20, Limits(64, 20_000))
    assert len(set(map(tuple, drawn.values()))) == len(PROMPTS)
    assert all(len(set(tokens)) > 6 for tokens in drawn.values())


def test_bfloat16_agrees_with_float32_on_most_first_tokens() -> None:
    """Agreement is all that it promises; with torch 2.13.0 all first tokens were the same."""
    network = tiny(context=256, scale=0.25)
    network.load_state_dict(NETWORK.state_dict())
    exact = greedy(NETWORK, 80, Limits(64, 20_000))
    rough = greedy(network.to(torch.bfloat16), 80, Limits(64, 20_000))
    same = sum(exact[key][0] == rough[key][0] for key in exact)
    assert same >= 0.8 * len(exact), f"{same} of {len(exact)} first tokens agree"
    assert all(len(tokens) == 80 or tokens[-1] in ENDS for tokens in rough.values())
