"""The network: a Llama, small enough to read in one sitting.

Its layers are transformers' `LlamaForCausalLM`, number for number (a test compares them), so what
is saved can be loaded there. It is written out here because training and decoding lay out their
attention differently, and share everything else.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from xiangsheng.backends.local.ladder import Shape
from xiangsheng.backends.local.product import gated, linear, linear_onto

Keys = tuple[Tensor, Tensor]
"""Keys and values of one layer."""


class Block(nn.Module):
    """One layer. Attention itself is left to the caller: `project`, attend, `finish`."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width, hidden = shape.width, shape.hidden
        self.before_attention = nn.Parameter(torch.ones(width))
        self.before_feed = nn.Parameter(torch.ones(width))
        self.attend = nn.Parameter(torch.empty(3 * width, width))
        self.merge = nn.Parameter(torch.empty(width, width))
        self.widen = nn.Parameter(torch.empty(2 * hidden, width))
        self.narrow = nn.Parameter(torch.empty(width, hidden))

    def project(self, x: Tensor, turn: Keys) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values, (…, heads, head) each; `turn` is the positions'."""
        turned, value = self._parts(x, self.attend, 2, turn)
        query, key = turned.chunk(2, dim=-2)
        return query, key, value

    def remember(self, x: Tensor, turn: Keys) -> Keys:
        """Keys and values alone, as `project` gives them."""
        return self._parts(x, self.attend[self.shape.width :], 1, turn)

    def ask(self, x: Tensor, turn: Keys) -> Tensor:
        """Queries alone."""
        return self._parts(x, self.attend[: self.shape.width], 1, turn)[0]

    def _parts(self, x: Tensor, weights: Tensor, turned: int, turn: Keys) -> tuple[Tensor, Tensor]:
        """The first parts, turned, heads beside heads; and the others."""
        shape = self.shape
        normed = F.rms_norm(x, (shape.width,), self.before_attention, shape.epsilon)
        heads = linear(normed, weights).view(*x.shape[:-1], -1, shape.head)
        upto = turned * shape.heads
        return rotate(heads[..., :upto, :], turn), heads[..., upto:, :]

    def finish(self, x: Tensor, attended: Tensor) -> Tensor:
        """The layer's output; `attended` is (…, width)."""
        shape = self.shape
        x = linear_onto(x, attended, self.merge)
        normed = F.rms_norm(x, (shape.width,), self.before_feed, shape.epsilon)
        return linear_onto(x, gated(normed, self.widen), self.narrow)


class Network(nn.Module):
    """Embeddings, layers, a last norm; the output matrix is the embeddings'."""

    cosine: Tensor
    sine: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embeddings = nn.Parameter(torch.empty(shape.vocabulary, shape.width))
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.last = nn.Parameter(torch.ones(shape.width))
        powers = torch.arange(0, shape.head, 2, dtype=torch.float64) / shape.head
        angles = torch.arange(shape.context)[:, None] * shape.theta**-powers
        cosine, sine = angles.cos().float(), angles.sin().float()
        self.register_buffer("cosine", torch.cat((cosine, cosine), dim=-1), persistent=False)
        self.register_buffer("sine", torch.cat((-sine, sine), dim=-1), persistent=False)

    def layers(self) -> Iterator[Block]:
        for block in self.blocks:
            assert isinstance(block, Block)
            yield block

    def begin(self, seed: int) -> None:
        """Random weights, the same for a seed everywhere."""
        random = torch.Generator().manual_seed(seed)
        deep = (2 * self.shape.layers) ** -0.5  # what adds to the stream starts smaller
        with torch.no_grad():
            for name, weights in self.named_parameters():
                if weights.dim() > 1:
                    scale = deep if name.endswith(("merge", "narrow")) else 1.0
                    weights.normal_(0, 0.02 * scale, generator=random)

    def turn(self, positions: Tensor) -> Keys:
        """Cosine and sine at the positions, ready for `rotate`."""
        kind = self.embeddings.dtype
        if torch.is_autocast_enabled("cpu"):
            kind = torch.get_autocast_dtype("cpu")
        cosine, sine = self.cosine[positions], self.sine[positions]
        return cosine.unsqueeze(-2).to(kind), sine.unsqueeze(-2).to(kind)

    def forward(self, tokens: Tensor, positions: Tensor, mask: Tensor | None = None) -> Tensor:
        """Last states, normed, (rows, length, width), of tokens of that shape.

        `mask` is True where a token may see another, (rows, length, length); without one each
        row is one text.
        """
        x, turn = F.embedding(tokens, self.embeddings), self.turn(positions)
        seen = mask.unsqueeze(1) if mask is not None else None
        for block in self.layers():
            query, key, value = (part.transpose(1, 2) for part in block.project(x, turn))
            attended = F.scaled_dot_product_attention(
                query, key, value, attn_mask=seen, is_causal=seen is None
            )
            x = block.finish(x, attended.transpose(1, 2).flatten(-2))
        return self.normed(x)

    def normed(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, (self.shape.width,), self.last, self.shape.epsilon)

    def logits(self, states: Tensor) -> Tensor:
        return linear(states, self.embeddings)


def rotate(vectors: Tensor, turn: Keys) -> Tensor:
    """Rotary position embedding of (…, heads, head); a vector's halves are its real and imaginary
    parts, so `turn` is the cosine twice, and the sine once against and once with its sign.
    """
    cosine, sine = turn
    crossed = vectors.roll(vectors.shape[-1] // 2, dims=-1)
    return torch.addcmul(vectors * cosine, crossed, sine)
