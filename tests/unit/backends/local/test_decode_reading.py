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


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("at_once", [1, 200, 8192])
@pytest.mark.parametrize("most", [1, 3, 70])
def test_states_that_are_wanted_alone_are_the_same(
    seed: int, at_once: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", at_once)
    random, sequences = Random(seed), texts(seed)
    forest = Forest.of(sequences, least=16)
    wanted = {
        number: {random.randrange(len(node.tokens)) for _ in range(random.randint(0, most))}
        for number, node in enumerate(forest.nodes)
        if random.random() < 0.8
    }
    with torch.inference_mode():
        every, some = reading.read(NETWORK, forest), reading.read(NETWORK, forest, wanted)
        for number, node in enumerate(forest.nodes):
            for expected, found in zip(every[number].layers, some[number].layers, strict=True):
                torch.testing.assert_close(found, expected)
            for place in wanted.get(number, ()):
                at = node.start + place
                torch.testing.assert_close(some[number].states[at], every[number].states[at])


def test_only_what_no_other_text_begins_with_is_kept() -> None:
    sequences = texts(0)
    longest = [
        one
        for one in sequences
        if not any(other[: len(one)] == one for other in sequences if other != one)
    ]
    forest = Forest.of(sequences, least=16)
    with torch.inference_mode():
        trunks = reading.read(NETWORK, forest)
    batches = {
        len(batch) * max(len(forest.nodes[node].tokens) for node in batch)
        for level in forest.levels()
        for batch in reading._batches(forest, level)
    }
    kept = {id(trunk): trunk.length for trunk in trunks}
    assert sorted(kept.values()) == sorted(map(len, set(longest)))
    for trunk in trunks:
        for key, value in trunk.layers:
            assert key.shape == value.shape == (2, trunk.length, 16)
            # Of the batch that it was read in, only keys and values are kept alive.
            for part in (key, value):
                cells = len(part.untyped_storage()) // (part.element_size() * 2 * 16)
                assert cells in batches | {trunk.length}
