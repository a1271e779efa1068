"""Where a text may be cut so that its parts' tokens, one after the other, are its own.

A tokenizer first divides a text by a regular expression, then makes tokens inside each piece. A
place is safe when two pieces meet there whatever else the text holds, and when the pieces on each
side are found without looking across it. Each kind of place below is proven for its expressions,
and tests hold all of them to whole texts.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

Cuts = Callable[[str, int], list[int]]
"""Safe places of a text behind a place of it that is safe (or 0), ascending, without its end.

Whether a place is safe depends on the two characters beside it only. So texts that are alike up
to one character behind a place have the same places so far.
"""


def nowhere(text: str, start: int) -> list[int]:  # noqa: ARG001 - one of the Cuts
    """For a tokenizer that nothing is known of."""
    return []


def before_breaks(text: str, start: int) -> list[int]:
    r"""Before a line break that follows something visible: for r50k, p50k and GPT-2.

    A piece holds spaces alone, or at most one as its first character: none holds something visible
    and then a break, so two pieces meet here. `\s+(?!\S)` and `\s+$` look one character ahead:
    spaces before the place end at a visible character before it, which is seen on this side too,
    and spaces from the place on have all that follows on theirs.
    """
    places = []
    place = text.find("\n", start + 1)
    while place >= 0:
        # Everything that expressions call \s is space to str.isspace too, and a little more.
        if not text[place - 1].isspace():
            places.append(place)
        place = text.find("\n", place + 1)
    return places


def after_breaks(text: str, start: int) -> list[int]:
    r"""Behind a line break that something visible follows, except `/`: for cl100k and its kin.

    In a piece a break is followed by spaces only (`\s*[\r\n]+`, punctuation and `[\r\n]*`), or, in
    o200k's `[\r\n/]*`, by `/`: so two pieces meet here. Spaces that end in a break are one piece,
    whether a text ends there or goes on, and nothing behind the place looks back.
    """
    places = []
    place = text.find("\n", start) + 1
    while 0 < place < len(text):
        if not (text[place].isspace() or text[place] == "/"):
            places.append(place)
        place = text.find("\n", place) + 1
    return places


def part(texts: Iterable[str], cuts: Cuts) -> Iterator[tuple[int, list[str]]]:
    """For each text, how many parts it keeps of the text before it, and its parts after these.

    What a text shares with the one before is compared and not cut again. No part is empty.
    """
    before = ""
    places: list[int] = []
    for text in texts:
        kept = _kept(before, text, places)
        start = places[kept - 1] if kept else 0
        new = cuts(text, start)
        places[kept:] = new
        bounds = [start, *new, len(text)]
        yield kept, [text[a:b] for a, b in pairwise(bounds) if a < b]
        before = text


def _kept(before: str, text: str, places: list[int]) -> int:
    """How many first `places` of `before` are places of `text` too, all text before them alike."""
    if not places or text.startswith(before[: places[-1] + 1]):
        return len(places)
    alike, perhaps = 0, len(places) - 1
    while alike < perhaps:
        middle = (alike + perhaps + 1) // 2
        if text.startswith(before[: places[middle - 1] + 1]):
            alike = middle
        else:
            perhaps = middle - 1
    return alike
