"""The checks of OpenAI's tool of 2022 that look at texts, in its order.

Same triggers, same fixes, but for the defects that docs/reference/prepare.md lists.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from xiangsheng.core.words import Words
from xiangsheng.prepare.checking import fixes
from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.finding import Finding, Level, first, removed
from xiangsheng.prepare.checking.survey import COMPLETION_MARKS, PROMPT_MARKS, Survey, Task

Rule = Callable[[Survey], Iterator[Finding]]

LONGEST_PREFIX = 12
"""Characters that all prompts may begin with before the tool of 2022 would remove them."""
SHORTEST_COMMON = 5
"""Characters in common at the beginning of all completions that are worth removing."""
LONG_MARK = 10


def format_inferrer(survey: Survey) -> Iterator[Finding]:
    if survey.task is Task.CLASSIFICATION:
        yield Finding(
            "format_inferrer",
            Level.INFO,
            Words(
                "答案很少重样：看来是分类；小模型就够，并应留出一部分作验证（--split）",
                "few different answers: it looks like classification, for which a small model such "
                "as ada is enough; hold some rows out (--split)",
            ),
        )


def duplicated_rows(survey: Survey) -> Iterator[Finding]:
    places = survey.repeated()
    if places:
        yield Finding(
            "duplicated_rows",
            Level.OPTIONAL,
            Words(
                f"{len(places):,} 行与前面的行完全相同",
                f"{counted(len(places), 'row equals', 'rows equal')} an earlier one",
            ),
            "prompt-completion",
            len(places),
            first(survey.lines[place] for place in places),
            does=removed(len(places)),
            fix=fixes.Drop("duplicated_rows", frozenset(places)),
        )


def long_examples(survey: Survey) -> Iterator[Finding]:
    if survey.long and survey.task is not Task.OPEN_ENDED:
        count = len(survey.long)
        yield Finding(
            "long_examples",
            Level.OPTIONAL,
            Words(
                f"{count:,} 个样本超过 10,000 字符，模型只看得到一部分",
                f"{counted(count, 'example is', 'examples are')} longer than 10,000 characters, more "
                "than models of 2022 read",
            ),
            "",
            count,
            first(survey.lines[place] for place in survey.long),
            does=removed(count),
            fix=fixes.Drop("long_examples", frozenset(survey.long)),
        )


def lower_case(survey: Survey, field: str) -> Iterator[Finding]:
    """Where Chinese characters outnumber letters, a few names in capitals say nothing."""
    if survey.column(field).letters.shouting:
        yield Finding(
            "lower_case",
            Level.OPTIONAL,
            Words(
                f"{field} 里三分之一以上的字母是大写",
                f"more than a third of the letters in {field} are capitals",
            ),
            field,
            does=Words(f"把 {field} 全部改成小写", f"write every {field} in small letters"),
            fix=fixes.Lower("lower_case", field),
        )


def common_prompt_suffix(survey: Survey) -> Iterator[Finding]:
    column, rule = survey.prompt, "common_prompt_suffix"
    if survey.task is Task.OPEN_ENDED or survey.rows < 2:
        return
    if column.prefix.is_all:
        yield Finding(
            rule,
            Level.FATAL,
            Words(
                "所有提示都一样；若要自由生成，请留空",
                "all prompts are the same; leave them empty for open-ended generation",
            ),
            "prompt",
            survey.rows,
            example=shown(column.prefix.text),
        )
    elif suffix := column.suffix.text:
        yield ending(rule, "prompt", suffix, within=column.suffix.within)
    else:
        barred = {"\n", " ->"} if "\n" not in column.marks.free else {"\n"}
        free = (mark for mark in PROMPT_MARKS if mark in column.marks.free and mark not in barred)
        mark = next(free, "\n\n### =>\n\n")
        yield Finding(
            rule,
            Level.OPTIONAL,
            Words(
                "提示没有共同的结尾，模型不知道从哪里开始作答",
                "prompts have no common ending that tells a model where to answer",
            ),
            "prompt",
            does=Words(f"每个提示后面加上 {shown(mark)}", f"add {shown(mark)} to every prompt"),
            fix=fixes.End(rule, "prompt", mark),
        )


def common_prompt_prefix(survey: Survey, *, declared: bool = False) -> Iterator[Finding]:
    """`declared`: the beginning belongs to a format that prompts have on purpose, and stays."""
    prefix, rule = survey.prompt.prefix.text, "common_prompt_prefix"
    if not prefix or survey.prompt.prefix.is_all:
        return
    removable = len(prefix) > LONGEST_PREFIX and not declared
    yield Finding(
        rule,
        Level.OPTIONAL if removable else Level.INFO,
        Words(f"所有提示都以 {shown(prefix)} 开头", f"all prompts begin with {shown(prefix)}")
        if not declared
        else Words(
            f"所有提示都以 {shown(prefix)} 开头；这是剧本格式的一部分，保留",
            f"all prompts begin with {shown(prefix)}, which belongs to the dialogue's format and stays",
        ),
        "prompt",
        example=shown(prefix),
        does=Words("从每个提示中删去", "remove it from every prompt") if removable else None,
        fix=fixes.Behead(rule, "prompt", survey.prompt.prefix.whole) if removable else None,
    )


def common_completion_prefix(survey: Survey) -> Iterator[Finding]:
    column, rule = survey.completion.prefix, "common_completion_prefix"
    prefix = column.text
    if len(prefix) < SHORTEST_COMMON or column.is_all:
        return
    # A completion that is nothing more would have nothing left.
    removable = column.least != prefix
    yield Finding(
        rule,
        Level.OPTIONAL if removable else Level.INFO,
        Words(f"所有答案都以 {shown(prefix)} 开头", f"all completions begin with {shown(prefix)}"),
        "completion",
        example=shown(prefix),
        does=Words("从每个答案中删去", "remove it from every completion") if removable else None,
        fix=fixes.Behead(rule, "completion", column.whole, " " if prefix[0] == " " else "")
        if removable
        else None,
    )


def common_completion_suffix(survey: Survey) -> Iterator[Finding]:
    column, rule = survey.completion, "common_completion_suffix"
    if survey.rows > 1 and column.prefix.is_all:
        yield Finding(
            rule,
            Level.FATAL,
            Words(
                "所有答案都一样，模型只会重复它",
                "all completions are the same: a model would only repeat it",
            ),
            "completion",
            survey.rows,
            example=shown(column.prefix.text),
        )
    elif survey.task is not Task.CONDITIONAL or survey.rows < 2:
        return
    elif suffix := column.suffix.text:
        yield ending(rule, "completion", suffix, within=column.suffix.within)
    else:
        free = (mark for mark in COMPLETION_MARKS if mark in column.marks.free)
        mark = next(free, " [END]")
        yield Finding(
            rule,
            Level.OPTIONAL,
            Words(
                "答案没有共同的结尾，模型不知道何时停下",
                "completions have no common ending that tells a model where to stop",
            ),
            "completion",
            does=Words(f"每个答案后面加上 {shown(mark)}", f"add {shown(mark)} to every completion"),
            fix=fixes.End(rule, "completion", mark),
        )


def completions_space_start(survey: Survey) -> Iterator[Finding]:
    if survey.rows and not survey.spaced:
        yield Finding(
            "completions_space_start",
            Level.OPTIONAL,
            Words(
                "答案不以空格开头；GPT-3 的分词器更习惯有空格",
                "completions do not begin with a space, which suits GPT-3's tokenizer better",
            ),
            "completion",
            does=Words("在前面加一个空格", "put a space before them"),
            fix=fixes.Space("completions_space_start", "completion"),
        )


def rules_2022(*, declared: bool) -> Sequence[Rule]:
    """In the order in which they speak; a fatal one is the last."""
    return (
        format_inferrer,
        duplicated_rows,
        long_examples,
        partial(lower_case, field="prompt"),
        partial(lower_case, field="completion"),
        common_prompt_suffix,
        partial(common_prompt_prefix, declared=declared),
        common_completion_prefix,
        common_completion_suffix,
        completions_space_start,
    )


def shown(text: str) -> str:
    """A text for a message: its line breaks visible, not longer than a line."""
    plain = text.replace("\n", "\\n").replace("\t", "\\t")
    return f"«{plain}»" if len(plain) <= 60 else f"«{plain[:60]}…»"


def ending(rule: str, field: str, suffix: str, *, within: bool) -> Finding:
    zh = f"所有 {field} 都以 {shown(suffix)} 结尾"
    en = f"all {field}s end with {shown(suffix)}"
    if len(suffix) > LONG_MARK:
        zh, en = zh + "，有点长", en + ", which is long"
    if within:
        zh, en = zh + "；它在有些文本中间也出现", en + "; some hold it before their end too"
    return Finding(rule, Level.INFO, Words(zh, en), field, example=shown(suffix))
