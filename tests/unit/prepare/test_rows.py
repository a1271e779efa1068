"""Examples as JSON lines in OpenAI's two shapes."""

import json

import pytest

from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example, Message, Span
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.prepare.render import examples
from xiangsheng.prepare.rows import examples_jsonl, read_examples

SCRIPT = Script("1", "大话", (Line("0", "“一”"), Line("1", "二\u2028/"), Line("0", "三")))


def test_a_completion_row_is_what_the_service_takes() -> None:
    (line, _) = examples_jsonl(examples([SCRIPT], Rendering(header="")))
    assert line == '{"prompt": "0: “一”\\n1:", "completion": " 二\u2028/\\n"}\n'


def test_a_chat_row_is_what_the_service_takes() -> None:
    (_, line) = examples_jsonl(examples([SCRIPT], Rendering(Format.CHAT, header="")))
    assert json.loads(line) == {
        "messages": [
            {"role": "user", "content": "“一”"},
            {"role": "assistant", "content": "二\u2028/"},
            {"role": "user", "content": "三"},
        ]
    }


def test_an_untrained_assistant_has_weight_0() -> None:
    messages = (Message("assistant", "一"), Message("user", "二"), Message("assistant", "三", True))
    text = "".join(examples_jsonl([Example("1", messages=messages)]))
    assert text.count('"weight": 0') == 1
    assert next(read_examples(text, "a.jsonl")).messages == messages


@pytest.mark.parametrize("form", list(Format))
def test_rows_come_back_as_the_same_examples(form: Format) -> None:
    before = examples([SCRIPT], Rendering(form, given=1))
    after = tuple(read_examples("".join(examples_jsonl(before)), "a.jsonl"))
    assert [(e.prompt, e.completion, e.messages) for e in after] == [
        (e.prompt, e.completion, e.messages) for e in before
    ]
    assert [e.script for e in after] == [str(n) for n in range(1, len(before) + 1)]


def test_an_empty_prompt_stays_empty() -> None:
    (example,) = read_examples('{"prompt": "", "completion": "一"}', "a.jsonl")
    assert example.spans == (Span("一", trained=True),)
    assert (example.prompt, example.completion) == ("", "一")


@pytest.mark.parametrize(
    "row",
    [
        "{}",
        '{"prompt": "一"}',
        '{"prompt": "一", "completion": null}',
        '{"prompt": "一", "completion": "二", "note": "三"}',
        '{"messages": []}',
        '{"messages": "一"}',
        '{"messages": ["一"]}',
        '{"messages": [{"role": "dougen", "content": "一"}]}',
        '{"messages": [{"role": ["user"], "content": "一"}]}',
        '{"messages": [{"role": "user"}]}',
        '{"messages": [{"role": "assistant", "content": "一", "weight": 2}]}',
        '{"messages": [{"role": "assistant", "content": "一", "weight": [0]}]}',
        '{"messages": [{"role": "user", "content": "一", "name": "甲"}]}',
    ],
)
def test_other_shapes_are_refused_at_their_line(row: str) -> None:
    with pytest.raises(DataError) as refused:
        list(read_examples('{"prompt": "a", "completion": "b"}\n' + row, "a.jsonl"))
    assert refused.value.where == "a.jsonl:2"
    assert refused.value.hint
