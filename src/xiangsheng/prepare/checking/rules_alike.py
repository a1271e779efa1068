"""Rows that are like other rows: asked the same, answered the same, or both nearly so."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xiangsheng.core.words import Words
from xiangsheng.prepare.checking import fixes
from xiangsheng.prepare.checking.added import cue, said
from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.finding import MOST_ROWS, Finding, Level, removed
from xiangsheng.prepare.checking.pairs import Pairs
from xiangsheng.prepare.checking.survey import Survey
from xiangsheng.text.near_repeats import near_repeats

Mask: TypeAlias = NDArray[np.bool_]
MANY = 200_000
"""Rows from which on near duplicates are looked for only when asked: each takes half a kilobyte."""
MUCH = 5_000_000
"""Characters of all answers and of the lines that they answer, likewise: each takes thirty bytes."""


@dataclass(slots=True)
class NearRows:
    """What every row says, as it is compared: the line that is answered, and the answer.

    Nothing is kept of more than `most` characters, if that is not None.
    """

    most: int | None = None
    texts: list[tuple[str, str]] = field(default_factory=list)
    characters: int = 0

    @property
    def too_much(self) -> bool:
        return self.most is not None and self.characters > self.most

    def observe(self, pairs: Pairs) -> None:
        if not self.too_much:
            cues, answers = said(list(map(cue, pairs.prompts))), said(pairs.completions)
            self._add(list(zip(cues, answers, strict=True)), sum(map(len, (*cues, *answers))))

    def absorb(self, later: "NearRows") -> None:
        self._add(later.texts, later.characters)

    def _add(self, texts: list[tuple[str, str]], characters: int) -> None:
        self.characters += characters
        if self.too_much:
            self.texts.clear()
        else:
            self.texts += texts


@dataclass(frozen=True, slots=True)
class OtherRows:
    """The prompts of another file: hash and line of each, and the file's name."""

    name: str
    prompts: Sequence[int]
    lines: Sequence[int]


def conflicts(survey: Survey, asking: Mask, answers: Sequence[int]) -> Iterator[Finding]:
    """The same prompt, another completion, by hashes of `answers`.

    `asking` are rows whose prompts ask something.
    """
    places = np.flatnonzero(asking)
    prompts = np.frombuffer(survey.prompt_hashes, dtype=np.int64)[places]
    order = np.argsort(prompts, kind="stable")
    same = np.flatnonzero(np.diff(prompts[order]) == 0)
    pairs = (places[order[at]].tolist() for at in (same, same + 1))
    first: dict[int, int] = {}  # the places of rows, and that of the first that asks the same
    for one, other in zip(*pairs, strict=True):
        first[other] = first.get(one, one)
    found = sorted(
        (place, earliest)
        for place, earliest in first.items()
        if answers[place] != answers[earliest]
    )
    if not found:
        return
    prompts_count = len({earliest for _, earliest in found})
    yield Finding(
        "conflicts",
        Level.INFO,
        Words(
            f"{len(found):,} 行的提示与前面的行相同而答案不同（{prompts_count:,} 种提示）",
            f"{counted(len(found), 'row asks', 'rows ask')} what an earlier one asks and "
            f"{'answers' if len(found) == 1 else 'answer'} something else "
            f"({counted(prompts_count, 'prompt')})",
        ),
        "prompt-completion",
        len(found),
        tuple(survey.lines[place] for place, _ in found[:MOST_ROWS]),
        tuple(str(survey.lines[earliest]) for _, earliest in found[:MOST_ROWS]),
    )


def near_duplicates(survey: Survey, near: NearRows, *, mend: bool) -> Iterator[Finding]:
    """Of equal rows `duplicated_rows` tells."""
    equal = set(survey.repeated())
    found = [repeat for repeat in near_repeats(near.texts) if repeat.later not in equal]
    if not found:
        return
    best = max(found[:MOST_ROWS], key=lambda repeat: -repeat.share)
    lines = survey.lines
    yield Finding(
        "near_duplicates",
        Level.OPTIONAL if mend else Level.INFO,
        Words(
            f"{len(found):,} 行与前面的行几乎相同（历史不计，五字串五分之四以上相同）",
            f"{counted(len(found), 'row is', 'rows are')} nearly an earlier one, history aside: at "
            "least four fifths of all strings of five characters are the same",
        ),
        "prompt-completion",
        len(found),
        tuple(lines[repeat.later] for repeat in found[:MOST_ROWS]),
        tuple(str(lines[repeat.earlier]) for repeat in found[:MOST_ROWS]),
        example=f"{lines[best.later]} ~ {lines[best.earlier]}: {100 * best.share:.0f} %",
        does=removed(len(found)) if mend else None,
        fix=fixes.Drop("near_duplicates", frozenset(repeat.later for repeat in found))
        if mend
        else None,
    )


def not_compared(rows: int) -> Finding:
    """Near duplicates were not looked for."""
    return Finding(
        "near_duplicates",
        Level.INFO,
        Words(
            f"没有查找几乎相同的行：{rows:,} 行太多或太长；用 --near 查找",
            f"rows that are nearly the same were not looked for among {rows:,}: --near does",
        ),
    )


def in_validation(survey: Survey, other: OtherRows, asking: Mask) -> Iterator[Finding]:
    """Prompts that the rows to validate with have too."""
    theirs = np.array(other.prompts, dtype=np.int64)
    order = np.argsort(theirs, kind="stable")
    mine = np.frombuffer(survey.prompt_hashes, dtype=np.int64)
    at = np.minimum(np.searchsorted(theirs[order], mine), max(0, len(theirs) - 1))
    both = asking & (theirs[order][at] == mine) if len(theirs) else np.zeros(len(mine), dtype=bool)
    places = np.flatnonzero(both)
    if not len(places):
        return
    some = places[:MOST_ROWS].tolist()
    yield Finding(
        "in_validation",
        Level.INFO,
        Words(
            f"{len(places):,} 行的提示在 {other.name} 里也有",
            f"{counted(len(places), 'prompt is', 'prompts are')} in {other.name} too",
        ),
        "prompt",
        len(places),
        tuple(survey.lines[place] for place in some),
        tuple(f"{other.name}:{other.lines[order[at[place]]]}" for place in some),
    )
