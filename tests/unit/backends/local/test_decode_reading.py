"""What is read by way of a forest is what a whole text is without one."""

from random import Random

import pytest
import torch

from tiny_networks import tiny
from xiangsheng.backends.local.decode import reading
from xiangsheng.prefix.forest import Forest

NETWORK = tiny().double()


def texts(seed: int) -> list[tuple[int, ...]]:
    """Texts of 1 to 128 tokens that share beginnings of many lengths, some of them whole."""
    random = Random(seed)
    found = [tuple(random.choices(range(4304), k=random.randint(1, 70))) for _ in range(3)]
    for _ in range(40):
        begun = random.choice(found)[: random.randint(1, 110)]
        found.append((*begun, *random.choices(range(4304), k=random.randint(0, 18))))
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("least", [1, 16])
@pytest.mark.parametrize("at_once", [1, 200, 8192])
def test_states_are_those_of_each_text_alone(
    seed: int, least: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", at_once)
    sequences = texts(seed)
    forest = Forest.of(sequences, least=least)
    assert len(forest.levels()) > 2
    with torch.inference_mode():
        trunks = reading.read(NETWORK, forest)
        for tokens, leaf in zip(sequences, forest.leaf, strict=True):
            expected = NETWORK(torch.tensor([tokens]), torch.arange(len(tokens)))[0]
            torch.testing.assert_close(trunks[leaf].states[: len(tokens)], expected)


def test_only_what_no_other_text_begins_with_is_kept() -> None:
    sequences = texts(0)
    longest = [
        one
        for one in sequences
        if not any(other[: len(one)] == one for other in sequences if other != one)
    ]
    with torch.inference_mode():
        trunks = reading.read(NETWORK, Forest.of(sequences, least=16))
    kept = {id(trunk): trunk.length for trunk in trunks}
    assert sorted(kept.values()) == sorted(map(len, set(longest)))
    for trunk in trunks:
        for key, value in trunk.layers:
            assert key.shape == value.shape == (2, trunk.length, 16)
            # Nothing of the batch that it was read in is kept alive.
            assert key.untyped_storage().nbytes() == key.nbytes
