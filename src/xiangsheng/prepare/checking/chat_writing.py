"""Mended rows of messages on their way to a file, and the record of what was altered."""

import os
from collections.abc import Sequence
from pathlib import Path

from xiangsheng.files.json_lines import dumped
from xiangsheng.prepare.checking.changes import record as recorded
from xiangsheng.prepare.checking.chat_fixes import ChatFix, Messages
from xiangsheng.prepare.checking.chat_gathering import GatheredChats
from xiangsheng.prepare.checking.chat_rows import Chat
from xiangsheng.prepare.checking.pairs import Altered
from xiangsheng.prepare.checking.result import Result


def write_chats(
    gathered: GatheredChats, fixes: Sequence[ChatFix], folder: Path, *, record: bool
) -> tuple[Result, Path, Path]:
    """What came out, the file of rows and the file of changes, both in `folder`.

    A change holds the whole row, before and after. Without `record` none is told.
    """
    rows, changes = folder / "rows", folder / "changes"
    result = Result()
    with rows.open("xb") as out, (changes if record else Path(os.devnull)).open("ab") as log:
        for row in gathered.rows():
            altered, messages = (row, None) if isinstance(row, Altered) else _mended(row, fixes)
            if messages is not None:
                out.write(dumped({"messages": messages}))
                result.rows += 1
            if altered and record:
                log.write(recorded(altered).encode())
                result.changed += 1
    return result, rows, changes


def _mended(chat: Chat, fixes: Sequence[ChatFix]) -> tuple[Altered | None, Messages | None]:
    """What was altered, if anything was, and the messages that are left, if the row is."""
    rules, now = list[str](), chat.messages
    if now is not chat.row["messages"] or len(chat.row) > 1:
        rules.append("unknown_keys")
    for fix in fixes:
        after = fix.mend(chat, now)
        if after is None:
            return Altered(chat.line, (fix.rule,), chat.row, None), None
        if after is not now:
            rules.append(fix.rule)
        now = after
    if not rules:
        return None, now
    return Altered(chat.line, tuple(rules), chat.row, {"messages": now}), now
