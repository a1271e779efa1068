"""Several documents in one row are what each of them is alone."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tiny_networks import TOKENIZER, Reciting, tiny
from trainings import LINES, documents
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.training.documents import Document, Reading
from xiangsheng.backends.local.training.loss import Sums, parts, weighted
from xiangsheng.backends.local.training.packing import Packed, pack, tiled
from xiangsheng.core.example import Example, Span

DOCUMENTS = documents()
sizes = st.lists(st.integers(2, 60), min_size=1, max_size=12)


def made(size: int, start: int = 0) -> Document:
    """Tokens that say which document they are of, weights that say which place."""
    tokens = tuple(start + place for place in range(size))
    return Document(tokens, (0.0, *(1 + place / 64 for place in range(1, size))))


def gradients(network: Network) -> dict[str, Tensor]:
    found = {}
    for name, weights in network.named_parameters():
        assert weights.grad is not None
        found[name] = weights.grad.clone()
    network.zero_grad()
    return found


def learned(network: Network, batches: list[Packed]) -> tuple[Sums, dict[str, Tensor]]:
    """Sums and gradients over all batches."""
    network.zero_grad()
    sums = Sums()
    for packed in batches:
        nats, found = weighted(network, packed)
        nats.backward()  # type: ignore[no-untyped-call]
        sums += found
    return sums, gradients(network)


def close(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    for name, gradient in one.items():
        scale = float(gradient.abs().max())
        torch.testing.assert_close(other[name], gradient, atol=1e-5 * scale, rtol=1e-4)


def with_prompts() -> list[Document]:
    examples = [
        Example(str(n), (Span(f"0:第{n}句\n1:", False), Span("接" * (n + 1) + "。\n", True)))
        for n in range(7)
    ]
    return list(Reading(TOKENIZER, 64, 0.25).documents(examples))


@pytest.mark.parametrize("given_", [DOCUMENTS, with_prompts()], ids=["texts", "prompts"])
def test_loss_and_gradient_of_a_batch_are_the_sums_of_its_documents(
    given_: list[Document],
) -> None:
    network = tiny()
    together, gradient = learned(network, [pack(given_)])
    alone, gradients_alone = learned(network, [pack([document]) for document in given_])
    assert pack(given_).tokens.shape[0] < len(given_)
    assert together.nats == pytest.approx(alone.nats, rel=1e-5)
    assert together.weight == pytest.approx(sum(sum(document.weights) for document in given_))
    assert (together.learned, together.right) == (alone.learned, alone.right)
    close(gradients_alone, gradient)


def test_without_packing_it_is_what_cross_entropy_says() -> None:
    """The obvious way: each document on its own, token by token."""
    network, document = tiny(), with_prompts()[3]
    tokens = torch.tensor([document.tokens])
    with torch.no_grad():
        logits = network.logits(network(tokens, torch.arange(tokens.shape[1])[None]))[0].double()
    nats = -logits.log_softmax(-1)[range(len(document.tokens) - 1), document.tokens[1:]]
    expected = float((nats * torch.tensor(document.weights[1:])).sum())
    _, sums = weighted(network, pack([document]))
    assert sums.nats == pytest.approx(expected, rel=1e-5)
    assert sums.loss == pytest.approx(expected / sum(document.weights), rel=1e-5)


def test_accuracy_is_over_what_is_learned_and_not_over_prompts() -> None:
    network, (document, *_) = tiny(), with_prompts()
    tokens = torch.tensor([document.tokens])
    likeliest = network.logits(network(tokens, torch.arange(tokens.shape[1])[None]))[0].argmax(-1)
    right = [
        int(likeliest[place - 1]) == document.tokens[place]
        for place, weight in enumerate(document.weights)
        if weight == 1
    ]
    _, sums = weighted(network, pack([document]))
    assert (sums.right, sums.learned) == (sum(right), len(right))
    assert sums.accuracy == sum(right) / len(right)


def test_a_document_is_whole_when_all_that_is_learned_of_it_is_right() -> None:
    """Even where its prompt is not, and whatever row it is in."""
    network, learned_ = Reciting([5, 6, 7, 8], context=64), TOKENIZER.end
    right = Document((learned_, 5, 6, 7), (0.0, 1.0, 1.0, 1.0))
    wrong = Document((learned_, 5, 9, 7), (0.0, 1.0, 1.0, 1.0))
    after = Document((learned_, 9, 6, 7), (0.0, 0.01, 0.0, 1.0))
    _, sums = weighted(network, pack([right, wrong, after, right]))
    assert (sums.documents, sums.all_right) == (4, 3)
    assert sums.whole == 0.75


def states(network: Network, packed: Packed) -> Tensor:
    with torch.no_grad():
        found: Tensor = network.logits(network(packed.tokens, packed.positions, packed.mask))
    return found


def test_a_document_sees_nothing_of_its_neighbours() -> None:
    network, row = tiny(), [made(32), made(16, 100), made(16, 200)]
    other = [row[0], Document(tuple(t + 1000 for t in row[1].tokens), row[1].weights), row[2]]
    before, after = states(network, pack(row)), states(network, pack(other))
    changed = pack(row).tokens != pack(other).tokens
    assert changed.tolist() == [[False] * 32, [True] * 16 + [False] * 16]
    torch.testing.assert_close(after[~changed], before[~changed], atol=1e-6, rtol=0)
    assert not torch.allclose(after[changed], before[changed])


def test_a_document_has_the_logits_that_it_has_alone() -> None:
    network = tiny()
    row = [made(30), made(20, 100), made(10, 200), made(4, 300)]
    packed, found = pack(row), states(network, pack(row))
    for document in row:
        size = len(document.tokens)
        mine = torch.isin(packed.tokens, torch.tensor(document.tokens)) & (packed.weights > 0)
        alone = states(network, pack([document]))[0, : size - 1]
        torch.testing.assert_close(found[mine], alone, atol=1e-5, rtol=1e-5)


@given(sizes)
def test_nothing_is_lost_and_positions_begin_anew(given_: list[int]) -> None:
    batch = [made(size, 100 * number) for number, size in enumerate(given_)]
    packed = pack(batch)
    pairs = {}
    for row in range(packed.tokens.shape[0]):
        for place in range(packed.tokens.shape[1]):
            if packed.weights[row, place] > 0:
                pairs[int(packed.tokens[row, place]), int(packed.targets[row, place])] = (
                    int(packed.positions[row, place]),
                    float(packed.weights[row, place]),
                )
    assert pairs == {
        (document.tokens[place], document.tokens[place + 1]): (place, document.weights[place + 1])
        for document in batch
        for place in range(len(document.tokens) - 1)
    }


@given(sizes)
def test_rows_are_as_wide_as_the_longest_and_not_more_than_documents(given_: list[int]) -> None:
    packed = pack([made(size) for size in given_])
    width = packed.tokens.shape[1]
    assert width == tiled(max(given_))
    assert sum(given_) <= packed.tokens.numel()
    assert packed.tokens.shape[0] <= len(given_)
    # First fit leaves no two rows that would fit into one.
    held = (packed.weights > 0).sum(1) + (packed.positions == 0).logical_and(
        packed.weights > 0
    ).sum(1)
    sums = sorted(int(size) for size in held)
    assert len(sums) < 2 or sums[0] + sums[1] > width


@given(sizes)
@settings(max_examples=30)
def test_a_token_sees_itself_and_what_comes_before_it_in_its_document(given_: list[int]) -> None:
    packed = pack([made(size, 100 * number) for number, size in enumerate(given_)])
    if packed.mask is None:
        assert packed.tokens.shape[0] == len(given_)
        return
    for row, place in packed.weights.nonzero().tolist():
        position = int(packed.positions[row, place])
        seen = packed.mask[row, place].nonzero().flatten().tolist()
        assert seen == list(range(place - position, place + 1))


@pytest.mark.parametrize("most", [1, 32, 64, 100, 10_000])
def test_parts_are_the_same_rows_and_their_gradients_add_up(most: int) -> None:
    network, packed = tiny(), pack(DOCUMENTS)
    some = parts(packed, most)
    assert torch.equal(torch.cat([part.tokens for part in some]), packed.tokens)
    assert all(part.tokens.numel() <= max(most, packed.tokens.shape[1]) for part in some)
    whole, gradient = learned(network, [packed])
    split, gradient_of_parts = learned(network, some)
    assert split.nats == pytest.approx(whole.nats, rel=1e-5)
    assert (split.learned, split.right) == (whole.learned, whole.right)
    close(gradient, gradient_of_parts)


def test_the_lines_of_these_tests_do_share_rows() -> None:
    assert pack(documents(LINES)).mask is not None


@pytest.mark.parametrize(
    ("size", "width"), [(1, 16), (16, 16), (17, 32), (64, 64), (65, 128), (128, 128), (129, 256)]
)
def test_few_sizes_occur(size: int, width: int) -> None:
    assert tiled(size) == width
