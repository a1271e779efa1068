"""What is looked for beyond the checks of 2022: one more look at all rows, and what it found."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from xiangsheng.prepare.checking import rules_alike as alike
from xiangsheng.prepare.checking.dialogue_marks import Mark
from xiangsheng.prepare.checking.dialogue_survey import DialogueSurvey
from xiangsheng.prepare.checking.finding import Finding
from xiangsheng.prepare.checking.gathering import Gathered, rows_of
from xiangsheng.prepare.checking.pairs import Pairs
from xiangsheng.prepare.checking.rules_alike import MANY, MUCH, NearRows, OtherRows
from xiangsheng.prepare.checking.rules_dialogue import rules_dialogue, useless_space
from xiangsheng.prepare.checking.rules_history import Priced, repeated_history
from xiangsheng.prepare.checking.rules_leaks import LeakSearch, Unseen, leaks
from xiangsheng.prepare.checking.survey import Survey
from xiangsheng.prepare.checking.token_counts import TokenCounts


@dataclass(frozen=True, slots=True)
class Wanted:
    """`near`: whether near duplicates are looked for; None: while rows are few and short."""

    near: bool | None = None
    other: OtherRows | None = None
    unseen: Unseen | None = None
    tokens: TokenCounts | None = None
    priced: Priced | None = None


@dataclass(slots=True)
class Looks:
    """Those that a file gets."""

    dialogue: DialogueSurvey | None = None
    near: NearRows | None = None
    leaks: LeakSearch | None = None

    def observe(self, pairs: Pairs) -> None:
        for look in (self.dialogue, self.near, self.leaks):
            if look is not None:
                look.observe(pairs)

    def absorb(self, later: "Looks") -> None:
        for field in fields(self):
            if (mine := getattr(self, field.name)) is not None:
                mine.absorb(getattr(later, field.name))


@dataclass(frozen=True, slots=True)
class Looked:
    wanted: Wanted
    looks: Looks
    survey: Survey

    def of_dialogue(self) -> Iterator[Finding]:
        """Instead of the checks of 2022."""
        assert self.looks.dialogue
        return rules_dialogue(self.survey, self.looks.dialogue)

    def further(self) -> Iterator[Finding]:
        """Beside either. In dialogue near duplicates may be mended; the checks of 2022 had no such."""
        survey, wanted, dialogue = self.survey, self.wanted, self.looks.dialogue
        if wanted.tokens:
            yield from wanted.tokens.findings(survey)
            if dialogue:
                yield from useless_space(dialogue, wanted.tokens)
        if dialogue:
            asking, answers = dialogue.having(Mark.SPOKEN), dialogue.bare
        else:
            asking = np.frombuffer(survey.prompt_hashes, dtype=np.int64) != hash("")
            answers = survey.completion_hashes
        yield from alike.conflicts(survey, asking, answers)
        if self.looks.near and not self.looks.near.too_much:
            yield from alike.near_duplicates(survey, self.looks.near, mend=bool(dialogue))
        elif wanted.near is None:
            yield alike.not_compared(survey.rows)
        if wanted.other:
            yield from alike.in_validation(survey, wanted.other, asking)
        if wanted.unseen and self.looks.leaks:
            yield from leaks(self.looks.leaks, wanted.unseen)
        if dialogue:
            yield from repeated_history(dialogue, wanted.tokens, wanted.priced)


def looked(gathered: Gathered, wanted: Wanted, *, dialogue: bool) -> Looked:
    """Tokens are counted here, for what rows share is counted once; the rest a part at a time."""
    survey = gathered.survey
    near = survey.rows <= MANY if wanted.near is None else wanted.near

    def looks() -> Looks:
        return Looks(
            DialogueSurvey() if dialogue else None,
            NearRows(MUCH if wanted.near is None else None) if near else None,
            LeakSearch.of(wanted.unseen) if wanted.unseen else None,
        )

    found = looks()
    if survey.rows and (dialogue or near or wanted.unseen):
        found = gathered.look(looks)
    if survey.rows and wanted.tokens:
        for pairs in rows_of(gathered.given):
            wanted.tokens.observe(pairs)
    return Looked(wanted, found, survey)
