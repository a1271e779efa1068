"""Canonical JSON, and JSON lines whose mistakes have a place."""

import json
from typing import Any

import pytest

from xiangsheng.core.errors import DataError
from xiangsheng.files.json_rows import dump_rows, parse_json, parse_rows


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
