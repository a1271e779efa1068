"""The lines of many rows of dialogue at once, as arrays: where they are, and who says them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xiangsheng.prepare.checking.added import USUAL_LABEL
from xiangsheng.prepare.checking.pairs import Pairs
from xiangsheng.text.shingles import mixed

Codes: TypeAlias = NDArray[np.uint32]
Places: TypeAlias = NDArray[np.int64]
Names: TypeAlias = NDArray[np.uint64]
Mask: TypeAlias = NDArray[np.bool_]

BREAK, SPACE, WIDE_SPACE, COLON, WIDE_COLON = map(ord, "\n \u3000:：")
LONGEST_LABEL = 12
_USUAL = re.compile(USUAL_LABEL)


@dataclass(slots=True)
class Labels:
    """Labels that were met, by the numbers of their names: usual ones, and those of prompts' ends."""

    names: dict[int, str] = field(default_factory=dict)

    def absorb(self, later: "Labels") -> None:
        self.names.update(later.names)

    def among(self, numbers: Names) -> Mask:
        found: Mask = np.zeros(len(numbers), dtype=bool)
        for name in self.names:
            found |= numbers == np.uint64(name)
        return found


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows begin at `starts`, their completions at `asked`, and end before `ends`, in `text`.

    The lines of all rows stand side by side, their breaks left out: `row`, `begin` and `end`, then
    the number of the `label`, 0 for none, and the place of its `colon`, or -1.
    """

    text: str
    codes: Codes
    starts: Places
    asked: Places
    ends: Places
    row: Places
    begin: Places
    end: Places
    label: Names
    colon: Places

    @classmethod
    def of(cls, pairs: Pairs, labels: Labels) -> "Lines":
        """Of rows that all have a completion; new labels are put into `labels`."""
        text = "".join(chain.from_iterable(zip(pairs.prompts, pairs.completions, strict=True)))
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        prompts = np.fromiter(map(len, pairs.prompts), dtype=np.int64, count=len(pairs))
        completions = np.fromiter(map(len, pairs.completions), dtype=np.int64, count=len(pairs))
        ends = np.cumsum(prompts + completions)
        asked = ends - completions
        starts = asked - prompts
        row, begin, end = _lines(codes, starts, ends)
        colon = _colons(codes, begin, end)
        label = _numbers(codes, begin, colon)

        def learn(which: Mask, is_one: Callable[[str], object]) -> None:
            numbers, firsts = np.unique(label[which], return_index=True)
            places = zip(begin[which][firsts].tolist(), colon[which][firsts].tolist(), strict=True)
            names = [text[start:stop] for start, stop in places]
            found = zip(numbers.tolist(), names, strict=True)
            labels.names.update((number, name) for number, name in found if number and is_one(name))

        learn(colon == asked[row] - 1, bool)
        learn(~labels.among(label), _USUAL.fullmatch)
        own = labels.among(label) & ~_is_time(codes, begin, colon)
        label, colon = np.where(own, label, np.uint64(0)), np.where(own, colon, -1)
        return cls(text, codes, starts, asked, ends, row, begin, end, label, colon)

    @property
    def rows(self) -> int:
        return len(self.starts)

    def some(self, which: Mask, of: Places | None = None) -> Mask:
        """The rows that have a line, or something at a line of `of`, for which it is true."""
        rows = self.row if of is None else of
        return np.bincount(rows[which], minlength=self.rows) > 0

    def rows_at(self, places: Places) -> Places:
        """The row of each place."""
        return np.searchsorted(self.starts, places, side="right") - 1


def _lines(codes: Codes, starts: Places, ends: Places) -> tuple[Places, Places, Places]:
    """Row, first place and end of every line; the break at a row's end opens none."""
    begin = np.sort(np.concatenate((starts, np.flatnonzero(codes == BREAK) + 1)))
    begin = begin[(np.diff(begin, prepend=-1) > 0) & (begin < len(codes))]
    row = np.searchsorted(starts, begin, side="right") - 1
    stops = np.minimum(ends[row], np.append(begin[1:], len(codes)))
    return row, begin, stops - (codes[stops - 1] == BREAK)


def _colons(codes: Codes, begin: Places, end: Places) -> Places:
    """Where a label ends that may open the line, else -1: no space stands in a label."""
    colons = np.flatnonzero((codes == COLON) | (codes == WIDE_COLON))
    spaces = np.flatnonzero((codes == SPACE) | (codes == WIDE_SPACE) | (codes == ord("\t")))
    colon, space = (_next(places, begin, len(codes)) for places in (colons, spaces))
    size = colon - begin
    found = (size > 0) & (size <= LONGEST_LABEL) & (colon < np.minimum(end, space))
    return np.where(found, colon, -1)


def _next(places: Places, begin: Places, none: int) -> Places:
    return np.append(places, none)[np.searchsorted(places, begin)]


def _numbers(codes: Codes, begin: Places, colon: Places) -> Names:
    """The same number for the same name, in every process."""
    size = np.where(colon < 0, 0, colon - begin)
    numbers = np.zeros(len(begin), dtype=np.uint64)
    for offset in range(int(size.max(initial=0))):
        some = size > offset
        numbers[some] = mixed(numbers[some] + codes[begin[some] + offset])
    return numbers


def _is_time(codes: Codes, begin: Places, colon: Places) -> Mask:
    """«8:30» opens no line of speaker 8; «1:30» is speaker 1 and a number."""
    following = codes[np.minimum(colon + 1, len(codes) - 1)]
    first = codes[begin]
    return _digit(following) & _digit(first) & ((first > ord("1")) | (colon - begin > 1))


def _digit(codes: Codes) -> Mask:
    return (codes >= ord("0")) & (codes <= ord("9"))
