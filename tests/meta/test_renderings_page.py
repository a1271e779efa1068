"""The pictures in docs/explain/renderings.md are what the code renders."""

import re
from itertools import groupby

import pytest

from support import ROOT
from xiangsheng.core.example import Example
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.prepare.render import examples

PAGE = (ROOT / "docs" / "explain" / "renderings.md").read_text(encoding="utf-8")
PICTURE = re.compile(r"^## `(\w+)`.*?```text\n(.*?)```", re.MULTILINE | re.DOTALL)
SCRIPT = Script(
    id="1",
    title="排队",
    lines=(
        Line("0", "您猜我排了多久的队？"),
        Line("1", "多久？"),
        Line("0", "从立春排到谷雨。"),
        Line("1", "您这是种地呢？"),
    ),
)


def marked(text: str, *, trained: bool) -> str:
    shown = text.replace("\n", "⏎\n")
    if not trained:
        return shown
    return f"⟦{shown[:-1]}⟧\n" if text.endswith("\n") else f"⟦{shown}⟧"


def picture(example: Example) -> str:
    """An example with its trained characters marked; neighbouring trained spans are one mark."""
    if example.messages:
        return "".join(
            f"{one.role}: {marked(one.content, trained=one.trained)}\n" for one in example.messages
        )
    return "".join(
        marked("".join(span.text for span in run), trained=trained)
        for trained, run in groupby(example.spans, key=lambda span: span.trained)
    )


@pytest.mark.parametrize("kind", list(Format))
def test_each_format_is_drawn_as_it_is_rendered(kind: Format) -> None:
    pictures = dict(PICTURE.findall(PAGE))
    rendering = Rendering(format=kind, given=2, asked=2)
    drawn = "\n".join(map(picture, examples([SCRIPT], rendering)))
    assert pictures[kind.value] == drawn
