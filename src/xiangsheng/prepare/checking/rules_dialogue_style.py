"""Rows of dialogue that are rendered in another way than most, and other things to notice."""

from array import array
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from xiangsheng.core.words import Words
from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.dialogue_lines import Mask
from xiangsheng.prepare.checking.dialogue_marks import Mark
from xiangsheng.prepare.checking.dialogue_survey import DialogueSurvey
from xiangsheng.prepare.checking.finding import MOST_ROWS, Finding, Level

Numbers: TypeAlias = NDArray[np.int64]
"""Of each row its line in the file."""


def listed(which: Mask, lines: Numbers) -> tuple[int, ...]:
    """The lines that a finding lists."""
    return tuple(lines[np.flatnonzero(which)[:MOST_ROWS]].tolist())


def places_of(which: Mask) -> frozenset[int]:
    return frozenset(np.flatnonzero(which).tolist())


def noticed(
    rule: str, field: str, which: Mask, lines: Numbers, said: tuple[str, str, str]
) -> Iterator[Finding]:
    """To know, where there is any; said of so many rows in Chinese, of one and of more in English."""
    zh, one, many = said
    if count := int(which.sum()):
        yield Finding(
            rule,
            Level.INFO,
            Words(f"{count:,} {zh}", counted(count, one, many)),
            field,
            count,
            listed(which, lines),
        )


def mixed_renderings(dialogue: DialogueSurvey, lines: Numbers) -> Iterator[Finding]:
    """One file, one rendering: what is trained in two ways is learnt half as well."""
    having = dialogue.having
    head, asks = having(Mark.HEAD), having(Mark.ASKS)
    yield from _mixed(
        lines,
        "prompt",
        Words("标题头", "heads"),
        {Words("有", "with one"): head & asks, Words("没有", "without"): ~head & asks},
    )
    yield from _mixed(
        lines, "prompt", Words("标题头的结尾", "ends of heads"), _kinds(dialogue, dialogue.heads)
    )
    yield from _mixed(lines, "", Words("说话人的标签", "labels"), _kinds(dialogue, dialogue.pairs))
    for field, what, one, other, marks in (
        (
            "",
            Words("标签后的冒号", "colons behind labels"),
            Words("半角", "half-width"),
            Words("全角", "full-width"),
            (Mark.COLON, Mark.WIDE_COLON),
        ),
        (
            "",
            Words("标签和台词之间的空格", "spaces between label and text"),
            Words("有", "with one"),
            Words("没有", "without"),
            (Mark.LINES_SPACED, Mark.LINES_BARE),
        ),
    ):
        left, right = map(having, marks)
        both = Words("两种都有", "with both")
        groups = {one: left & ~right, other: right & ~left, both: left & right}
        yield from _mixed(lines, field, what, groups)


def mixed_widths(dialogue: DialogueSurvey, lines: Numbers) -> Iterator[Finding]:
    """Never mended: which width an author means is theirs to say."""
    having = dialogue.having
    field = "completion"
    half, full = having(Mark.HALF_COMPLETION), having(Mark.FULL_COMPLETION)
    if not half.any() or not full.any():  # completions are all of one width, or have none
        field = ""
        half, full = half | having(Mark.HALF_PROMPT), full | having(Mark.FULL_PROMPT)
    if not half.any() or not full.any():
        return
    halves, fulls = int(half.sum()), int(full.sum())
    yield Finding(
        "mixed_widths",
        Level.INFO,
        Words(
            f"汉字后面的标点宽度不一：{halves:,} {'个答案' if field else '行'}有半角 , ? !，"
            f"{fulls:,} {'个' if field else '行'}有全角 ，？！",
            "punctuation behind Chinese characters is half-width (, ? !) in "
            f"{counted(halves, field or 'row')}, full-width in {fulls:,}",
        ),
        field,
        min(halves, fulls),
        listed(half if halves <= fulls else full, lines),
    )


def _kinds(dialogue: DialogueSurvey, numbers: "array[int]") -> dict[Words, Mask]:
    """By name, which rows have what is numbered so; 0 is nothing."""
    found = np.frombuffer(numbers, dtype=np.uint16)
    kinds = np.unique(found[found > 0])
    return {_shown(dialogue.names[int(kind)]): found == kind for kind in kinds}


def _shown(name: str) -> Words:
    plain = name.replace("\n", "\\n")
    return Words(f"«{plain}»", f"«{plain}»")


def _mixed(
    lines: Numbers, field: str, what: Words, groups: Mapping[Words, Mask]
) -> Iterator[Finding]:
    """Where there are several groups: those that are not the greatest."""
    sized = sorted(((int(rows.sum()), name) for name, rows in groups.items()), key=lambda g: -g[0])
    sized = [(size, name) for size, name in sized if size]
    if len(sized) < 2:
        return
    others = np.logical_or.reduce([groups[name] for _, name in sized[1:]])
    told = Words.listed(
        Words(f"{name.zh} {size:,} 行", f"{counted(size, 'row')} {name.en}") for size, name in sized
    )
    yield Finding(
        "mixed_rendering",
        Level.INFO,
        Words(f"{what.zh}不一致：{told.zh}", f"{what.en} differ: {told.en}"),
        field,
        int(others.sum()),
        listed(others, lines),
    )
