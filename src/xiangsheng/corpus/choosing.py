"""What a person can do with a proposed window, and what becomes of it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Script
from xiangsheng.core.words import Words
from xiangsheng.corpus.decisions import Verdict
from xiangsheng.corpus.labels import SPACE
from xiangsheng.corpus.training_lines import TrainingLines
from xiangsheng.corpus.window_rules import faults
from xiangsheng.corpus.windows import Edit, Window, cut
from xiangsheng.corpus.writing import script_files


@dataclass(frozen=True, slots=True)
class Accept:
    pass


@dataclass(frozen=True, slots=True)
class Skip:
    reason: str


@dataclass(frozen=True, slots=True)
class Shift:
    """By so many lines, back where it is negative."""

    by: int


@dataclass(frozen=True, slots=True)
class Rewrite:
    """New texts of lines, by their number in the script; an empty one brings the old one back."""

    texts: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Back:
    """To the script that was settled last."""


@dataclass(frozen=True, slots=True)
class Quit:
    pass


Action = Accept | Skip | Shift | Rewrite | Back | Quit


@dataclass(frozen=True, slots=True)
class Candidate:
    """A window of a script with its edits; those of lines outside of it wait."""

    script: Script
    window: Window
    edits: tuple[Edit, ...] = ()

    @property
    def part(self) -> Script:
        """The window as a script of its own."""
        return cut(self.script, self.window, self.edits)


@dataclass(frozen=True, slots=True)
class Step:
    """What an action comes to: a verdict on the candidate as it then is."""

    verdict: Verdict
    candidate: Candidate
    reason: str = ""


def taken(
    candidate: Candidate, action: Accept | Skip | Shift | Rewrite, training: TrainingLines
) -> Step | Words:
    """The step, or why it cannot be taken."""
    match action:
        case Accept():
            return _accepted(candidate, training)
        case Skip(reason):
            reason = reason.strip()
            if not reason or not _is_text(reason):
                return Words("跳过要写明理由", "a skip needs a reason")
            return Step(Verdict.SKIP, candidate, reason)
        case Shift(by):
            moved = replace(candidate, window=candidate.window.shifted(by))
            if not moved.window.lies_in(candidate.script):
                return Words("剧本到头了，不能再移", "the script ends there")
            return Step(Verdict.SHIFT, moved)
        case Rewrite(texts):
            return _rewritten(candidate, texts)


def _accepted(candidate: Candidate, training: TrainingLines) -> Step | Words:
    window, part = candidate.window, candidate.part
    for fault in faults(part, training, window.first):
        if fault.forbids:
            return fault.words
    try:
        script_files([part])
    except DataError as error:
        return Words(f"写不成文件：{error}", f"it cannot be written: {error}")
    inside = tuple(edit for edit in candidate.edits if edit.line in window)
    return Step(Verdict.ACCEPT, replace(candidate, edits=inside))


def _rewritten(candidate: Candidate, texts: Mapping[int, str]) -> Step | Words:
    edits = {edit.line: edit for edit in candidate.edits}
    for line, new in texts.items():
        if line not in candidate.window:
            return Words("窗口里没有第 {n} 行", "line {n} is not in the window").fill(n=line)
        text = new.strip(SPACE)
        if not _is_text(text):
            return Words("第 {n} 行有控制字符", "line {n} holds a control character").fill(n=line)
        before = candidate.script.lines[line - 1].text
        edits[line] = Edit(line, before, text or before)
    kept = tuple(edits[line] for line in sorted(edits) if edits[line].after != edits[line].before)
    if kept == candidate.edits:
        return Words("什么也没改", "nothing was changed")
    return Step(Verdict.EDIT, replace(candidate, edits=kept))


def _is_text(text: str) -> bool:
    """Whether it holds neither control characters, such as an arrow key leaves, nor half ones."""
    return not any(unicodedata.category(character) in {"Cc", "Cs"} for character in text)
