"""Products with weights, by the quicker of two libraries.

torch gives them to MKL, which leaves half of what an AMD processor can do unused (docs/log.md);
oneDNN, which torch has too, does not, and does what follows a product in the same pass. torch's own
compiler calls oneDNN as it is called here. It learns nothing: where gradients are wanted, and for
few rows, torch does it all.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

WORTH = 24
"""Rows from which oneDNN is the quicker: it takes some microseconds to begin."""

_mkldnn: Any = torch.ops.mkldnn
_THERE = hasattr(_mkldnn, "_linear_pointwise")


def linear(x: Tensor, weights: Tensor) -> Tensor:
    """`x` times the transposed weights."""
    return _product(x, weights, "none") if _quicker(x) else F.linear(x, weights)


def linear_onto(before: Tensor, x: Tensor, weights: Tensor) -> Tensor:
    """`linear`, added to what was before."""
    if not _quicker(x):
        return before + F.linear(x, weights)
    found: Tensor = _mkldnn._linear_pointwise.binary(  # noqa: SLF001 torch 2.13.0
        x, before, weights, None, "add"
    )
    return found


def gated(x: Tensor, weights: Tensor) -> Tensor:
    """SwiGLU: the first half of the weights' rows is the gate of the second."""
    if not _quicker(x):
        gate, up = F.linear(x, weights).chunk(2, dim=-1)
        return F.silu(gate) * up
    gate, up = weights.chunk(2)
    return _product(x, gate, "swish").mul_(_product(x, up, "none"))


def _quicker(x: Tensor) -> bool:
    alone = x.numel() < WORTH * x.shape[-1]
    return _THERE and not alone and x.dtype is torch.float32 and torch.is_inference_mode_enabled()


def _product(x: Tensor, weights: Tensor, then: str) -> Tensor:
    found: Tensor = _mkldnn._linear_pointwise(  # noqa: SLF001 torch 2.13.0
        x, weights, None, then, [], ""
    )
    return found
