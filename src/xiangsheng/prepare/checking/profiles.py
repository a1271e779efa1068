"""Which checks a file gets: those of the service of 2022, or those of our own renderings."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from xiangsheng.core.errors import UsageError
from xiangsheng.core.words import Words
from xiangsheng.prepare.checking import columns_rules as columns
from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.finding import Finding, Level
from xiangsheng.prepare.checking.gathering import Gathered
from xiangsheng.prepare.checking.rules_2022 import rules_2022

if TYPE_CHECKING:
    from xiangsheng.prepare.checking.looking import Looked

FEW_2022, FEW = 100, 200


class Profile(StrEnum):
    """DIALOGUE: prompts that end in a speaker's label. CHAT: rows of `messages`."""

    DIALOGUE = "dialogue"
    OPENAI_2022 = "openai-2022"
    CHAT = "chat"


def profile_named(name: str) -> Profile | None:
    """None for no name; UsageError for one that is none."""
    if not name:
        return None
    try:
        return Profile(name)
    except ValueError as error:
        raise UsageError(
            f"there is no profile {name!r}",
            hint=f"one of {', '.join(Profile)}",
            code="profile",
        ) from error


def findings(
    profile: Profile, gathered: Gathered, looked: "Looked | None" = None
) -> tuple[Finding, ...]:
    """What the checks found, in their order; after a fatal one the others are not asked.

    Without a second look they are those of 2022.
    """
    return tuple(_until_fatal(_all(profile, gathered, looked)))


def _all(profile: Profile, gathered: Gathered, looked: "Looked | None") -> Iterator[Finding]:
    given, survey = gathered.given, gathered.survey
    yield from columns.format_read(given)
    yield from columns.bad_lines(given)
    yield num_examples(given.odd.rows, FEW_2022 if profile is Profile.OPENAI_2022 else FEW)
    yield from columns.necessary_column(given, "prompt")
    yield from columns.necessary_column(given, "completion")
    yield from columns.additional_column(given)
    yield from columns.not_text(given)
    yield from columns.non_empty_field(given)
    if not survey.rows:
        yield Finding("no_rows", Level.FATAL, Words("没有可用的样本", "there is no example to use"))
    if looked and profile is Profile.DIALOGUE:
        yield from looked.of_dialogue()
    else:
        for rule in rules_2022(declared=gathered.dialogue):
            yield from rule(survey)
    if looked:
        yield from looked.further()


def num_examples(rows: int, few: int) -> Finding:
    zh, en = f"{rows:,} 个样本", counted(rows, "example")
    if rows < few:
        zh += f"；建议至少 {few} 个，数量每翻一倍都有用"
        en += f"; have at least {few}: each doubling helps about as much as the one before"
    return Finding("num_examples", Level.INFO, Words(zh, en), count=rows)


def _until_fatal(found: Iterable[Finding]) -> Iterator[Finding]:
    for finding in found:
        yield finding
        if finding.level is Level.FATAL:
            return
