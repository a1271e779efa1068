"""However rows come, go and move about, each sees its own text and nothing else."""

from dataclasses import dataclass
from random import Random

import pytest
import torch

from tiny_networks import TOKENIZER, tiny
from xiangsheng.backends.local.decode.batch import Batch
from xiangsheng.backends.local.decode.limits import later_shelves
from xiangsheng.backends.local.decode.reading import read
from xiangsheng.backends.local.decode.shelf import FRESH, sizes
from xiangsheng.prefix.forest import Forest

CONTEXT = 256
NETWORK = tiny(context=CONTEXT).double()


@dataclass
class Known:
    """A row's text so far, and how long it will be."""

    tokens: list[int]
    end: int


def prompts(random: Random) -> list[tuple[int, ...]]:
    """Some begin others, some come twice, some are alone."""
    whole = [tuple(random.choices(range(TOKENIZER.size), k=size)) for size in (90, 40, 7, 1)]
    begun = [random.choice(whole)[: random.randint(1, 90)] for _ in range(random.randint(1, 12))]
    return random.choices([*whole, *begun], k=random.randint(1, 12))


def join(batch: Batch, random: Random) -> list[Known]:
    asked = prompts(random)
    forest = Forest.of(asked, least=4)
    trunks = read(NETWORK, forest)
    batch.join(
        [(trunks[leaf], len(tokens)) for tokens, leaf in zip(asked, forest.leaf, strict=True)]
    )
    longest = [random.choice((FRESH - 1, FRESH, FRESH + 1, 150)) for _ in asked]
    return [Known(list(one), len(one) + most) for one, most in zip(asked, longest, strict=True)]


def as_if_alone(text: list[int]) -> torch.Tensor:
    states: torch.Tensor = NETWORK(torch.tensor([text]), torch.arange(len(text)))
    return states[0, -1]


@pytest.mark.parametrize("seed", range(4))
def test_a_row_among_others_is_the_text_alone(seed: int) -> None:
    random = Random(seed)
    batch, rows, compared = Batch(NETWORK), list[Known](), 0
    with torch.inference_mode():
        for step in range(260):
            if step in (0, 1, 20, 60, 61, 62, 100):
                rows += join(batch, random)
            for slot in range(len(rows) - 1, -1, -1):
                if len(rows[slot].tokens) == rows[slot].end or random.random() < 0.003:
                    batch.leave(slot)
                    rows[slot] = rows[-1]
                    rows.pop()
            if not rows:
                continue
            assert len(batch.rows) == len(rows)
            said = random.choices(range(TOKENIZER.size), k=len(rows))
            states = batch.step(said)
            for row, token in zip(rows, said, strict=True):
                row.tokens.append(token)
            for slot in random.sample(range(len(rows)), min(3, len(rows))):
                torch.testing.assert_close(states[slot], as_if_alone(rows[slot].tokens))
                compared += 1
    assert compared > 300
    assert not rows
    assert batch.cells == 0


def test_later_shelves_have_room_for_what_is_left_of_the_context() -> None:
    for context in (16, 32, 33, 256, 1024, 2048):
        assert sizes(context)[-1] == context
        for tokens in (1, FRESH, FRESH + 1, context):
            held = sizes(context)[0] + later_shelves(tokens, context)
            assert held >= min(tokens, context)
    assert later_shelves(FRESH, 1024) == 0
    assert later_shelves(FRESH + 1, 1024) == 1.25 * 128
    assert later_shelves(384, 1024) == 1.25 * (128 + 512)
