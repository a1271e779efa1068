"""Drawing the next token of many rows at once: `backends.sampling`, a matrix at a time.

The order of operations, the ties and the arithmetic are those of the functions for one row, which
are the reference in the tests.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from xiangsheng.backends import sampling
from xiangsheng.backends.local.decode.strand import Strand

Matrix = NDArray[np.float64]


def drawn(logits: Matrix, strands: Sequence[Strand]) -> list[int]:
    """One token a strand; `logits`, (strands, vocabulary), are changed."""
    _adjust(logits, strands)
    tokens = np.empty(len(strands), dtype=np.int64)
    for temperature, top_p, rows in _alike(strands):
        chosen = logits if len(rows) == len(strands) else logits[rows]
        if temperature == 0:
            tokens[rows] = chosen.argmax(axis=1)
            continue
        uniform = np.array([strands[row].uniform() for row in rows])
        tokens[rows] = _draw(_weights(chosen, temperature, top_p), uniform)
    return tokens.tolist()


def log_probabilities(logits: Matrix) -> Matrix:
    result: Matrix = logits - _log_sums(logits)[:, None]
    return result


def _log_sums(logits: Matrix) -> NDArray[np.float64]:
    most = logits.max(axis=1)
    sums: NDArray[np.float64] = most + np.log(np.exp(logits - most[:, None]).sum(axis=1))
    return sums


def _adjust(logits: Matrix, strands: Sequence[Strand]) -> None:
    """Bias, then penalties on what was generated, in place."""
    biased = [(row, strand.biases) for row, strand in enumerate(strands) if strand.bias]
    if biased:
        rows = np.repeat([row for row, _ in biased], [len(tokens) for _, (tokens, _) in biased])
        tokens, biases = (
            np.concatenate(both) for both in zip(*(b for _, b in biased), strict=True)
        )
        logits[rows, tokens] += biases
    penalised = [
        (row, token, count * strand.asked.frequency_penalty, strand.asked.presence_penalty)
        for row, strand in enumerate(strands)
        if strand.asked.frequency_penalty or strand.asked.presence_penalty
        for token, count in strand.counts.items()
    ]
    if penalised:
        which, used, frequency, presence = zip(*penalised, strict=True)
        logits[which, used] = logits[which, used] - frequency - presence


def _alike(strands: Sequence[Strand]) -> Iterable[tuple[float, float, list[int]]]:
    """Rows by what is done to a whole row: temperature and top_p."""
    found: dict[tuple[float, float], list[int]] = {}
    for row, strand in enumerate(strands):
        found.setdefault((strand.asked.temperature, strand.asked.top_p), []).append(row)
    return ((*alike, rows) for alike, rows in found.items())


def _weights(logits: Matrix, temperature: float, top_p: float) -> Matrix:
    """As `sampling.probabilities`; torch works on several rows at once."""
    scaled = torch.from_numpy(logits)
    if temperature != 1:  # the usual one would be a pass through memory for nothing
        scaled = scaled / temperature
    weights: Matrix = torch.softmax(scaled, dim=1).numpy()
    if top_p < 1:
        for row in weights:
            row[:] = sampling.nucleus(row, top_p)
    return weights


def _draw(weights: Matrix, uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    """As `sampling.draw`."""
    reached = torch.from_numpy(weights).cumsum(dim=1)
    aim = torch.from_numpy(uniform)[:, None] * reached[:, -1:]
    tokens: NDArray[np.int64] = torch.searchsorted(reached, aim, right=True)[:, 0].numpy()
    for row in np.flatnonzero(tokens >= weights.shape[1]):  # rounding; see sampling.draw
        tokens[row] = np.flatnonzero(weights[row])[-1]
    return tokens
