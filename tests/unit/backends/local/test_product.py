"""Products are those of torch, with their gradients, whichever library makes them."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from tiny_networks import randomize, shape
from xiangsheng.backends.local import product
from xiangsheng.backends.local.decode.reading import read
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.product import SIZES, filled, gated, linear, linear_onto, padded
from xiangsheng.prefix.forest import Forest

SMALL, LARGE = (3, 8, 16), (600, 128, 256)
"""Rows, and a matrix's columns and rows, on both sides of what is worth the other library."""


@pytest.fixture(params=[SMALL, LARGE, (2048, 512, 96)], ids=["small", "out", "in"])
def given_to(request: pytest.FixtureRequest) -> tuple[Tensor, Tensor]:
    rows, before, after = request.param
    random = torch.Generator().manual_seed(rows)
    x = torch.randn(rows, before, generator=random)
    return x, torch.randn(after, before, generator=random)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of the products that oneDNN was given."""
    rows = list[int]()
    quick = product._quick

    class Watched:
        def __call__(self, x: Tensor, *rest: object) -> object:
            rows.append(len(x))
            return quick(x, *rest)

        def binary(self, x: Tensor, *rest: object) -> object:
            rows.append(len(x))
            return quick.binary(x, *rest)

    monkeypatch.setattr(product, "_quick", Watched())
    return rows


def close(found: Tensor, exact: Tensor) -> bool:
    return bool((found - exact).abs().max() <= 3e-6 * exact.abs().max())


def swiglu(x: Tensor, weights: Tensor) -> Tensor:
    gate, up = functional.linear(x, weights).chunk(2, dim=-1)
    return functional.silu(gate) * up


@pytest.mark.parametrize(("ours", "plain"), [(linear, functional.linear), (gated, swiglu)])
@pytest.mark.parametrize("learning", [False, True])
def test_products_are_those_of_torch(
    given_to: tuple[Tensor, Tensor],
    ours: Callable[[Tensor, Tensor], Tensor],
    plain: Callable[[Tensor, Tensor], Tensor],
    *,
    learning: bool,
) -> None:
    x, weights = given_to
    with torch.set_grad_enabled(learning):
        found = ours(x.requires_grad_(learning), weights.requires_grad_(learning))
    assert found.shape == plain(x, weights).shape
    assert close(found.detach(), plain(x.detach().double(), weights.detach().double()))


def test_what_was_before_is_added(given_to: tuple[Tensor, Tensor]) -> None:
    x, weights = given_to
    before = torch.randn(len(x), len(weights))
    kept = before.clone()
    with torch.no_grad():
        found = linear_onto(before, x, weights)
    assert close(found, kept.double() + functional.linear(x.double(), weights.double()))
    assert torch.equal(before, kept)


def test_gradients_are_those_of_torch(given_to: tuple[Tensor, Tensor]) -> None:
    exact = [part.double().requires_grad_() for part in given_to]
    ours = [part.requires_grad_() for part in given_to]
    for product_of, (x, weights) in ((functional.linear, exact), (linear, ours)):
        (product_of(x, weights) ** 2).sum().backward()  # type: ignore[no-untyped-call]
    for found, wanted in zip(ours, exact, strict=True):
        assert found.grad is not None
        assert wanted.grad is not None
        assert close(found.grad, wanted.grad)


def test_rows_of_several_texts_stay_theirs() -> None:
    x, weights = torch.randn(4, 150, 128), torch.randn(256, 128)
    for learning in (False, True):
        with torch.set_grad_enabled(learning):
            found = linear(x, weights.requires_grad_(learning))
        assert close(found.detach(), functional.linear(x, weights).detach())


def test_only_large_products_in_32_bits_are_worth_it(asked: list[int]) -> None:
    linear(torch.randn(SMALL[0], SMALL[1]), torch.randn(SMALL[2], SMALL[1]))
    large, matrix = torch.randn(LARGE[0], LARGE[1]), torch.randn(LARGE[2], LARGE[1])
    linear(large.bfloat16(), matrix.bfloat16())
    with torch.autocast("cpu", torch.bfloat16):
        linear(large, matrix)
    assert asked == []
    linear(large, matrix)
    assert asked == [LARGE[0]]


def test_without_onednn_torch_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(product, "_quick", None)
    x, weights = torch.randn(LARGE[0], LARGE[1]), torch.randn(LARGE[2], LARGE[1])
    assert torch.equal(linear(x, weights), functional.linear(x, weights))
    assert torch.equal(gated(x, weights), swiglu(x, weights))


@given(st.integers(1, 5000))
def test_few_numbers_of_rows_occur(rows: int) -> None:
    size = padded(rows)
    assert rows <= size < 2 * rows
    assert size == rows or size in SIZES
    if 32 <= rows <= SIZES[-1]:
        assert size <= 1.25 * rows + 1
    assert len(SIZES) < 32


def test_what_fills_up_is_zeros() -> None:
    rows = torch.randn(33, 2, 3)
    found = filled(rows)
    assert len(found) == padded(33) > 33
    assert torch.equal(found[:33], rows)
    assert not found[33:].any()
    assert torch.equal(filled(rows[:32]), rows[:32])


def test_prompts_of_any_length_meet_few_programs(
    asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product, "WORTH", 30 * 32 * 32)
    network = Network(shape(context=512))
    randomize(network)
    with torch.inference_mode():
        for length in range(40, 140, 7):
            read(network, Forest.of([tuple(range(length)), tuple(range(9, length))], least=16))
    assert len(asked) > 100
    assert {rows for rows in asked if rows > 2} <= set(SIZES)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells how much memory is held")
def test_few_programs_are_kept() -> None:
    """In a process of its own, as the number is read once: of eight hundred, 400 MiB do not stay."""
    code = (
        "import xiangsheng.backends.local, torch\n"
        "from xiangsheng.backends.local.product import linear\n"
        "def held(): return int(open('/proc/self/statm').read().split()[1]) * 4096 >> 20\n"
        "weights = torch.randn(256, 128)\n"
        "def some(*rows):\n"
        "    for size in range(*rows): linear(torch.randn(size, 128), weights)\n"
        "with torch.inference_mode():\n"
        "    some(300, 700); before = held(); some(700, 1500); print(held() - before)\n"
    )
    kept = {name: value for name, value in os.environ.items() if "CACHE_CAPACITY" not in name}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, env=kept
    )
    assert int(done.stdout) < 150
