"""Documents to batches: several in one row, none of them seeing another."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from xiangsheng.backends.local.training.documents import Document

TILE = 128


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """All (rows, width), but `mask`: (rows, width, width), None where a row is one document.

    `targets` is the token to predict at each place, which counts `weights` in the loss; `owners`
    is the number of the document it is of, -1 where there is none.
    """

    tokens: Tensor
    positions: Tensor
    targets: Tensor
    weights: Tensor
    owners: Tensor
    mask: Tensor | None


def tiled(size: int) -> int:
    """The size rounded up, so that few sizes occur: torch keeps a kernel, and memory, for each.

    A multiple of 128, or 16, 32 or 64.
    """
    return next((some for some in (16, 32, 64) if size <= some), -(-size // TILE) * TILE)


def pack(documents: Sequence[Document]) -> Packed:
    """First fit, the longest first; positions begin anew with every document."""
    longest = max(len(document.tokens) for document in documents)
    width = tiled(longest)
    rows: list[list[Document]] = []
    left: list[int] = []
    for document in sorted(documents, key=lambda document: -len(document.tokens)):
        size = len(document.tokens)
        row = next((row for row, room in enumerate(left) if room >= size), len(rows))
        if row == len(rows):
            rows.append([])
            left.append(width)
        rows[row].append(document)
        left[row] -= size
    return _filled(rows, width)


def _filled(rows: Sequence[Sequence[Document]], width: int) -> Packed:
    tokens = torch.zeros(len(rows), width, dtype=torch.long)
    positions, targets = tokens.clone(), tokens.clone()
    owners = torch.full_like(tokens, -1)
    weights = torch.zeros(len(rows), width)
    number = 0
    for row, documents in enumerate(rows):
        start = 0
        for document in documents:
            size = len(document.tokens)
            stop = start + size
            here = torch.tensor(document.tokens)
            tokens[row, start:stop] = here
            positions[row, start:stop] = torch.arange(size)
            targets[row, start : stop - 1] = here[1:]
            weights[row, start : stop - 1] = torch.tensor(document.weights[1:])
            owners[row, start:stop] = number
            start, number = stop, number + 1
    mask = None
    if any(len(documents) > 1 for documents in rows):
        causal = torch.ones(width, width, dtype=torch.bool).tril()
        mask = (owners[:, :, None] == owners[:, None, :]) & causal
    return Packed(tokens, positions, targets, weights, owners, mask)
