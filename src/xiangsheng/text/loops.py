"""Does a text go round in circles?"""

from collections.abc import Sequence

SPAN = 4
TIMES = 3
WINDOW = 4


def repeats_span(text: str, span: int = SPAN, times: int = TIMES) -> bool:
    """Whether some span of at least `span` characters comes `times` times in a row.

    Such a run of period p holds whole blocks that start at multiples of p, so only those are
    compared: n log n slices for n characters, and never a backtrack.
    """
    for period in range(span, len(text) // times + 1):
        for start in range(0, len(text) - 2 * period + 1, period):
            middle = start + period
            if (
                text[start:middle] == text[middle : middle + period]
                and _run(text, start, period) >= period * times
            ):
                return True
    return False


def _run(text: str, start: int, period: int) -> int:
    """Length of the longest stretch around `start` in which each character repeats after `period`.

    The two blocks at `start` are known to be equal.
    """
    end = start + 2 * period
    while end < len(text) and text[end] == text[end - period]:
        end += 1
    while start > 0 and text[start - 1] == text[start - 1 + period]:
        start -= 1
    return end - start


def repeats_line(lines: Sequence[str], before: Sequence[str] = (), window: int = WINDOW) -> bool:
    """Whether one of `lines` equals one of the `window` lines just before it.

    `before` comes before the first of them, oldest first. White space around lines is ignored.
    """
    history = [line.strip() for line in (*before, *lines)]
    return any(
        history[index] in history[max(0, index - window) : index]
        for index in range(len(before), len(history))
    )
