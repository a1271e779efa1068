"""Script to questions: the prompts of the two experiments with what is compared afterwards."""

from dataclasses import dataclass

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.generation import Prompt
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.prepare.chat import chat_before
from xiangsheng.prepare.pieces import check, text_before


@dataclass(frozen=True, slots=True)
class Question:
    """One item of a task. `label` is who is to speak; `history` is every line before.

    `answer` holds the real lines that follow, as many as were asked for or as there are.
    """

    item: str
    script: str
    title: str
    prompt: Prompt
    label: str
    history: tuple[Line, ...]
    answer: tuple[Line, ...]

    @property
    def task(self) -> str:
        """The task the item belongs to."""
        return self.item.partition("/")[0]

    @property
    def reference(self) -> str:
        """The real continuation as a model would write it: the first line's text, then
        `label:text` lines; for one line its text alone.
        """
        first, *others = self.answer
        return "\n".join([first.text, *(f"{line.speaker}:{line.text}" for line in others)])


def next_line_prompts(
    script: Script, rendering: Rendering, given: int = 19
) -> tuple[Question, ...]:
    """Line k + 1 asked for after lines 1 … k, for k = 1 … `given` or as far as the script goes.

    Items are `next-line/SCRIPT/KK`, so that they sort by k.
    """
    check(rendering)
    last = min(given, len(script.lines) - 1)
    return tuple(
        _question(f"next-line/{script.id}/{k:02d}", script, rendering, k, 1)
        for k in range(1, last + 1)
    )


def last_lines_prompt(
    script: Script, rendering: Rendering, given: int = 10, asked: int = 10
) -> Question:
    """Lines after the first `given`, asked for at once; the item is `last-ten/SCRIPT`.

    Raises DataError for a script without a line to compare with, and UsageError for chat, where
    the model speaks for one of the two only.
    """
    check(rendering)
    if rendering.format is Format.CHAT:
        raise UsageError(
            "a chat model speaks for one of the two and cannot write both speakers' lines",
            hint="ask for several lines with the turns, block or script format",
            code="rendering",
        )
    if len(script.lines) <= given:
        raise DataError(
            f"a script of {len(script.lines)} lines has none after the first {given}",
            where=script.id,
            hint="leave the script out of this task, or give fewer lines",
            code="too_short",
        )
    return _question(f"last-ten/{script.id}", script, rendering, given, asked)


def _question(item: str, script: Script, rendering: Rendering, given: int, asked: int) -> Question:
    return Question(
        item=item,
        script=script.id,
        title=script.title,
        prompt=prompt_before(script, given, rendering),
        label=script.lines[given].speaker,
        history=script.lines[:given],
        answer=script.lines[given : given + asked],
    )


def prompt_before(script: Script, before: int, rendering: Rendering) -> Prompt:
    """What is asked to get line `before`, counted from 0, in the rendering's own shape."""
    if rendering.format is Format.CHAT:
        return Prompt(messages=chat_before(script, before, rendering))
    return Prompt(text=text_before(script, before, rendering))
