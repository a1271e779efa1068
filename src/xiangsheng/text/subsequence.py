"""The longest common subsequence that rouge 1.0.1 finds, without its table.

One row of the classic table is one Python integer (Hyyrö 2004, «Bit-parallel LCS-length
computation revisited»): bit j of a row's `flat` is 0 where the length grows from column j to
column j + 1. Where characters differ, the traceback of rouge goes up exactly on a growing column
and left on the others, so each row is left after one step, found with `bit_length`.
"""


def subsequence_types(rows: str, columns: str) -> set[str]:
    """The distinct characters of one longest common subsequence of two texts.

    Of several such subsequences it is the one whose traceback, from the end, matches where it
    can, goes back in `rows` where only that keeps the length, and else goes back in `columns`.
    """
    common = set(rows).intersection(columns)
    if len(common) < 2:
        return common
    masks = dict.fromkeys(common, 0)
    bit = 1
    for char in columns:
        if char in common:  # an unshared column never grows: the traceback passes it to the left
            masks[char] |= bit
            bit <<= 1
    flat = bit - 1
    steps: list[tuple[str, int, int]] = []
    shared = True
    for char in rows:
        mask = masks.get(char, 0)
        if mask:
            hits = flat & mask
            flat = (flat + hits) | (flat - hits)
        elif not shared:  # a second unshared row repeats the first one's step
            continue
        shared = mask != 0
        steps.append((char, mask, mask | ~flat))
    return _traceback(steps, bit - 1)


def _traceback(steps: list[tuple[str, int, int]], columns: int) -> set[str]:
    """Characters matched on the way back; `columns` has a bit for each column still to the left.

    A step is a row's character, the columns that match it, and the columns where it stops going
    left: those that match or grow.
    """
    found: set[str] = set()
    while steps:
        char, mask, stops = steps.pop()
        stops &= columns
        if not stops:
            break
        column = 1 << (stops.bit_length() - 1)
        if mask & column:
            found.add(char)
            columns = column - 1
        else:
            columns = 2 * column - 1
    return found
