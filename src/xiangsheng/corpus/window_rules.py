"""What lines in a row must be to ask a model about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from xiangsheng.core.script import Line, Script
from xiangsheng.core.words import Words
from xiangsheng.corpus.training_lines import TrainingLines

LONGEST_LINE = 120
"""Characters: a longer line is a recitation, and its continuation nobody's next line."""

MEDIAN_LENGTH = (4, 60)
"""Characters; below it is a list, above it no dialogue."""

SHORT_REPLY = 3
"""Characters up to which a reply is one word (是啊。), of which half of the lines may be."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that lines break. One that `forbids` cannot be overruled by a person."""

    code: str
    words: Words
    forbids: bool = False


def faults(script: Script, training: TrainingLines, first: int = 1) -> tuple[Fault, ...]:
    """All rules that a window breaks, cut out as `script`, whose lines count from `first`."""
    lines = script.lines
    lengths = [len(line.text) for line in lines]
    found = []
    for number, line in enumerate(lines, first):
        if holder := training.holder(script.id, line.text):
            found.append(_shared(number, holder))
    if len({line.speaker for line in lines}) < 2:
        found.append(_ONE_SPEAKER)
    elif same := same_speaker_steps(lines):
        found.append(Fault("same_speaker", _SAME.fill(n=same)))
    if max(lengths) > LONGEST_LINE:
        found.append(Fault("long_line", _LONG.fill(n=max(lengths), most=LONGEST_LINE)))
    least, most = MEDIAN_LENGTH
    if not least <= median(lengths) <= most:
        middle = f"{median(lengths):g}"
        found.append(Fault("median", _MEDIAN.fill(n=middle, least=least, most=most)))
    if (short := short_replies(lengths)) > len(lines) / 2:
        found.append(Fault("short", _SHORT.fill(n=short, of=len(lines), most=SHORT_REPLY)))
    return tuple(found)


def same_speaker_steps(lines: Sequence[Line]) -> int:
    """How often one speaker has two lines in a row."""
    return sum(before.speaker == after.speaker for before, after in pairwise(lines))


def short_replies(lengths: Sequence[int]) -> int:
    return sum(length <= SHORT_REPLY for length in lengths)


_ONE_SPEAKER = Fault("one_speaker", Words("只有一个人说话", "only one of the two speaks"), True)
_SAME = Words("同一个人连说了 {n} 次", "the same speaker goes on {n} times")
_LONG = Words("最长一行 {n} 字，超过 {most}", "a line of {n} characters, above {most}")
_MEDIAN = Words(
    "行长中位数 {n} 字，不在 {least} 到 {most} 之间",
    "the median line has {n} characters, not {least} to {most}",
)
_SHORT = Words(
    "{of} 行中有 {n} 行不超过 {most} 字", "{n} of {of} lines have {most} characters or fewer"
)


def _shared(number: int, holder: str) -> Fault:
    words = Words(
        "第 {n} 行也在训练剧本 {holder} 里", "line {n} is also in the training script {holder}"
    )
    return Fault("in_training", words.fill(n=number, holder=holder), forbids=True)
