"""Products are torch's own, whichever library makes them."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from xiangsheng.backends.local.product import WORTH, gated, linear, linear_onto

Product = Callable[[Tensor, Tensor], Tensor]
SHAPES = ((1,), (WORTH - 1,), (WORTH,), (300,), (3, 70))


def _random(*shape: int, kind: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)), dtype=kind)


def _theirs(x: Tensor, weights: Tensor) -> Tensor:
    gate, up = functional.linear(x, weights).chunk(2, dim=-1)
    return functional.silu(gate) * up


@pytest.mark.parametrize("rows", SHAPES)
@pytest.mark.parametrize("kind", [torch.float32, torch.float64, torch.bfloat16])
def test_they_are_those_of_torch(rows: tuple[int, ...], kind: torch.dtype) -> None:
    x, weights = _random(*rows, 48, kind=kind), _random(64, 48, kind=kind)
    before = _random(*rows, 64, kind=kind)
    with torch.inference_mode():
        torch.testing.assert_close(linear(x, weights), functional.linear(x, weights))
        torch.testing.assert_close(
            linear_onto(before, x, weights), before + functional.linear(x, weights)
        )
        torch.testing.assert_close(gated(x, weights), _theirs(x, weights))


def test_what_they_read_stays_as_it_was() -> None:
    x, weights, before = _random(300, 48), _random(64, 48), _random(300, 64)
    copies = [part.clone() for part in (x, weights, before)]
    with torch.inference_mode():
        linear(x, weights)
        gated(x, weights)
        linear_onto(before, x, weights)
    for part, copy in zip((x, weights, before), copies, strict=True):
        assert torch.equal(part, copy)


def test_a_part_of_a_larger_matrix_will_do() -> None:
    x, weights = _random(300, 96)[:, 24:72], _random(128, 48)[32:96]
    with torch.inference_mode():
        torch.testing.assert_close(
            linear(x, weights), functional.linear(x.clone(), weights.clone())
        )
        torch.testing.assert_close(gated(x, weights), _theirs(x.clone(), weights.clone()))


@pytest.mark.parametrize(("product", "reference"), [(linear, functional.linear), (gated, _theirs)])
def test_they_can_be_learnt_through(product: Product, reference: Product) -> None:
    found = []
    for multiply in (product, reference):
        x, weights = _random(300, 48).requires_grad_(), _random(64, 48).requires_grad_()
        torch.autograd.backward(multiply(x, weights).square().sum())
        assert x.grad is not None
        assert weights.grad is not None
        found.append((x.grad, weights.grad))
    for ours, theirs in zip(*found, strict=True):
        assert torch.equal(ours, theirs)
