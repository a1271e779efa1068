"""One pass over a file: what its rows are, and all that the checks must know of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xiangsheng.prepare.checking.affixes import stands_within
from xiangsheng.prepare.checking.columns_rules import Given, columns_of
from xiangsheng.prepare.checking.pairs import FIELDS, Pairs
from xiangsheng.prepare.checking.reading import Oddities, pairs_of
from xiangsheng.prepare.checking.sources import JsonLines, Source
from xiangsheng.prepare.checking.survey import Survey

_LABEL = re.compile(r"(?:\A|\n)[^\s:：]{1,12}[:：]\Z")
_LOOKED_AT = 200
KEPT = 20_000_000
"""Characters, two or four bytes each."""
_MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class Gathered:
    """`dialogue` where prompts end in a speaker's label, as our renderings have it."""

    given: Given
    survey: Survey
    dialogue: bool


def gather(source: Source, extension: str, *, skip_bad: bool = False) -> Gathered:
    """Reads a file once; again where its encoding or its columns turn out to be others."""
    columns = {name: name for name in FIELDS}
    while True:
        odd, survey, dialogue = Oddities(), Survey(), False
        kept: list[Pairs] | None = []
        for pairs in pairs_of(source.blocks(), columns, odd):
            if odd.undecodable and isinstance(source, JsonLines) and not source.settled:
                break
            if not survey.rows:
                dialogue = _is_dialogue(pairs.prompts)
            survey.observe(pairs)
            kept = _kept(kept, pairs, survey)
        if odd.undecodable and isinstance(source, JsonLines) and not source.settled:
            source = source.recoded()
        elif columns != (found := columns_of(odd.keys)):
            columns = found
        else:
            given = Given(source, extension, columns, odd, skip_bad, kept)
            _ask_again(survey, given)
            return Gathered(given, survey, dialogue)


def rows_of(given: Given) -> Iterator[Pairs]:
    """The rows once more."""
    if given.kept is not None:
        return iter(given.kept)
    return pairs_of(given.source.blocks(), given.columns, Oddities())


def _kept(kept: list[Pairs] | None, pairs: Pairs, survey: Survey) -> list[Pairs] | None:
    """Rows stay in memory while they are few, so that they need not be read twice.

    Not those with what nothing counts: other columns, of any length.
    """
    characters = survey.prompt.characters + survey.completion.characters
    if kept is None or characters > KEPT or pairs.altered:
        return None
    return [*kept, pairs]


def _is_dialogue(prompts: Sequence[str]) -> bool:
    some = prompts[:_LOOKED_AT]
    labelled = sum(bool(_LABEL.search(prompt[-14:])) for prompt in some)
    return bool(some) and labelled >= _MOSTLY * len(some)


def _ask_again(survey: Survey, given: Given) -> None:
    """Whether texts hold their common ending before it too, where one pass could not tell."""
    for name in FIELDS:
        suffix = survey.column(name).suffix
        if suffix.text and suffix.doubtful and not suffix.within:
            ending = suffix.text
            suffix.within = any(
                stands_within(texts, "\0".join(texts), ending)
                for texts in (pairs.column(name) for pairs in rows_of(given))
            )
