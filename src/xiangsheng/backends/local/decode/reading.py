"""Reading prompts: every shared beginning goes through the network once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from xiangsheng.backends.local.network import Keys, Network
from xiangsheng.backends.local.product import filled
from xiangsheng.prefix.forest import Forest

AT_ONCE = 2048
"""Tokens that go through the network together, padding included: enough to keep it busy."""


Wanted = Mapping[int, Collection[int]]
"""Places whose last states will be asked for, by node, counted from the node's first token."""


@dataclass(frozen=True, slots=True, eq=False)
class Trunk:
    """Text that has been read, for any number of rows to go on from.

    `layers` holds keys and values of each layer, (heads, length, head); `states` the last states,
    (length, width), of the same tokens. They may be parts of those of a whole batch, and keep it in
    memory until `Batch.join` has its copies.
    """

    layers: tuple[Keys, ...]
    states: Tensor

    @property
    def length(self) -> int:
        return len(self.states)


def read(network: Network, forest: Forest, wanted: Wanted | None = None) -> list[Trunk]:
    """For every node a trunk that begins with all tokens from its root to its end.

    Parents are read first. A node that has children has the trunk of one of them in the end, so
    that only what no other text begins with is kept. Where `wanted` is given, the last layer is
    worked out there alone, and all other states are anything.
    """
    trunks: dict[int, Trunk] = {}
    for level in forest.levels():
        for together in _batches(forest, level):
            read_now = _read(network, forest, together, trunks, wanted)
            trunks |= zip(together, read_now, strict=True)
        for node in level:
            above = forest.nodes[node].parent
            while above >= 0:
                trunks[above] = trunks[node]
                above = forest.nodes[above].parent
    return [trunks[node] for node in range(len(forest.nodes))]


def _batches(forest: Forest, level: Sequence[int]) -> Iterator[list[int]]:
    """Nodes of one level, of similar length, in batches of at most `AT_ONCE` tokens."""
    batch: list[int] = []
    for node in sorted(level, key=lambda node: len(forest.nodes[node].tokens)):
        if batch and (len(batch) + 1) * len(forest.nodes[node].tokens) > AT_ONCE:
            yield batch
            batch = []
        batch.append(node)
    if batch:
        yield batch


def _read(
    network: Network,
    forest: Forest,
    together: Sequence[int],
    trunks: dict[int, Trunk],
    wanted: Wanted | None,
) -> Iterator[Trunk]:
    nodes = [forest.nodes[node] for node in together]
    before = [trunks.get(node.parent) for node in nodes]
    longest = max(len(node.tokens) for node in nodes)
    cells = (len(nodes), longest)
    starts = torch.tensor([node.start for node in nodes])
    places = _places([wanted.get(n, ()) for n in together], longest) if wanted is not None else None
    rows = torch.arange(len(nodes))[:, None]
    tokens = torch.zeros(cells, dtype=torch.long)
    for row, node in enumerate(nodes):
        tokens[row, : len(node.tokens)] = torch.tensor(node.tokens)
    # Padding stands behind every token that matters, so that nothing sees it.
    positions = (starts[:, None] + torch.arange(longest)).clamp(max=network.shape.context - 1)
    cosine, sine = network.turn(positions)
    x, turn = _flat(F.embedding(tokens, network.embeddings)), (_flat(cosine), _flat(sine))
    past = max((trunk.length for trunk in before if trunk), default=0)
    mask = _mask(starts, past, torch.arange(longest)[None], longest) if past else None
    layers: list[Keys] = []
    for layer, block in enumerate(network.layers()):
        asking = x
        if places is not None and layer == network.shape.layers - 1:
            at = rows * longest + places
            asking, mask = x[at], _mask(starts, past, places, longest)
            query = block.ask(asking, (turn[0][at], turn[1][at]))
            key, value = block.remember(x, turn)
        else:
            query, key, value = block.project(x, turn)
            query = _rows(query, cells)
        query, key, value = (
            part.transpose(1, 2) for part in (query, _rows(key, cells), _rows(value, cells))
        )
        # Copies of the whole batch, so that what else was made with them can be freed.
        key, value = key.contiguous(), value.contiguous()
        layers.append((key, value))
        if past:
            key, value = (
                torch.cat((_padded(before, layer, which, past, own), own), dim=2)
                for which, own in enumerate((key, value))
            )
        attended = F.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, is_causal=mask is None
        )
        attended = attended.transpose(1, 2).flatten(-2)
        x = block.finish(asking, attended if asking is not x else _flat(attended))
    if places is None:
        x = _rows(x, cells)
    states = network.normed(x)
    if places is not None:
        some, states = states, states.new_empty(len(nodes), longest, states.shape[-1])
        states[rows, places] = some
    for row, (node, trunk) in enumerate(zip(nodes, before, strict=True)):
        own = Trunk(
            tuple(
                (key[row, :, : len(node.tokens)], value[row, :, : len(node.tokens)])
                for key, value in layers
            ),
            states[row, : len(node.tokens)],
        )
        yield joined(trunk, own) if trunk else own


def _rows(flat: Tensor, cells: tuple[int, int]) -> Tensor:
    """(nodes, longest, …) of (nodes × longest or more, …)."""
    return flat[: cells[0] * cells[1]].view(*cells, *flat.shape[1:])


def _flat(rows: Tensor) -> Tensor:
    """The reverse of `_rows`, with as many zeros behind as products had better have."""
    return filled(rows.flatten(0, 1))


def _places(wanted: Sequence[Collection[int]], longest: int) -> Tensor | None:
    """The places of each row, filled up with its first token's; None where all had better be read."""
    most = max(map(len, wanted))
    if 2 * most > longest:
        return None
    return torch.tensor([[*places, *[0] * (max(most, 1) - len(places))] for places in wanted])


def _mask(starts: Tensor, past: int, places: Tensor, longest: int) -> Tensor:
    """What the tokens at these places of each row, (rows or 1, places), see: all of their node's
    past, and their own node up to themselves.
    """
    rows, most = len(starts), places.shape[1]
    before = (torch.arange(past) < starts[:, None])[:, None, :].expand(rows, most, past)
    own = (torch.arange(longest) <= places[..., None]).expand(rows, most, longest)
    return torch.cat((before, own), dim=2).unsqueeze(1)


def _padded(
    before: Sequence[Trunk | None], layer: int, which: int, past: int, like: Tensor
) -> Tensor:
    rows, heads, _, head = like.shape
    result = like.new_zeros(rows, heads, past, head)
    for row, trunk in enumerate(before):
        if trunk:
            result[row, :, : trunk.length] = trunk.layers[layer][which]
    return result


def joined(first: Trunk, then: Trunk) -> Trunk:
    """One text of two."""
    return Trunk(
        tuple(
            (torch.cat((a[0], b[0]), dim=1), torch.cat((a[1], b[1]), dim=1))
            for a, b in zip(first.layers, then.layers, strict=True)
        ),
        torch.cat((first.states, then.states)),
    )
