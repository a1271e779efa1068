"""A file that we rendered tells its rendering again."""

from dataclasses import replace
from itertools import product

import pytest

from xiangsheng.core.example import Example, Message, Span
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.corpus.study import bundled
from xiangsheng.prepare.recognise import recognise
from xiangsheng.prepare.render import examples, half_untitled
from xiangsheng.prepare.rows import check_examples, examples_jsonl


@pytest.mark.parametrize(
    ("format_", "titled", "space"),
    [*product((Format.TURNS, Format.BLOCK, Format.SCRIPT), (True, False), (True, False))],
)
def test_what_corpus_render_writes_is_recognised(
    format_: Format, *, titled: bool, space: bool
) -> None:
    rendering = Rendering(format_, header=Rendering().header if titled else "", space=space)
    scripts = half_untitled(bundled().train[:8])
    text = "".join(examples_jsonl(examples(scripts, rendering)))
    found, faults = check_examples(text, "data.jsonl", 1)
    assert not faults
    assert recognise(found) == rendering


def test_a_chat_is_a_chat() -> None:
    rendering = Rendering(Format.CHAT)
    text = "".join(examples_jsonl(examples(bundled().train[:4], rendering)))
    assert recognise(check_examples(text, "data.jsonl", 1)[0]) == rendering


def test_summaries_are_seen() -> None:
    scripts = [replace(script, summary="两个人说话") for script in bundled().train[:4]]
    rendering = Rendering(summary=True)
    assert recognise(examples(scripts, rendering)) == rendering


@pytest.mark.parametrize(
    ("example", "format_"),
    [
        (Example("1", (Span("Q: 1+1\nA:", False), Span(" 2\n", True))), Format.TURNS),
        (Example("1", (Span("Q: 1+1\nA:", False), Span(" 2", True))), Format.BLOCK),
        (Example("1", (Span("一首诗\n二行\n", True),)), Format.SCRIPT),
        (Example("1", messages=(Message("assistant", "2", True),)), Format.CHAT),
    ],
)
def test_what_others_wrote_has_a_format_too(example: Example, format_: Format) -> None:
    found = recognise([example])
    assert found.format is format_
    assert found.header == ""
