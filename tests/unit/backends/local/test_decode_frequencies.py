"""Tokens are drawn as often as they are likely."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from slow_generator import Vector, logits_of
from tiny_networks import TOKENIZER, answers, local, overheard, tiny
from xiangsheng.backends.local.decode.limits import Limits
from xiangsheng.core.generation import Prompt, Request, Sampling

PROMPT = "0: 你好"
NETWORK = tiny(loud=True)
LIMITS = Limits(256, 40_000)
ASKED, EACH = 32, 128
"""Requests, and samples of each: 4,096 draws."""


@cache
def samples(max_tokens: int, temperature: float, top_p: float) -> list[list[int]]:
    asked = Sampling(temperature, top_p, n=EACH, max_tokens=max_tokens)
    requests = [Request(f"{number}", Prompt(PROMPT), asked) for number in range(ASKED)]
    with overheard() as heard:
        answers(local(NETWORK, LIMITS), requests)
    return list(heard.values())


def softmax(tokens: list[int], temperature: float) -> Vector:
    logits = logits_of(NETWORK, [TOKENIZER.end, *TOKENIZER.encode(PROMPT), *tokens])[-1]
    weights: Vector = np.exp((logits - logits.max()) / temperature)
    result: Vector = weights / weights.sum()
    return result


def deviation(counts: Counter[int], chances: Vector) -> float:
    """How far counts are from what was expected, in standard deviations of that distance.

    Pearson's chi-square, rare tokens taken together, by Wilson and Hilferty (1931).
    """
    expected = chances * counts.total()
    common = np.flatnonzero(expected >= 5)
    observed = np.array([counts[int(token)] for token in common])
    cells = [*zip(observed, expected[common], strict=True)]
    if (rest := expected.sum() - expected[common].sum()) > 1:
        cells.append((counts.total() - observed.sum(), rest))
    square = sum((seen - due) ** 2 / due for seen, due in cells)
    freedom = len(cells) - 1
    assert freedom >= 5, "there is too little to compare"
    spread = 2 / (9 * freedom)
    return float(((square / freedom) ** (1 / 3) - (1 - spread)) / spread**0.5)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_first_tokens_are_drawn_as_the_softmax_says(temperature: float) -> None:
    counts = Counter(tokens[0] for tokens in samples(1, temperature, 1.0))
    assert counts.total() == ASKED * EACH
    assert abs(deviation(counts, softmax([], temperature))) < 3.5
    other = softmax([], temperature * 1.15)
    assert deviation(counts, other) > 3.5, "a temperature 15 % off must show"


def test_second_tokens_are_drawn_as_the_softmax_after_the_first_says() -> None:
    drawn = samples(2, 1.0, 0.9)
    first, _ = Counter(tokens[0] for tokens in drawn if len(tokens) > 1).most_common(1)[0]
    counts = Counter(tokens[1] for tokens in drawn if tokens[0] == first)
    assert counts.total() > 200
    assert abs(deviation(counts, nucleus(softmax([first], 1.0), 0.9))) < 3.5


@pytest.mark.parametrize("top_p", [0.3, 0.8])
def test_tokens_outside_the_nucleus_are_never_drawn(top_p: float) -> None:
    counts = Counter(tokens[0] for tokens in samples(1, 1.0, top_p))
    chances = nucleus(softmax([], 1.0), top_p)
    assert set(counts) <= set(np.flatnonzero(chances).tolist())
    assert abs(deviation(counts, chances)) < 3.5


def nucleus(chances: Vector, top_p: float) -> Vector:
    """The likeliest tokens, one after the other, until their chances reach `top_p` together."""
    kept, mass = np.zeros_like(chances), 0.0
    for token in np.argsort(-chances, kind="stable"):
        if mass >= top_p:
            break
        kept[token] = chances[token]
        mass += chances[token]
    result: Vector = kept / mass
    return result


def test_samples_of_a_request_and_of_others_are_independent() -> None:
    """Of two neighbours, equal first tokens are as frequent as their chances say."""
    first = [tokens[0] for tokens in samples(1, 1.0, 1.0)]
    equal = float((softmax([], 1.0) ** 2).sum())
    for apart in (1, EACH):
        pairs = list(zip(first, first[apart:], strict=False))
        seen = sum(one == other for one, other in pairs)
        spread = (len(pairs) * equal * (1 - equal)) ** 0.5
        assert abs(seen - len(pairs) * equal) < 5 * spread
