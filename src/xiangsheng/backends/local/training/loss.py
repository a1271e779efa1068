"""The loss of a packed batch: nats a token, each token with its weight."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.training.packing import Packed, tiled


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over tokens: weighted nats, weights, and, of those with weight 1, how many there are
    and how many were the likeliest; how many documents have such tokens, and in how many of them
    every one was the likeliest.
    """

    nats: float = 0.0
    weight: float = 0.0
    learned: int = 0
    right: int = 0
    documents: int = 0
    all_right: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.nats + other.nats,
            self.weight + other.weight,
            self.learned + other.learned,
            self.right + other.right,
            self.documents + other.documents,
            self.all_right + other.all_right,
        )

    @property
    def loss(self) -> float:
        return self.nats / self.weight if self.weight else 0.0

    @property
    def accuracy(self) -> float:
        return self.right / self.learned if self.learned else 0.0

    @property
    def whole(self) -> float:
        """The share of documents that were right from beginning to end."""
        return self.all_right / self.documents if self.documents else 0.0


def weighted(network: Network, packed: Packed) -> tuple[Tensor, Sums]:
    """The weighted sum of nats, to be divided and followed back, and the sums."""
    states = network(packed.tokens, packed.positions, packed.mask)
    counted = _places(packed.weights.flatten())
    weights, targets = packed.weights.flatten()[counted], packed.targets.flatten()[counted]
    logits = network.logits(states.flatten(0, 1)[counted]).float()
    nats = (F.cross_entropy(logits, targets, reduction="none") * weights).sum()
    with torch.no_grad():
        learned = weights == 1
        right = (logits.argmax(-1) == targets) & learned
        owners = packed.owners.flatten()[counted]
        asked, missed = (
            torch.bincount(owners[some]).count_nonzero() for some in (learned, learned & ~right)
        )
        sums = Sums(
            nats.item(),
            weights.sum().item(),
            int(learned.sum()),
            int(right.sum()),
            int(asked),
            int(asked - missed),
        )
    return nats, sums


def _places(weights: Tensor) -> Tensor:
    """Where something counts, and places where nothing does up to a round number; see `tiled`."""
    counting = weights > 0
    size = min(len(weights), tiled(int(counting.sum())))
    return counting.int().argsort(descending=True, stable=True)[:size].sort().values


def parts(packed: Packed, most: int) -> list[Packed]:
    """The same rows in parts of at most `most` tokens, or one row."""
    rows = max(1, most // packed.tokens.shape[1])
    return [
        Packed(
            packed.tokens[at : at + rows],
            packed.positions[at : at + rows],
            packed.targets[at : at + rows],
            packed.weights[at : at + rows],
            packed.owners[at : at + rows],
            packed.mask[at : at + rows] if packed.mask is not None else None,
        )
        for at in range(0, len(packed.tokens), rows)
    ]
