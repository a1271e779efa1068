"""Canonical JSON, and JSON lines whose mistakes have a place."""

import json
from typing import Any

import pytest

from xiangsheng.core.errors import DataError
from xiangsheng.files import json_rows
from xiangsheng.files.json_rows import dump_rows, parse_json, parse_rows, parse_values


def test_rows_go_out_and_come_back_with_their_line_numbers() -> None:
    rows: list[dict[str, Any]] = [
        {"prompt": "甲：\u2028“好”/", "completion": " 👨\u200d👩\u200d👧\n"},
        {"z": 1, "a": 2},
    ]
    text = "".join(dump_rows(rows))
    assert "甲：" in text
    assert list(parse_rows(text.replace("\n", "\n\n"), "a.jsonl")) == [(1, rows[0]), (3, rows[1])]


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ('{"a":1}\n{"a":}\n', "a.jsonl:2:6", "not JSON"),
        ("{}\n\n[1]\n", "a.jsonl:3", "must be an object"),
        ('{"a":"\\ud83d"}', "a.jsonl:1", "lone surrogate"),
        ('{}\n{"a":1, "b": {"标": 1, "标": 2}}', "a.jsonl:2", "the key '.u6807' twice"),
        ("[" * 100_000, "a.jsonl:1", "cannot be read"),
        ('{"a":' + "9" * 5000 + "}", "a.jsonl:1", "cannot be read"),
    ],
)
def test_a_bad_row_has_its_place(text: str, where: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as refused:
        list(parse_rows(text, "a.jsonl"))
    assert refused.value.where == where


def test_a_document_is_parsed_as_python_parses_it() -> None:
    assert parse_json('{"标题": "说\\n大话"}', "a.cfg") == json.loads('{"标题": "说\\n大话"}')


LINES = '{"a": 1}\n\n{"a":\n  2}\r\n{"a": "\u2028"}'
LIST = '\n[{"a": 1},\n {"a": 2}\n ,\n\n {"a": "\u2028"}]\n'


@pytest.mark.parametrize(
    ("text", "lines"),
    [(LINES, [1, 3, 5]), (LIST, [2, 3, 6]), ('{"a": 1}', [1]), ("", []), (" [ ] ", [])],
)
def test_values_of_lines_and_of_a_list_have_the_line_they_begin_on(
    text: str, lines: list[int]
) -> None:
    values = list(parse_values(text, "a.json"))
    assert [line for line, _ in values] == lines
    assert [value["a"] for _, value in values] == [1, 2, "\u2028"][: len(lines)]


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ('{"a": 1}\n{"a": }', "a.json:2:7", "Expecting value"),
        ('[{"a": 1}\n {"a": 2}]', "a.json:2:2", "Expecting ',' delimiter"),
        ('[{"a": 1},\n]', "a.json:2:1", "Expecting value"),
        ('[{"a": 1},', "a.json:1:11", "Expecting value"),
        ("[", "a.json:1:2", "Expecting value"),
        ('[]\n{"a": 1}', "a.json:2:1", "Extra data"),
        ('[{"a": 1}]\n[', "a.json:2:1", "Extra data"),
        ('{"a": 1}\n\n{"a": 1, "a": 2}', "a.json:3", "the key 'a' twice"),
        ('{"a": 1}\n{"a": ' + "[" * 10_000, "a.json:2", "nested too deeply"),
        ('{"a": 1}\n' + '{"a":' * 10_000, "a.json:2", "nested too deeply"),
        ('[1,\n"\\udc00"]', "a.json:2", "lone surrogate"),
    ],
)
def test_a_bad_value_has_its_place(text: str, where: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as refused:
        list(parse_values(text, "a.json"))
    assert refused.value.where == where
    assert refused.value.hint


def test_a_line_that_nobody_wrote_is_refused_before_it_is_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_rows, "LONGEST_LINE", 20)
    assert list(parse_values('{"a": "' + "x" * 11 + '"}\n{}', "a.json"))
    with pytest.raises(DataError, match="a line of 21 characters") as refused:
        list(parse_values('{}\n{"a": "' + "x" * 12 + '"}', "a.json"))
    assert refused.value.where == "a.json:2"
