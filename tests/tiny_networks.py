"""Networks small enough for tests, and what asks them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter

import pytest
import torch
from torch import Tensor

from xiangsheng.backends.local.decode import engine as engines
from xiangsheng.backends.local.decode.drawing import Matrix, drawn
from xiangsheng.backends.local.decode.engine import Engine
from xiangsheng.backends.local.decode.limits import Limits
from xiangsheng.backends.local.decode.strand import Strand
from xiangsheng.backends.local.generate import LocalGenerator
from xiangsheng.backends.local.ladder import Shape
from xiangsheng.backends.local.network import Network
from xiangsheng.core.generation import Completion, Outcome, Request
from xiangsheng.tokens.ladder import SPECIALS, LadderTokenizer

TOKENIZER = LadderTokenizer()
ENDS = [TOKENIZER.end, TOKENIZER.special("<|end|>")]
NEVER_ENDS = {"<|endoftext|>": -100.0, "<|end|>": -100.0}
LOUD = [*TOKENIZER.encode("0: 你好啊，来了。\n1！😀é"), *map(TOKENIZER.special, SPECIALS)]
"""Tokens that a loud network says much more often than others, parts of characters among them."""


def shape(context: int = 128, width: int = 32) -> Shape:
    return Shape(TOKENIZER.size, width, layers=2, heads=2, hidden=2 * width, context=context)


def randomize(network: Network, seed: int = 0, *, loud: bool = False, scale: float = 0.4) -> None:
    """Weights so large that a network's answers are varied, and depend on all of a text."""
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in network.parameters():
            mean, spread = (0.0, scale) if weights.dim() > 1 else (1.0, 0.2)
            weights.normal_(mean, spread, generator=random)
        if loud:
            network.embeddings[LOUD] *= 2


def tiny(
    seed: int = 0,
    *,
    context: int = 128,
    width: int = 32,
    loud: bool = False,
    scale: float = 0.4,
) -> Network:
    network = Network(shape(context, width))
    randomize(network, seed, loud=loud, scale=scale)
    return network.eval()


class Counting(Network):
    """Remembers how many tokens went through it together: (texts, longest), or (rows,)."""

    def __init__(self, shape: Shape, seed: int = 0) -> None:
        super().__init__(shape)
        self.sizes: list[tuple[int, ...]] = []
        randomize(self, seed)

    def turn(self, positions: Tensor) -> tuple[Tensor, Tensor]:
        self.sizes.append(tuple(positions.shape))
        return super().turn(positions)

    @property
    def read(self) -> list[tuple[int, ...]]:
        """What was read as prompts, padding included."""
        return [size for size in self.sizes if len(size) == 2]

    @property
    def steps(self) -> list[int]:
        """How many rows each step went on with."""
        return [size[0] for size in self.sizes if len(size) == 1]


class Reciting(Network):
    """Says these tokens after an empty prompt, whatever its weights are; no token comes twice."""

    def __init__(self, tokens: Sequence[int], context: int = 64) -> None:
        super().__init__(shape(context))
        randomize(self)
        with torch.no_grad():
            for block in self.layers():
                block.merge.zero_()
                block.narrow.zero_()
        self.after = torch.full((TOKENIZER.size,), TOKENIZER.end)
        self.after[[TOKENIZER.end, *tokens]] = torch.tensor([*tokens, TOKENIZER.end])

    def logits(self, states: Tensor) -> Tensor:
        said = (states @ torch.nn.functional.normalize(self.embeddings).T).argmax(-1)
        return 50.0 * torch.nn.functional.one_hot(self.after[said], TOKENIZER.size)


def engine_of(network: Network, limits: Limits = Limits(24, 4000)) -> Engine:  # noqa: B008
    return Engine("local:tiny", network, TOKENIZER, perf_counter, limits)


def local(
    network: Network,
    limits: Limits = Limits(24, 4000),  # noqa: B008
    *,
    chats: bool = False,
) -> LocalGenerator:
    return LocalGenerator("local:tiny", engine_of(network, limits), "0" * 64, chats)


def answers(generator: LocalGenerator, requests: Iterable[Request]) -> dict[str, Outcome]:
    """Outcomes by item, each of them once."""
    outcomes = [o for o in generator.generate(requests, bool) if isinstance(o, Outcome)]
    found = {outcome.item: outcome for outcome in outcomes}
    assert len(found) == len(outcomes)
    return found


Tokens = dict[tuple[str, int], list[int]]
"""The tokens of samples, by item and index, the one that ends a text included."""


@contextmanager
def overheard() -> Iterator[Tokens]:
    """What engines draw meanwhile."""
    heard: Tokens = {}

    def drawing(logits: Matrix, strands: Sequence[Strand]) -> list[int]:
        tokens = drawn(logits, strands)
        for strand, token in zip(strands, tokens, strict=True):
            heard.setdefault((strand.item, strand.index), []).append(token)
        return tokens

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "drawn", drawing)
        yield heard


def ids(completion: Completion) -> list[int]:
    """The tokens of a greedy completion that was asked for with logprobs=1."""
    found = [TOKENIZER.id_of(token.top[0][0]) for token in completion.logprobs]
    return [token for token in found if token is not None]
