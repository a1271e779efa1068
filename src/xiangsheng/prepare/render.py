"""Script to examples, by the rendering's format."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from xiangsheng.core.example import Example
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Script
from xiangsheng.prepare.chat import chat
from xiangsheng.prepare.pieces import check
from xiangsheng.prepare.text_examples import block, turns, whole

_FORMATS: Mapping[Format, Callable[[Script, Rendering], tuple[Example, ...]]] = {
    Format.TURNS: turns,
    Format.BLOCK: block,
    Format.SCRIPT: whole,
    Format.CHAT: chat,
}


def examples(scripts: Iterable[Script], rendering: Rendering) -> tuple[Example, ...]:
    """All examples of all scripts, in order; UsageError for a rendering that cannot be."""
    check(rendering)
    render = _FORMATS[rendering.format]
    return tuple(example for script in scripts for example in render(script, rendering))


def half_untitled(scripts: Sequence[Script]) -> tuple[Script, ...]:
    """Every second script without its title and summary, so that a model trained on them also
    knows prompts without a head, such as those of the untitled test set.
    """
    return tuple(
        replace(script, title="", summary="") if position % 2 else script
        for position, script in enumerate(scripts)
    )
