"""Checks of files of messages."""

from collections.abc import Iterator

from xiangsheng.core.words import Words
from xiangsheng.prepare.checking import columns_rules as columns
from xiangsheng.prepare.checking.chat_fixes import DropChats, TrimLast
from xiangsheng.prepare.checking.chat_gathering import GatheredChats
from xiangsheng.prepare.checking.chat_survey import MOST_ANSWERS, ChatSurvey
from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.finding import MOST_ROWS, Finding, Level, first, removed
from xiangsheng.prepare.checking.profiles import FEW, num_examples

# By rule what is said of one row, of several, and in Chinese.
_FAULTS = {
    "bad_line": ("line cannot be read", "lines cannot be read", "行读不了"),
    "messages": ("row has no list of messages", "rows have no list of messages", "行没有消息列表"),
    "role": ("row has an unknown role", "rows have an unknown role", "行有未知的角色"),
    "system": (
        "row has a system message behind others",
        "rows have a system message behind others",
        "行的系统消息不在最前面",
    ),
    "first_speaker": (
        "row is opened by the assistant, without a system message",
        "rows are opened by the assistant, without a system message",
        "行由 assistant 开头，前面也没有系统消息",
    ),
    "order": (
        "row has the same role twice in a row",
        "rows have the same role twice in a row",
        "行中同一角色连说两次",
    ),
    "content": (
        "row has a message that says nothing",
        "rows have a message that says nothing",
        "行有空的消息",
    ),
    "weight": (
        "row has a weight that means nothing",
        "rows have a weight that means nothing",
        "行的 weight 没有意义",
    ),
    "nothing_trained": (
        "row has nothing to learn from",
        "rows have nothing to learn from",
        "行没有可学的内容",
    ),
}


def chat_findings(gathered: GatheredChats) -> tuple[Finding, ...]:
    """What the checks found, in their order; bad rows do not keep the others from being checked."""
    return tuple(_all(gathered))


def _all(gathered: GatheredChats) -> Iterator[Finding]:
    given, survey = gathered.given, gathered.survey
    yield from columns.format_read(given)
    yield from _bad_rows(gathered)
    yield from _other_formats(gathered)
    yield num_examples(given.odd.rows, FEW)
    if not given.odd.rows:
        yield Finding("no_rows", Level.FATAL, Words("没有可用的样本", "there is no example to use"))
    yield from _unknown_keys(gathered)
    yield from _duplicated_rows(survey)
    yield from _last_speaker(survey)
    yield from _conflicts(survey)


def _bad_rows(gathered: GatheredChats) -> Iterator[Finding]:
    skip, told = gathered.given.skip_bad, gathered.told
    for rule, (one, several, zh) in _FAULTS.items():
        if lines := told.faults.get(rule):
            yield Finding(
                rule,
                Level.NECESSARY if skip else Level.FATAL,
                Words(f"{lines.count:,} {zh}", counted(lines.count, one, several)),
                "" if rule == "bad_line" else "messages",
                lines.count,
                tuple(lines.first),
                example=told.examples[rule],
                does=removed(lines.count) if skip else None,
            )


def _other_formats(gathered: GatheredChats) -> Iterator[Finding]:
    mixed, objects = gathered.told.mixed, gathered.told.objects
    if not mixed.count:
        return
    if mixed.count == objects:
        words = Words(
            "各行都是 prompt 和 completion，没有 messages；请去掉 --profile chat",
            "all rows are of prompt and completion and none of messages: leave out --profile chat",
        )
    else:
        words = Words(
            f"{mixed.count:,} 行是 prompt 和 completion，与 messages 混在一起；请分成两个文件，"
            "例如用 grep '\"messages\":' 文件 和 grep -v '\"messages\":' 文件",
            f"{counted(mixed.count, 'row is', 'rows are')} of prompt and completion among rows of "
            "messages: put each kind in a file of its own, for example with "
            "grep '\"messages\":' FILE and grep -v '\"messages\":' FILE",
        )
    yield Finding("mixed_formats", Level.FATAL, words, "messages", mixed.count, tuple(mixed.first))


def _unknown_keys(gathered: GatheredChats) -> Iterator[Finding]:
    lines = gathered.told.unknown
    if lines.count:
        names = columns.listed(list(gathered.told.unknown_keys))
        yield Finding(
            "unknown_keys",
            Level.NECESSARY,
            Words(
                f"{lines.count:,} 行有多余的键：{names}",
                f"{counted(lines.count, 'row has', 'rows have')} keys that nothing reads: {names}",
            ),
            "messages",
            lines.count,
            tuple(lines.first),
            does=Words(f"删去 {names}", f"remove {names}"),
        )


def _duplicated_rows(survey: ChatSurvey) -> Iterator[Finding]:
    if places := survey.repeated():
        places.sort()
        count = len(places)
        yield Finding(
            "duplicated_rows",
            Level.OPTIONAL,
            Words(
                f"{count:,} 行与前面的行完全相同",
                f"{counted(count, 'row equals', 'rows equal')} an earlier one",
            ),
            "messages",
            count,
            first(survey.lines[place] for place in places),
            does=removed(count),
            fix=DropChats("duplicated_rows", frozenset(places)),
        )


def _last_speaker(survey: ChatSurvey) -> Iterator[Finding]:
    if places := survey.unanswered():
        count = len(places)
        yield Finding(
            "last_speaker",
            Level.OPTIONAL,
            Words(
                f"{count:,} 行以 user 的消息结尾，没有回答，学不到东西",
                f"{counted(count, 'row ends', 'rows end')} with a message of the user's that "
                "nothing answers",
            ),
            "messages",
            count,
            first(survey.lines[place] for place in places),
            does=Words("删去这些结尾的消息", "remove these last messages"),
            fix=TrimLast("last_speaker", frozenset(places)),
        )


def _conflicts(survey: ChatSurvey) -> Iterator[Finding]:
    earlier_of: dict[int, int] = {}
    for place, earlier in survey.disagreeing():
        earlier_of.setdefault(place, earlier)
    found = sorted(earlier_of.items())
    if not found:
        return
    lines, some = survey.lines, found[:MOST_ROWS]
    zh, en = "", ""
    if survey.answered > MOST_ANSWERS:
        zh = f"（只比较了前 {MOST_ANSWERS:,} 个回答）"
        en = f" (of the first {MOST_ANSWERS:,} answers; the others were not compared)"
    yield Finding(
        "conflicts",
        Level.INFO,
        Words(
            f"{len(found):,} 行与前面的行前文相同而回答不同{zh}",
            f"{counted(len(found), 'row goes', 'rows go')} on from the same conversation as an "
            f"earlier one and {'answers' if len(found) == 1 else 'answer'} something else{en}",
        ),
        "messages",
        len(found),
        tuple(lines[place] for place, _ in some),
        tuple(str(lines[earlier]) for _, earlier in some),
    )
