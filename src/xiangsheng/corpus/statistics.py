"""What a corpus holds, in numbers. Characters are those of the lines' texts, without labels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

from xiangsheng.core.errors import UsageError
from xiangsheng.core.results import CorpusSummary
from xiangsheng.core.script import Script
from xiangsheng.corpus.proposals import has_window
from xiangsheng.corpus.training_lines import TrainingLines, training_lines
from xiangsheng.corpus.window_rules import LONGEST_LINE, short_replies

# The unified ideographs with extension A, compatibility, and planes 2 and 3.
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))

WINDOW = 20
"""Lines that the two experiments ask about."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Least, middle and greatest; the middle of an even number is the mean of two.

    Half of the values lie from `lower` to `upper`, the quartiles.
    """

    least: int
    middle: float
    greatest: int
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Longest:
    """The longest line: its script, its place in it from 1, its length in characters."""

    script: str
    line: int
    characters: int


@dataclass(frozen=True, slots=True)
class Suitability:
    """What a person who chooses a test set wants to know; `corpus.window_rules` has the bounds.

    `long_enough`: scripts of `lines` lines; `with_window`: those that have so many in a row that
    keep the rules. `shared_lines`: lines of 12 characters or more that two scripts have, each
    counted once, which lie in `sharing_scripts`.
    """

    lines: int
    long_enough: int
    with_window: int
    long_lines: int
    short_replies_share: float
    shared_lines: int
    sharing_scripts: int


@dataclass(frozen=True, slots=True)
class CorpusStats:
    """`same_speaker_share`: of all steps from a line to the next, those with one speaker.

    `genres` counts scripts, most frequent first; an unknown genre is the empty string.
    """

    scripts: int
    lines: int
    characters: int
    han_characters: int
    distinct_characters: int
    lines_per_script: Spread
    characters_per_line: Spread
    same_speaker_share: float
    genres: Mapping[str, int]
    untitled: int
    longest: Longest
    suitability: Suitability


def summarise(name: str, source: str, scripts: Sequence[Script]) -> CorpusSummary:
    """The counts a report shows beside its results."""
    characters = _characters(scripts)
    return CorpusSummary(
        name=name,
        source=source,
        scripts=len(scripts),
        lines=sum(len(script.lines) for script in scripts),
        characters=characters.total(),
        distinct_characters=len(characters),
    )


def corpus_stats(scripts: Sequence[Script]) -> CorpusStats:
    """All of `corpus stats`; UsageError when there is no line to count."""
    lengths = [len(line.text) for script in scripts for line in script.lines]
    if not lengths:
        raise UsageError("there is no line to count", hint="give at least one script")
    characters = _characters(scripts)
    steps = [
        before.speaker == after.speaker
        for script in scripts
        for before, after in pairwise(script.lines)
    ]
    return CorpusStats(
        scripts=len(scripts),
        lines=len(lengths),
        characters=characters.total(),
        han_characters=sum(n for character, n in characters.items() if is_han(character)),
        distinct_characters=len(characters),
        lines_per_script=_spread([len(script.lines) for script in scripts]),
        characters_per_line=_spread(lengths),
        same_speaker_share=sum(steps) / len(steps) if steps else 0.0,
        genres=dict(Counter(script.genre for script in scripts).most_common()),
        untitled=sum(not script.title for script in scripts),
        longest=_longest(scripts),
        suitability=_suitability(scripts, lengths),
    )


def is_han(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _HAN)


def _characters(scripts: Sequence[Script]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for script in scripts:
        for line in script.lines:
            counts.update(line.text)
    return counts


def _spread(values: list[int]) -> Spread:
    lower, _, upper = quantiles(values, method="inclusive") if len(values) > 1 else values * 3
    return Spread(min(values), median(values), max(values), lower, upper)


def _suitability(scripts: Sequence[Script], lengths: list[int]) -> Suitability:
    holders = training_lines(scripts).holders
    shared = [ids for ids in holders.values() if len(ids) > 1]
    return Suitability(
        lines=WINDOW,
        long_enough=sum(len(script.lines) >= WINDOW for script in scripts),
        with_window=sum(has_window(script, WINDOW, TrainingLines()) for script in scripts),
        long_lines=sum(length > LONGEST_LINE for length in lengths),
        short_replies_share=short_replies(lengths) / len(lengths),
        shared_lines=len(shared),
        sharing_scripts=len(frozenset().union(*shared)),
    )


def _longest(scripts: Sequence[Script]) -> Longest:
    places = (
        Longest(script.id, number, len(line.text))
        for script in scripts
        for number, line in enumerate(script.lines, 1)
    )
    return max(places, key=lambda place: place.characters)
