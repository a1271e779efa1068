"""Where a text may be cut so that its parts' tokens, one after the other, are its own.

A tokenizer of OpenAI's first divides a text by a regular expression, then makes tokens inside
each piece. A place is safe when, whatever else the text holds, two pieces meet there and the
pieces on each side are found without looking across it.
"""

from collections.abc import Callable, Iterable, Iterator

Cuts = Callable[[str, int], list[int]]
"""Safe places of a text behind a place of it, ascending, without its two ends.

Whether a place is safe depends on the characters beside it only: so texts that begin alike up to
one character behind a place have the same places so far.
"""

Parted = tuple[int, list[str]]
"""How many parts a text keeps of the text before it, and its parts after these."""


def nowhere(text: str, start: int) -> list[int]:  # noqa: ARG001 - one of the Cuts
    return []


def before_breaks(text: str, start: int) -> list[int]:
    r"""Before a line break that follows something visible.

    For r50k and p50k: spaces stand in a piece only before all else or among themselves, so none
    holds a visible character and then a break; and `\s+(?!\S)` and `\s+$`, which look at what
    follows, begin behind the break's side of the cut, or end at the visible character before it.
    """
    places = []
    place = text.find("\n", start + 1)
    while place >= 0:
        # str.isspace is true of all that the expression calls space, and of four characters more.
        if not text[place - 1].isspace():
            places.append(place)
        place = text.find("\n", place + 1)
    return places


def after_breaks(text: str, start: int) -> list[int]:
    r"""Behind a line break that something visible follows, except `/`.

    For cl100k and o200k: breaks are a piece's end (`\s*[\r\n]+`, or behind punctuation `[\r\n]*`,
    in o200k `[\r\n/]*`), never inside it before something visible. Spaces that end in a break are
    one piece, whether or not anything follows.
    """
    places = []
    place = text.find("\n", start) + 1
    while 0 < place < len(text):
        if place > start and not (text[place].isspace() or text[place] == "/"):
            places.append(place)
        place = text.find("\n", place) + 1
    return places


def part(texts: Iterable[str], cuts: Cuts) -> Iterator[Parted]:
    """The parts of each text, said by what it shares with the text before it.

    Only what is new is looked at again: the time is that of comparing the texts.
    """
    before = ""
    places: list[int] = []
    for text in texts:
        kept = _kept(before, text, places)
        start = places[kept - 1] if kept else 0
        del places[kept:]
        places += cuts(text, start)
        ends = [*places[kept:], len(text)]
        starts = [start, *places[kept:]]
        yield kept, [text[a:b] for a, b in zip(starts, ends, strict=True) if a < b]
        before = text


def _kept(before: str, text: str, places: list[int]) -> int:
    """How many first `places` of `before` are places of `text` too, with the same text so far."""
    if not places or text.startswith(before[: places[-1] + 1]):
        return len(places)
    low, high = 0, len(places) - 1  # how many surely agree, how many may
    while low < high:
        middle = (low + high + 1) // 2
        if text.startswith(before[: places[middle - 1] + 1]):
            low = middle
        else:
            high = middle - 1
    return low
