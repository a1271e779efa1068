"""Whether a text shares a run of characters with some source, for many texts and few sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from xiangsheng.text.codes import codes
from xiangsheng.text.shingles import Numbers, Places, mixed

_FACTOR = 0x9E3779B97F4A7C15
_INVERSE = pow(_FACTOR, -1, 1 << 64)
_BITS = 22


@dataclass(frozen=True, slots=True)
class HeldRuns:
    """All runs of `size` characters of the sources, as sorted numbers; `near` says which may be."""

    size: int
    numbers: Numbers
    near: NDArray[np.bool_]

    @classmethod
    def of(cls, sources: Sequence[str], size: int) -> Self:
        """Runs do not go from one source to the next."""
        numbers = np.unique(_runs(sources, size)[0])
        near = np.zeros(1 << _BITS, dtype=bool)
        near[_bucket(numbers)] = True
        return cls(size, numbers, near)

    def among(self, texts: Sequence[str]) -> list[int]:
        """The texts that have one of them, by number; of a billion others one may seem to."""
        numbers, holders = _runs(texts, self.size)
        perhaps = np.flatnonzero(self.near[_bucket(numbers)])
        places = np.searchsorted(self.numbers, numbers[perhaps])
        same = places < len(self.numbers)
        same[same] = self.numbers[places[same]] == numbers[perhaps][same]
        return sorted(set(holders[perhaps[same]].tolist()))


def _bucket(numbers: Numbers) -> Places:
    return (numbers >> np.uint64(64 - _BITS)).astype(np.int64)


def _runs(texts: Sequence[str], size: int) -> tuple[Numbers, Places]:
    """A number for every run of `size` characters, and which text it is from.

    It is the sum of the run's letters, each times a power that grows from one to the next: that of
    all letters so far, without what comes before the run, divided by the power at its beginning.
    """
    letters = mixed(codes("".join(texts)).astype(np.uint64))
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    counts = np.maximum(lengths - size + 1, 0)
    starts = np.cumsum(lengths) - lengths
    first = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    sums = np.append(np.uint64(0), np.cumsum(letters * _powers(_FACTOR, len(letters))))
    own = (sums[first + size] - sums[first]) * _powers(_INVERSE, len(letters) + 1)[first]
    return mixed(own), np.repeat(np.arange(len(texts)), counts)


def _powers(of: int, count: int) -> Numbers:
    factors = np.full(count, np.uint64(of))
    factors[:1] = 1
    return np.multiply.accumulate(factors)
