"""parse ∘ render is the identity, and every character is trained that should be."""

import string
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.prepare.parse import parse_examples, parse_lines
from xiangsheng.prepare.questions import next_line_prompts
from xiangsheng.prepare.render import examples
from xiangsheng.prepare.rows import examples_jsonl, read_examples

SNIPPETS = st.sampled_from(
    [
        "0:",
        "1:",
        " 0: ",
        "###",
        "甲：",
        "“好”",
        "……",
        "ＡＢ，",
        "👨\u200d👩\u200d👧",
        "𠮷",
        "\u2028",
        "\r",
        "\x85",
    ]
)
TEXTS = st.one_of(
    st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=12),
    st.lists(SNIPPETS, max_size=4).map("".join),
    st.text(string.printable.replace("\n", ""), max_size=5),
)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Two speakers who may repeat themselves; 0 speaks first."""
    labels = ["0", *draw(st.lists(st.sampled_from("01"), min_size=1, max_size=12))]
    lines = tuple(Line(label, draw(TEXTS)) for label in labels)
    return Script("1", draw(TEXTS), lines, summary=draw(TEXTS))


@st.composite
def renderings(draw: st.DrawFn, form: Format) -> Rendering:
    return Rendering(
        format=form,
        header=draw(st.sampled_from(["", "{title}", Rendering().header])),
        separator=draw(st.sampled_from(["\n\n###\n\n", "\n\n", "\n\n===\n"])),
        space=draw(st.booleans()),
        summary=draw(st.booleans()),
        history=draw(st.none() | st.integers(1, 5)),
        given=draw(st.integers(1, 8)),
        asked=draw(st.integers(1, 8)),
    )


@given(scripts(), renderings(Format.TURNS))
def test_turns(script: Script, rendering: Rendering) -> None:
    made = examples([script], rendering)
    assert parse_examples(made, rendering) == script.lines
    gap = " " if rendering.space else ""
    assert [e.completion for e in made] == [f"{gap}{line.text}\n" for line in script.lines[1:]]


@given(scripts(), renderings(Format.BLOCK))
def test_block(script: Script, rendering: Rendering) -> None:
    made = examples([script], rendering)
    assert bool(made) is (len(script.lines) > rendering.given)
    if made:
        shown = script.lines[: rendering.given + rendering.asked]
        assert parse_examples(made, rendering) == shown


@given(scripts(), renderings(Format.SCRIPT))
def test_script(script: Script, rendering: Rendering) -> None:
    made = examples([script], rendering)
    assert parse_examples(made, rendering) == script.lines
    gap = " " if rendering.space else ""
    texts = [span.text for span in made[0].spans if span.trained][::2]
    assert texts == [f"{gap}{line.text}\n" for line in script.lines]


@given(scripts(), renderings(Format.CHAT))
def test_chat(script: Script, rendering: Rendering) -> None:
    for number, example in enumerate(examples([script], rendering)):
        assert parse_examples([example], rendering) == script.lines
        trained = "\n".join(m.content for m in example.messages if m.trained)
        own = [line.text for line in script.lines if line.speaker == str(number)]
        assert trained.split("\n") == own
        assert all(m.role == "assistant" for m in example.messages if m.trained)
        assert example.messages[0].role in {"system", "user"}


@given(scripts(), st.sampled_from(Format).flatmap(renderings))
def test_rows(script: Script, rendering: Rendering) -> None:
    made = examples([script], rendering)
    again = tuple(read_examples("".join(examples_jsonl(made)), "a.jsonl"))
    assert [(e.prompt, e.completion, e.messages) for e in again] == [
        (e.prompt, e.completion, e.messages) for e in made
    ]


@given(scripts(), renderings(Format.TURNS))
def test_a_question_is_the_training_prompt(script: Script, rendering: Rendering) -> None:
    asked = [question.prompt.text for question in next_line_prompts(script, rendering)]
    assert asked == [example.prompt for example in examples([script], rendering)]


@given(st.lists(TEXTS.map(str.strip).filter(bool), min_size=1, max_size=6), st.booleans())
def test_a_reference_is_parsed_back(texts: list[str], space: bool) -> None:  # noqa: FBT001
    lines = tuple(Line(str(n % 2), text) for n, text in enumerate(texts))
    script = Script("1", "", (Line("1", "起"), *lines))
    rendering = Rendering(Format.SCRIPT, space=space)
    (example,) = examples([replace(script, lines=lines)], rendering)
    assert parse_lines(example.completion, "0") == lines


@given(st.text(), st.sampled_from("01"))
def test_any_generated_text_is_parsed(text: str, label: str) -> None:
    lines = parse_lines(text, label)
    assert len(lines) <= text.count("\n") + 1
    assert all(line.text in text and "\n" not in line.text for line in lines)
