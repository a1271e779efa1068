"""One pass over a file of messages, and whether a file is one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from xiangsheng.prepare.checking.chat_reading import ROW_KEYS, Told, chats_of
from xiangsheng.prepare.checking.chat_rows import Chat
from xiangsheng.prepare.checking.chat_survey import ChatSurvey
from xiangsheng.prepare.checking.columns_rules import Given
from xiangsheng.prepare.checking.pairs import FIELDS, Altered
from xiangsheng.prepare.checking.reading import Oddities
from xiangsheng.prepare.checking.sources import JsonLines, Source

_LOOKED_AT = 4
"""Blocks, where the first hold no row that can be read."""


@dataclass(frozen=True, slots=True)
class GatheredChats:
    given: Given
    told: Told
    survey: ChatSurvey

    def rows(self) -> Iterator[Chat | Altered]:
        """They once more, read again."""
        return chats_of(self.given.source.blocks(ROW_KEYS), Told())


def gathered_chats(source: Source, extension: str, *, skip_bad: bool = False) -> GatheredChats:
    """Reads a file once; again where its encoding turns out to be another."""
    while True:
        told, survey = Told(), ChatSurvey()
        for row in chats_of(source.blocks(ROW_KEYS), told):
            if told.odd.undecodable and not source.settled:
                break
            if isinstance(row, Chat):
                survey.observe(row)
        if told.odd.undecodable and isinstance(source, JsonLines) and not source.settled:
            source = source.recoded()
            continue
        return GatheredChats(Given(source, extension, {}, told.odd, skip_bad), told, survey)


def is_chat(source: Source) -> bool:
    """Whether its first row is one of messages, and not of prompt and completion too."""
    if source.kind not in {"jsonl", "json"}:
        return False
    for block in islice(source.blocks(()), _LOOKED_AT):
        for value in block.values:
            if isinstance(value, dict):
                return "messages" in value and not set(FIELDS) <= value.keys()
    return False


def has_chats(odd: Oddities) -> bool:
    """Whether, among rows of prompt and completion, there are some of messages instead."""
    return "messages" in odd.keys and odd.missing["completion"].count > 0
