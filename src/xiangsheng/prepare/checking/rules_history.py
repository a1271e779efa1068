"""Prompts that repeat their history so often that another rendering costs a fraction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from xiangsheng.core.words import Words
from xiangsheng.prepare.checking.dialogue_survey import DialogueSurvey, dialogue_sizes
from xiangsheng.prepare.checking.finding import Finding, Level
from xiangsheng.prepare.checking.token_counts import TokenCounts

Priced: TypeAlias = Callable[[int, int], Words | None]
"""Of two numbers of training tokens, now and with the script rendering: what either would cost."""
WORTH = 2.0
"""Times less from which on it is told."""


@dataclass(frozen=True, slots=True)
class _Sizes:
    now: int
    once: int

    @property
    def times(self) -> float:
        return self.now / max(1, self.once)


def repeated_history(
    dialogue: DialogueSurvey, tokens: TokenCounts | None, priced: Priced | None
) -> Iterator[Finding]:
    """The script rendering has each line of a dialogue once, behind its label: the answers of all
    rows, and what comes before the first of them.
    """
    found = _in_tokens(dialogue, tokens) if tokens else _in_characters(dialogue)
    if found.times < WORTH:
        return
    unit = Words("个词元", "tokens") if tokens else Words("个字符", "characters")
    cost = priced(found.now, found.once) if tokens and priced else None
    yield Finding(
        "repeated_history",
        Level.INFO,
        Words(
            f"提示一再重复历史：用 script 格式训练同样的台词，只要 {found.once:,} {unit.zh}，"
            f"现在是 {found.now:,}，少到 {found.times:.1f} 分之一"
            + (f"；{cost.zh}" if cost else ""),
            f"prompts repeat their history: the script rendering trains the same lines with "
            f"{found.times:.1f} times fewer {unit.en}, {found.once:,} instead of {found.now:,}"
            + (f"; {cost.en}" if cost else ""),
        ),
        "prompt",
    )


def _in_characters(dialogue: DialogueSurvey) -> _Sizes:
    prompts = np.frombuffer(dialogue.prompts, dtype=np.int32)
    now = int(prompts.sum(dtype=np.int64)) + dialogue.characters
    first = dialogue_sizes(dialogue, prompts)
    return _Sizes(now, first + dialogue.characters + 2 * len(prompts))


def _in_tokens(dialogue: DialogueSurvey, tokens: TokenCounts) -> _Sizes:
    prompts, completions = tokens.sizes
    trained = int(completions.sum(dtype=np.int64))
    now = int(prompts.sum(dtype=np.int64)) + trained
    label = tokens.counter.count("0:")
    first = dialogue_sizes(dialogue, prompts)
    return _Sizes(now, first + trained + label * len(prompts))
