"""Scripts as text to learn from: turns, block and script."""

from xiangsheng.core.example import Example, Span
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.script import Script
from xiangsheng.prepare.pieces import after_label, head, render_lines, text_before


def turns(script: Script, rendering: Rendering) -> tuple[Example, ...]:
    """One example for every line but the first: all before it (or the window) and its label,
    then its text and a line break, which alone are trained.
    """
    return tuple(
        Example(
            script=script.id,
            spans=(
                Span(text_before(script, before, rendering), trained=False),
                Span(after_label(line.text, rendering), trained=True),
            ),
        )
        for before, line in enumerate(script.lines)
        if before > 0
    )


def block(script: Script, rendering: Rendering) -> tuple[Example, ...]:
    """One example: head and the first `given` lines, then up to `asked` more, which are trained
    with their labels but for the first, which ends the prompt. None for a shorter script.

    The completion opens with a space even where the rendering puts none behind labels: so do the
    published examples of 2022, as the services of that year advised.
    """
    given = script.lines[: rendering.given]
    asked = script.lines[rendering.given : rendering.given + rendering.asked]
    if not asked:
        return ()
    label = f"{asked[0].speaker}:"
    prompt = head(script, rendering) + render_lines(given, rendering) + label
    answer = render_lines(asked, rendering).removeprefix(label)
    completion = answer if rendering.space else f" {answer}"
    spans = (Span(prompt, trained=False), Span(completion, trained=True))
    return (Example(script=script.id, spans=spans),)


def whole(script: Script, rendering: Rendering) -> tuple[Example, ...]:
    """One example: the head and the first label, then every line's text, supervised once.

    Later labels are trained too, for a model asked for several lines has to write them. Texts and
    labels are spans of their own, so that a long script can be cut before any label.
    """
    if not script.lines:
        return ()
    first, *others = script.lines
    spans = [
        Span(f"{head(script, rendering)}{first.speaker}:", trained=False),
        Span(after_label(first.text, rendering), trained=True),
    ]
    for line in others:
        spans.append(Span(f"{line.speaker}:", trained=True))
        spans.append(Span(after_label(line.text, rendering), trained=True))
    return (Example(script=script.id, spans=tuple(spans)),)
