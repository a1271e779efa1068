"""Products with weights, by the quicker of two libraries.

torch gives them to MKL, which leaves half of what an AMD processor can do unused (docs/log.md).
oneDNN, which torch has too, does not, and can do what follows a product in the same pass; torch's
own compiler calls it as it is called here.

oneDNN makes a program for every size that it meets and keeps it, half a mebibyte each. So whoever
has any number of rows brings as many as `padded` says, and the package's beginning says how many
programs are kept.
"""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

WORTH = 8_000_000
"""Multiplications from which oneDNN is quicker: below, what has to be done first takes longest."""

_quick: Any = getattr(torch.ops.mkldnn, "_linear_pointwise", None)


def _sizes() -> Iterator[int]:
    """1, 2, 4, 8, 16, 32, then a quarter more each time, or less."""
    yield from (1, 2, 4, 8, 16)
    size, step = 32, 8
    while size <= 2048:
        yield size
        step = 2 * step if size >= 8 * step else step
        size += step


SIZES = tuple(_sizes())


def padded(rows: int) -> int:
    """As many or more: one of few numbers of rows."""
    return SIZES[bisect_left(SIZES, rows)] if rows <= SIZES[-1] else rows


def filled(rows: Tensor) -> Tensor:
    """With so many more rows, of zeros."""
    missing = padded(len(rows)) - len(rows)
    return F.pad(rows, (*[0, 0] * (rows.dim() - 1), 0, missing)) if missing else rows


def linear(x: Tensor, weights: Tensor) -> Tensor:
    """`x` times the transposed weights."""
    if not _fits(x, weights):
        return F.linear(x, weights)
    if torch.is_grad_enabled():
        flat: Tensor = _Learned.apply(x.flatten(0, -2), weights)  # type: ignore[no-untyped-call]
        return flat.view(*x.shape[:-1], -1)
    return _product(x, weights)


def linear_onto(before: Tensor, x: Tensor, weights: Tensor) -> Tensor:
    """`linear`, added to what was before."""
    if _fuses(x, weights):
        added: Tensor = _quick.binary(x, before, weights, None, "add")
        return added
    return before + linear(x, weights)


def gated(x: Tensor, weights: Tensor) -> Tensor:
    """SwiGLU: the first half of the weights' rows is the gate of the second."""
    if _fuses(x, weights):
        gate, up = weights.chunk(2)
        both: Tensor = _quick.binary(x, _product(x, gate, "swish"), up, None, "mul")
        return both
    gate, up = linear(x, weights).chunk(2, dim=-1)
    return F.silu(gate) * up


def _fits(x: Tensor, weights: Tensor) -> bool:
    return (
        x.shape[:-1].numel() * weights.numel() >= WORTH
        and x.dtype is torch.float32
        and not torch.is_autocast_enabled("cpu")
        and _quick is not None
    )


def _fuses(x: Tensor, weights: Tensor) -> bool:
    """Whether oneDNN can also do what follows: that has no gradients here."""
    return _fits(x, weights) and not torch.is_grad_enabled()


def _product(x: Tensor, weights: Tensor, then: str = "none") -> Tensor:
    found: Tensor = _quick(x, weights, None, then, [], "")
    return found


class _Learned(torch.autograd.Function):
    """oneDNN's product knows no gradients; they are two more products."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weights: Tensor) -> Tensor:
        ctx.save_for_backward(x, weights)
        return _product(x, weights)

    @staticmethod
    def backward(ctx: Any, given: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weights = ctx.saved_tensors
        of_x = _product(given, weights.t()) if ctx.needs_input_grad[0] else None
        return of_x, _of_weights(given, x) if ctx.needs_input_grad[1] else None


def _of_weights(given: Tensor, x: Tensor) -> Tensor:
    """(out, in) from (rows, out) and (rows, in); the fewer go first, which is quicker."""
    if given.shape[1] <= x.shape[1]:
        return _product(given.t(), x.t())
    return _product(x.t(), given.t()).t()
