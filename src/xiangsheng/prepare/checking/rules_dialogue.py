"""The checks of dialogue: rows whose prompts end in the label of whoever speaks next.

They know the format. What all prompts begin with stays, letters keep their case, prompts may be the
same; but rows should be alike, and speakers take turns. Only spaces and line ends are mended.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from xiangsheng.core.words import Words
from xiangsheng.prepare.checking import fixes
from xiangsheng.prepare.checking import rules_2022 as old
from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.dialogue_marks import Mark
from xiangsheng.prepare.checking.dialogue_survey import DialogueSurvey
from xiangsheng.prepare.checking.finding import Finding, Level, removed
from xiangsheng.prepare.checking.rules_dialogue_style import (
    Numbers,
    listed,
    mixed_renderings,
    mixed_widths,
    noticed,
    places_of,
)
from xiangsheng.prepare.checking.survey import Survey
from xiangsheng.prepare.checking.token_counts import TokenCounts

_USELESS = 0.5
"""Tokens that the space costs on average, from which on it is told."""
_STOP = re.compile(r"END|[^\w\s。！？…，、；：—～”’」』）.!?,;:~)]")
"""What ends no sentence, and may have been put behind completions to end them."""


def rules_dialogue(survey: Survey, dialogue: DialogueSurvey) -> Iterator[Finding]:
    """In the order in which they speak; a fatal one is the last."""
    lines = np.frombuffer(survey.lines, dtype=np.int64)
    yield from duplicated_rows(dialogue, lines)
    yield from blank_completion(dialogue, lines)
    for finding in (
        *old.long_examples(survey),
        *old.lower_case(survey, "prompt"),
        *old.lower_case(survey, "completion"),
        *old.common_prompt_prefix(survey, declared=True),
        *old.common_completion_prefix(survey),
    ):
        yield told(finding)
    yield from role_order(dialogue, lines)
    yield from labels(dialogue, lines)
    yield from mixed_renderings(dialogue, lines)
    yield from mixed_widths(dialogue, lines)
    if survey.rows > 1 and survey.completion.prefix.is_all:
        yield from old.common_completion_suffix(survey)
        return
    yield from completions_space_start(dialogue, lines)
    yield from line_end(survey, dialogue, lines)


def duplicated_rows(dialogue: DialogueSurvey, lines: Numbers) -> Iterator[Finding]:
    """Rows that the fixes of spaces and line ends would make equal are so already."""
    _, firsts = np.unique(np.frombuffer(dialogue.bare, dtype=np.int64), return_index=True)
    later = np.ones(len(lines), dtype=bool)
    later[firsts] = False
    if count := int(later.sum()):
        yield Finding(
            "duplicated_rows",
            Level.OPTIONAL,
            Words(
                f"{count:,} 行与前面的行相同（答案前的空格和行末换行不计）",
                f"{counted(count, 'row equals', 'rows equal')} an earlier one, the space before and "
                "the line end behind the completion aside",
            ),
            "prompt-completion",
            count,
            listed(later, lines),
            does=removed(count),
            fix=fixes.Drop("duplicated_rows", places_of(later)),
        )


def blank_completion(dialogue: DialogueSurvey, lines: Numbers) -> Iterator[Finding]:
    blank = dialogue.having(Mark.BLANK)
    if count := int(blank.sum()):
        yield Finding(
            "blank_completion",
            Level.OPTIONAL,
            Words(
                f"{count:,} 行的答案只有空白",
                f"{counted(count, 'row has', 'rows have')} a completion of white space alone",
            ),
            "completion",
            count,
            listed(blank, lines),
            does=removed(count),
            fix=fixes.Drop("blank_completion", places_of(blank)),
        )


_ORDER = (
    (
        Mark.ASKS_AGAIN,
        "prompt",
        (
            "行要刚说完话的人接着说",
            "row asks whoever has just spoken to go on",
            "rows ask whoever has just spoken to go on",
        ),
    ),
    (
        Mark.PROMPT_ORDER,
        "prompt",
        (
            "行的提示里有同一个人连说两句",
            "row has two lines of one speaker in a row in its prompt",
            "rows have two lines of one speaker in a row in their prompts",
        ),
    ),
    (
        Mark.ANSWER_ORDER,
        "completion",
        (
            "行的答案里有同一个人连说两句",
            "row has two lines of one speaker in a row in its completion",
            "rows have two lines of one speaker in a row in their completions",
        ),
    ),
)
_NO_LABEL = (
    "行的提示不以说话人的标签结尾",
    "prompt does not end with a speaker's label",
    "prompts do not end with a speaker's label",
)
_LABELS = (
    (
        "asked_label",
        Mark.ASKS_LOOSELY,
        "prompt",
        (
            "行的提示在最后的标签后面还有空格；空格应在答案开头",
            "prompt ends with a space behind the label; it belongs to the completion",
            "prompts end with a space behind the label; it belongs to the completion",
        ),
    ),
    (
        "third_label",
        Mark.THIRD,
        "",
        (
            "行里有两个以上的说话人",
            "row has more than two speakers",
            "rows have more than two speakers",
        ),
    ),
    (
        "label_twice",
        Mark.LABEL_TWICE,
        "completion",
        (
            "行的答案又以标签开头，而标签已在提示末尾",
            "completion begins with a label, though the prompt ends with one",
            "completions begin with a label, though the prompt ends with one",
        ),
    ),
    (
        "unlabelled_line",
        Mark.UNLABELLED,
        "",
        (
            "行里有没有标签的台词",
            "row has a line without a label",
            "rows have lines without a label",
        ),
    ),
)


def role_order(dialogue: DialogueSurvey, lines: Numbers) -> Iterator[Finding]:
    for mark, field, said in _ORDER:
        yield from noticed("role_order", field, dialogue.having(mark), lines, said)


def labels(dialogue: DialogueSurvey, lines: Numbers) -> Iterator[Finding]:
    asks = dialogue.having(Mark.ASKS)
    yield from noticed("asked_label", "prompt", ~asks, lines, _NO_LABEL)
    for rule, mark, field, said in _LABELS:
        yield from noticed(rule, field, dialogue.having(mark) & asks, lines, said)


def completions_space_start(dialogue: DialogueSurvey, lines: Numbers) -> Iterator[Finding]:
    """Rows are to be alike; whether with a space or without is the file's own choice."""
    blank = dialogue.having(Mark.BLANK)
    spaced = dialogue.having(Mark.SPACED) & ~blank
    bare = ~spaced & ~blank
    with_space, without = int(spaced.sum()), int(bare.sum())
    if not with_space or not without:
        return
    as_lines = dialogue.having(Mark.LINES_SPACED).sum() > dialogue.having(Mark.LINES_BARE).sum()
    wanted = as_lines if with_space == without else with_space > without
    odd, count = (bare, without) if wanted else (spaced, with_space)
    rule = "completions_space_start"
    yield Finding(
        rule,
        Level.OPTIONAL,
        Words(
            f"{with_space:,} 个答案以空格开头，{without:,} 个没有",
            f"{counted(with_space, 'completion begins', 'completions begin')} with a space, "
            f"{without:,} without",
        ),
        "completion",
        count,
        listed(odd, lines),
        does=Words("补上空格", "put the space before the others")
        if wanted
        else Words("去掉空格", "take the space away from the others"),
        fix=fixes.Space(rule, "completion") if wanted else fixes.Unspace(rule, "completion"),
    )


def useless_space(dialogue: DialogueSurvey, tokens: TokenCounts) -> Iterator[Finding]:
    """Where all completions have the space, and it is a token of its own."""
    if tokens.space is None or tokens.space < _USELESS or not dialogue.having(Mark.SPACED).all():
        return
    yield Finding(
        "completions_space_start",
        Level.INFO,
        Words(
            f"答案都以空格开头，而 {tokens.counter.name} 用不上它：每行多约 {tokens.space:.1f} 个词元；"
            "渲染时可用 space=false",
            f"all completions begin with a space, of which {tokens.counter.name} has no use: it costs "
            f"about {tokens.space:.1f} tokens a row; render with space=false",
        ),
        "completion",
    )


def line_end(survey: Survey, dialogue: DialogueSurvey, lines: Numbers) -> Iterator[Finding]:
    """A completion ends its line, which is where generation stops."""
    rule, suffix = "common_completion_suffix", survey.completion.suffix.text or ""
    ended = dialogue.having(Mark.ENDED)
    if survey.rows < 2 and not ended.all():
        return  # whether a single completion has an ending of its own nobody can tell
    if ended.all() or _STOP.search(suffix):
        yield old.ending(rule, "completion", suffix or "\n", within=False)
        return
    count = int((~ended).sum())
    yield Finding(
        rule,
        Level.OPTIONAL,
        Words(
            f"{count:,} 个答案不以换行结尾，模型不知道何时停下",
            f"{counted(count, 'completion does', 'completions do')} not end with a line end, where "
            "a model would stop",
        ),
        "completion",
        count,
        listed(~ended, lines),
        does=Words("补上换行", "add a line end"),
        fix=fixes.End(rule, "completion", "\n", lacking=True),
    )


def told(finding: Finding) -> Finding:
    """The same to know only."""
    if finding.level is not Level.OPTIONAL:
        return finding
    return replace(finding, level=Level.INFO, does=None, fix=None)
