"""The network is transformers' Llama, number for number."""

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tiny_networks import TOKENIZER, shape, tiny
from xiangsheng.backends.local import folder
from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.backends.local.network import Network, rotate


@pytest.fixture(autouse=True)
def no_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def theirs(network: Network, place: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """transformers 5.23.0's model of the same weights, through the folder that both read."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from transformers import AutoModelForCausalLM

    folder.save(network, TOKENIZER, place, chats=False)
    return AutoModelForCausalLM.from_pretrained(place, local_files_only=True)


def texts(rows: int, length: int) -> Tensor:
    random = torch.Generator().manual_seed(rows)
    return torch.randint(0, TOKENIZER.size, (rows, length), generator=random)


def logits(network: Network, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
    return network.logits(network(tokens, torch.arange(tokens.shape[1]), mask))


def test_its_logits_are_those_of_transformers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = tiny(width=64, scale=0.2)
    llama = theirs(network, tmp_path, monkeypatch)
    assert type(llama).__name__ == "LlamaForCausalLM"
    for tokens in (texts(1, 1), texts(1, 128), texts(5, 40)):
        expected = llama(tokens).logits
        assert expected.std() > 0.5
        torch.testing.assert_close(logits(network, tokens), expected, atol=1e-4, rtol=0)


def test_its_logits_in_double_precision_are_those_of_transformers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = tiny()
    llama = theirs(network, tmp_path, monkeypatch).double()
    tokens = texts(3, 50)  # angles and norms stay in single precision there
    torch.testing.assert_close(
        logits(network.double(), tokens), llama(tokens).logits, atol=1e-4, rtol=0
    )


def test_packed_texts_do_not_see_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = tiny(scale=0.2)
    llama = theirs(network, tmp_path, monkeypatch)
    lengths = [7, 20, 1, 12]
    tokens = texts(1, sum(lengths))
    positions = torch.cat([torch.arange(length) for length in lengths])[None]
    which = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
    mask = (which[:, None] == which).tril()[None]
    packed = network.logits(network(tokens, positions, mask))
    for start, length in zip(accumulate([0, *lengths]), lengths, strict=False):
        part, alone = packed[:, start : start + length], tokens[:, start : start + length]
        torch.testing.assert_close(part, llama(alone).logits, atol=1e-4, rtol=0)
        torch.testing.assert_close(part, logits(network, alone), atol=1e-4, rtol=0)


def test_without_a_mask_nothing_sees_what_comes_later() -> None:
    network, tokens = tiny(), texts(2, 30)
    causal = torch.ones(30, 30, dtype=torch.bool).tril().expand(2, -1, -1)
    torch.testing.assert_close(
        logits(network, tokens), logits(network, tokens, causal), atol=1e-4, rtol=0
    )
    other = tokens.clone()
    other[:, 20:] = 7
    before, after = logits(network, tokens)[:, :20], logits(network, other)[:, :20]
    torch.testing.assert_close(before, after, atol=1e-4, rtol=0)


def test_a_score_depends_on_the_distance_alone() -> None:
    network = tiny()
    random = torch.Generator().manual_seed(3)
    query, key = torch.randn(2, 1, 2, 16, generator=random)

    def score(at: int, other: int) -> Tensor:
        turned = [
            rotate(vector, network.turn(torch.tensor([place])))
            for vector, place in ((query, at), (key, other))
        ]
        return (turned[0] * turned[1]).sum()

    torch.testing.assert_close(score(9, 2), score(107, 100), atol=1e-4, rtol=0)
    assert abs(score(9, 2) - score(9, 3)) > 0.1


def test_it_begins_the_same_for_a_seed_and_differently_for_another() -> None:
    first, again, other = Network(shape()), Network(shape()), Network(shape())
    first.begin(5)
    again.begin(5)
    other.begin(6)
    for one, two, three in zip(
        first.parameters(), again.parameters(), other.parameters(), strict=True
    ):
        assert torch.equal(one, two)
        assert torch.equal(one, three) == (one.dim() == 1)
    assert first.embeddings.std() == pytest.approx(0.02, rel=0.01)


def test_its_parameters_are_counted_without_making_it() -> None:
    assert sum(weights.numel() for weights in tiny().parameters()) == shape().parameters
    millions = {
        name: round(rung.shape(TOKENIZER.size).parameters / 1e6, 1) for name, rung in RUNGS.items()
    }
    assert millions == {"ada": 1.2, "babbage": 5.1, "curie": 21.2, "davinci": 59.9}
