"""What is to be said of each row of dialogue, as bits of one number, for many rows at once."""

from enum import IntFlag, auto
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xiangsheng.prepare.checking.dialogue_lines import (
    BREAK,
    COLON,
    SPACE,
    WIDE_COLON,
    WIDE_SPACE,
    Codes,
    Lines,
    Mask,
    Names,
    Places,
)

Marks: TypeAlias = NDArray[np.uint32]


class Mark(IntFlag):
    """A row's; «lines» are those with labels, «asked» is the label that the prompt ends with."""

    HEAD = auto()  # something stands before the first line
    ASKS = auto()  # the prompt ends with a label
    ASKS_LOOSELY = auto()  # and with a space behind it
    SPOKEN = auto()  # the prompt holds a line, and not only the label asked
    ASKS_AGAIN = auto()  # who is asked has just spoken
    PROMPT_ORDER = auto()  # two lines of one speaker in a row, in the prompt
    ANSWER_ORDER = auto()  # the same in the completion
    UNLABELLED = auto()  # a line without a label behind one that has it
    THIRD = auto()  # more than two labels
    LABEL_TWICE = auto()  # the completion begins with a label once more
    COLON = auto()
    WIDE_COLON = auto()
    LINES_SPACED = auto()  # a space between a label and its text
    LINES_BARE = auto()
    BLANK = auto()  # the completion is white space
    SPACED = auto()  # the completion begins with a space
    ENDED = auto()  # and ends with a line break
    HALF_PROMPT = auto()  # half-width punctuation behind a Chinese character
    HALF_COMPLETION = auto()
    FULL_PROMPT = auto()
    FULL_COMPLETION = auto()


_HALF, _FULL = (tuple(map(ord, marks)) for marks in (",?!;:", "，？！；："))
_LABELS = tuple(map(ord, "0123456789AB甲乙"))
_CHINESE = (0x3400, 0x9FFF)


def marks(lines: Lines) -> Marks:
    """One number a row."""
    found = np.zeros(lines.rows, dtype=np.uint32)
    for part in (_order(lines), _style(lines), _answers(lines), _widths(lines)):
        for mark, rows in part.items():
            found |= np.where(rows, np.uint32(mark), np.uint32(0))
    return found


def first_lines(lines: Lines) -> Places:
    """For each row the number of its first line that has a label; -1 for none."""
    labelled = np.flatnonzero(lines.label)
    rows, firsts = np.unique(lines.row[labelled], return_index=True)
    found = np.full(lines.rows, -1)
    found[rows] = labelled[firsts]
    return found


def _order(lines: Lines) -> dict[Mark, Mask]:
    labelled = np.flatnonzero(lines.label)
    row, label = lines.row[labelled], lines.label[labelled]
    behind, asked = lines.colon[labelled] + 1, lines.asked[row]
    loosely = (behind + 1 == asked) & _is_space(lines, behind)
    asks = (behind == asked) | loosely
    again = np.zeros(len(row), dtype=bool)
    again[1:] = (row[1:] == row[:-1]) & (label[1:] == label[:-1])
    in_prompt = (lines.begin[labelled] < asked) & ~asks
    first = first_lines(lines)
    later = (first[lines.row] >= 0) & (np.arange(len(lines.row)) > first[lines.row])
    return {
        Mark.HEAD: (first >= 0) & (lines.begin[first] > lines.starts),
        Mark.ASKS: lines.some(asks, row),
        Mark.ASKS_LOOSELY: lines.some(loosely, row),
        Mark.SPOKEN: lines.some(in_prompt, row),
        Mark.ASKS_AGAIN: lines.some(again & asks, row),
        Mark.PROMPT_ORDER: lines.some(again & in_prompt, row),
        Mark.ANSWER_ORDER: lines.some(again & ~in_prompt & ~asks, row),
        Mark.UNLABELLED: lines.some(later & (lines.label == 0) & (lines.begin < lines.end)),
        Mark.THIRD: _third(lines, row, label),
    }


def _third(lines: Lines, row: Places, label: Names) -> Mask:
    if not len(row):
        return np.zeros(lines.rows, dtype=bool)
    least, most = extremes(row, label)
    return lines.some((label != least) & (label != most), row)


def extremes(row: Places, label: Names) -> tuple[Names, Names]:
    """For each label the least and the greatest of its row's; rows come one after the other."""
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    counts = np.diff(np.append(starts, len(row)))
    least = np.repeat(np.minimum.reduceat(label, starts), counts)
    return least, np.repeat(np.maximum.reduceat(label, starts), counts)


def _style(lines: Lines) -> dict[Mark, Mask]:
    labelled = np.flatnonzero(lines.label)
    row, behind = lines.row[labelled], lines.colon[labelled] + 1
    wide = lines.codes[behind - 1] == WIDE_COLON
    # What stands behind the label asked is the completion, of which is said elsewhere.
    asked = lines.asked[row]
    asks = (lines.begin[labelled] < asked) & (lines.end[labelled] >= asked)
    has_text = (behind < lines.end[labelled]) & ~asks
    spaced = _is_space(lines, behind)
    return {
        Mark.COLON: lines.some(~wide, row),
        Mark.WIDE_COLON: lines.some(wide, row),
        Mark.LINES_SPACED: lines.some(has_text & spaced, row),
        Mark.LINES_BARE: lines.some(has_text & ~spaced, row),
    }


def _answers(lines: Lines) -> dict[Mark, Mask]:
    spaced = _is_space(lines, lines.asked)
    first = lines.asked + spaced
    label, colon, behind = (_codes(lines, first + offset) for offset in range(3))
    is_label = np.logical_or.reduce([label == one for one in _LABELS])
    is_colon = (colon == COLON) | (colon == WIDE_COLON)
    is_time = (behind >= ord("0")) & (behind <= ord("9"))
    inside = first + 1 < lines.ends
    return {
        Mark.SPACED: spaced,
        Mark.LABEL_TWICE: is_label & is_colon & ~is_time & inside,
        Mark.ENDED: lines.codes[lines.ends - 1] == BREAK,
    }


def _widths(lines: Lines) -> dict[Mark, Mask]:
    """Colons behind labels are no punctuation."""
    codes, found = lines.codes, {}
    is_label = np.zeros(len(codes), dtype=bool)
    is_label[lines.colon[lines.colon >= 0]] = True
    for places, marks, prompt, answer in (
        (np.flatnonzero(codes <= max(_HALF)), _HALF, Mark.HALF_PROMPT, Mark.HALF_COMPLETION),
        (np.flatnonzero(codes >= min(_FULL)), _FULL, Mark.FULL_PROMPT, Mark.FULL_COMPLETION),
    ):
        before = codes[places - 1]
        some = places[(before >= _CHINESE[0]) & (before <= _CHINESE[1]) & ~is_label[places]]
        some = some[np.logical_or.reduce([codes[some] == mark for mark in marks])]
        row = lines.rows_at(some)
        inside = some > lines.starts[row]
        in_answer = some >= lines.asked[row]
        found[prompt] = lines.some(inside & ~in_answer, row)
        found[answer] = lines.some(inside & in_answer, row)
    return found


def _is_space(lines: Lines, places: Places) -> Mask:
    codes = _codes(lines, places)
    found: Mask = (codes == SPACE) | (codes == WIDE_SPACE)
    return found


def _codes(lines: Lines, places: Places) -> Codes:
    """Those at the places; the last for one behind the end."""
    return lines.codes[np.minimum(places, len(lines.codes) - 1)]
