"""Script to questions: the prompts of the two experiments with what is compared afterwards."""

from dataclasses import dataclass, replace

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.generation import Prompt
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.prepare.chat import chat_before
from xiangsheng.prepare.pieces import check, head, render_lines, text_before


@dataclass(frozen=True, slots=True)
class Question:
    """One item of a task. `label` is who is to speak; `history` is every line before.

    `answer` holds the real lines that follow, as many as were asked for or as there are. Where
    the prompt holds them already, `scored` says where in its text: from and to for each line,
    its label left out, its line break included.
    """

    item: str
    script: str
    title: str
    prompt: Prompt
    label: str
    history: tuple[Line, ...]
    answer: tuple[Line, ...]
    scored: tuple[tuple[int, int], ...] = ()

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
    return _question(f"last-ten/{script.id}", script, rendering, given, asked)


def real_lines_prompt(
    script: Script, rendering: Rendering, given: int = 1, asked: int = 19
) -> Question:
    """The script as far as `given` + `asked` lines, to be read; the item is `real-lines/SCRIPT`.

    `history` shortens nothing here. Raises DataError for a script without a line to score, and
    UsageError for chat, where no model says how likely a text is.
    """
    check(rendering)
    if rendering.format is Format.CHAT:
        raise UsageError(
            "a chat model does not say how likely a text is",
            hint="score real lines with the turns, block or script format",
            code="rendering",
        )
    question = _question(f"real-lines/{script.id}", script, rendering, given, asked)
    text = head(script, rendering) + render_lines(script.lines[:given], rendering)
    scored = []
    for line in question.answer:
        text += render_lines((line,), rendering)
        scored.append((len(text) - len(line.text) - 1, len(text)))
    return replace(question, prompt=Prompt(text=text), scored=tuple(scored))


def _question(item: str, script: Script, rendering: Rendering, given: int, asked: int) -> Question:
    if len(script.lines) <= given:
        raise DataError(
            f"a script of {len(script.lines)} lines has none after the first {given}",
            where=script.id,
            hint="leave the script out of this task, or give fewer lines",
            code="too_short",
        )
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
