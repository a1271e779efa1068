"""How varied a corpus is: figures by which written and composed scripts are compared."""

import lzma
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from xiangsheng.core.script import Script
from xiangsheng.text.ngrams import ngrams

LONG = 8
"""Characters from which on a line should come once."""
GRAM = 8


@dataclass(frozen=True, slots=True)
class Variety:
    """Shares from 0 to 1.

    `repeated`: of lines of `LONG` characters or more, those that are not the first of their kind.
    `containment`: the median, over scripts, of the largest share of a script's 8-grams that one
    other script has too. `ratio`: bytes after and before compression, in samples of equal size.
    """

    scripts: int
    lines: int
    characters: int
    identical: int
    repeated: float
    containment: float
    distinct: int
    ratio: float


def variety(scripts: Sequence[Script], sample: int) -> Variety:
    """`sample` characters at a time are compressed."""
    texts = ["\n".join(line.text for line in script.lines) for script in scripts]
    lines = [line.text for script in scripts for line in script.lines]
    long = [line for line in lines if len(line) >= LONG]
    return Variety(
        scripts=len(scripts),
        lines=len(lines),
        characters=sum(map(len, lines)),
        identical=len(texts) - len(set(texts)),
        repeated=1 - len(set(long)) / max(1, len(long)),
        containment=median(containments(texts)),
        distinct=len(set("".join(lines))),
        ratio=ratio("\n".join(texts), sample),
    )


def containments(texts: Sequence[str]) -> list[float]:
    """For each text the largest share of its 8-grams that another one has."""
    grams = [_grams(text) for text in texts]
    owners = defaultdict[str, list[int]](list)
    for number, own in enumerate(grams):
        for gram in own:
            owners[gram].append(number)
    found = []
    for number, own in enumerate(grams):
        shared = Counter[int]()
        for gram in own:
            if len(owners[gram]) > 1:
                shared.update(owners[gram])
        del shared[number]
        found.append(max(shared.values(), default=0) / max(1, len(own)))
    return found


def ratio(text: str, sample: int) -> float:
    """The median over pieces of `sample` characters; the last, shorter one is left out."""
    pieces = [text[at : at + sample] for at in range(0, max(1, len(text) - sample + 1), sample)]
    return median(_ratio(piece) for piece in pieces)


def _ratio(text: str) -> float:
    data = text.encode()
    return len(lzma.compress(data, format=lzma.FORMAT_RAW, filters=_FILTERS)) / max(1, len(data))


_FILTERS: list[dict[str, int]] = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]


def _grams(text: str) -> set[str]:
    flat = text.replace("\n", "")
    return set(ngrams(flat, GRAM))


def share(flags: Iterable[bool]) -> float:
    every = list(flags)
    return sum(every) / max(1, len(every))
