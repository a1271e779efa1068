"""Which n-grams of a text are nowhere in a large body of text: exactly, for all orders at once.

The index is a trie whose levels are sorted arrays. A node is numbered by its place in its level;
its key is its parent's number and one more character, so equal n-grams, and only they, share one.
800,000 characters and ten orders take about 60 MB.
"""

from collections.abc import Iterable

import numpy as np

from xiangsheng.text.codes import Codes, codes

_CODE_BITS = 21  # every code point is below 2**21
_BREAK = ord("\n")


class NgramIndex:
    """All n-grams of `lines` for n from 1 to `orders`; they do not cross lines."""

    def __init__(self, lines: Iterable[str], orders: int) -> None:
        text = codes("\n".join(lines) + "\n" * orders)
        starts = np.flatnonzero(text != _BREAK)
        nodes = np.zeros(len(starts), dtype=np.int64)
        self._levels: list[Codes] = []
        for order in range(orders):
            following = text[starts + order]
            inside = following != _BREAK
            starts = starts[inside]
            level, nodes = np.unique(_keys(nodes[inside], following[inside]), return_inverse=True)
            self._levels.append(level)

    def novel(self, text: str) -> tuple[tuple[int, int], ...]:
        """For each order, how many n-grams of `text` the index lacks, and how many there are.

        Every occurrence counts. N-grams of `text` do not cross its line breaks.
        """
        lengths = [len(line) for line in text.split("\n")]
        said = codes(text + "\n" * len(self._levels))
        starts = np.flatnonzero(said != _BREAK)
        nodes = np.zeros(len(starts), dtype=np.int64)
        counts = []
        for order, level in enumerate(self._levels):
            if len(starts):
                keys = _keys(nodes, said[starts + order])
                nodes = np.searchsorted(level, keys)
                known = nodes < len(level)
                known[known] = level[nodes[known]] == keys[known]
                starts, nodes = starts[known], nodes[known]
            total = sum(max(0, length - order) for length in lengths)
            counts.append((total - len(starts), total))
        return tuple(counts)


def _keys(parents: Codes, codes: Codes) -> Codes:
    return (parents << _CODE_BITS) | codes
