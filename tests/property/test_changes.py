"""The record of changes, applied to the rows of a file, gives the rows that were written."""

import json
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.prepare.checking import fixes
from xiangsheng.prepare.checking.fixes import Fix
from xiangsheng.prepare.checking.gathering import gathered
from xiangsheng.prepare.checking.sources import source_of
from xiangsheng.prepare.checking.writing import write_rows

TEXT = st.text('aB 好\0"\n', max_size=4)
VALUE = TEXT | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
WRONG = st.just([1]) | st.just({"a": "b"})
ROW = st.dictionaries(
    st.sampled_from(["prompt", "completion", "prompt", "completion", "Prompt", "other", "好"]),
    VALUE | TEXT | WRONG,
)
PAIR = st.fixed_dictionaries({"prompt": TEXT, "completion": TEXT})
ROWS: st.SearchStrategy[list[Any]] = st.lists(PAIR, max_size=8) | st.lists(
    PAIR | ROW | st.just([]), max_size=8
)
PLACES = st.frozensets(st.integers(0, 8), max_size=4)
FIELD = st.sampled_from(["prompt", "completion"])
FIX = st.one_of(
    st.builds(fixes.Drop, st.just("drop"), PLACES),
    st.builds(fixes.Lower, st.just("low"), FIELD),
    st.builds(fixes.End, st.just("end"), FIELD, TEXT, st.booleans()),
    st.builds(fixes.Behead, st.just("head"), FIELD, TEXT, TEXT),
    st.builds(fixes.Space, st.just("space"), FIELD),
)
LINE = '{"prompt":"p","completion":"c"}'


def written(lines: Sequence[str], mending: Sequence[Fix]) -> tuple[list[Any], list[Any]]:
    """The rows and the records that come of a file of these lines."""
    stream = BytesIO("".join(f"{line}\n" for line in lines).encode())
    source = source_of(stream, "a.jsonl", "jsonl")
    with gathered(source, "jsonl", skip_bad=True) as found, tempfile.TemporaryDirectory() as folder:
        result, rows, changes = write_rows(found, mending, Path(folder), record=True)
        new, records = (
            [json.loads(line) for line in out.read_bytes().splitlines()] for out in (rows, changes)
        )
    assert result.rows == len(new)
    assert result.changed == len(records)
    return new, records


def applied(lines: Sequence[str], records: Sequence[dict[str, Any]]) -> list[Any]:
    """What a reader of the page on the change record would do."""
    rows = dict[int, Any]()
    for number, line in enumerate(lines, 1):
        if line:
            rows[number] = line if line == "{" else json.loads(line)
    for record in records:
        line, before, after = record["line"], record["before"], record["after"]
        assert record["rules"]
        if line is None:
            for row in rows.values():
                if isinstance(row, dict) and before in row:
                    row[after] = row.pop(before)
        elif after is None:
            gone = rows.pop(line)
            assert gone == before or isinstance(before, str)
        else:
            row = rows[line]
            assert {key: row[key] for key in before} == before
            kept = {key: value for key, value in row.items() if key not in before}
            rows[line] = kept | after
    return list(rows.values())


@given(ROWS, st.lists(FIX, max_size=4))
def test_old_rows_and_the_record_give_the_new_rows(rows: list[Any], mending: list[Fix]) -> None:
    lines = [*(json.dumps(row, ensure_ascii=False) for row in rows), LINE]
    new, records = written(lines, mending)
    assert applied(lines, records) == new


@given(
    st.lists(st.sampled_from([LINE, "{", "[]", '{"prompt":[],"completion":{}}', ""]), max_size=6)
)
def test_lines_that_are_left_out_are_in_the_record(lines: list[str]) -> None:
    new, records = written([*lines, LINE], [])
    assert applied([*lines, LINE], records) == new


def test_a_row_that_two_steps_alter_and_a_third_leaves_out_is_recorded_as_it_was() -> None:
    mending: list[Fix] = [
        fixes.Lower("low", "prompt"),
        fixes.End("end", "completion", "!"),
        fixes.Drop("drop", frozenset((0,))),
    ]
    lines = ['{"prompt":"A","completion":"B"}', '{"prompt":"C","completion":"D"}']
    new, records = written(lines, mending)
    assert new == [{"prompt": "c", "completion": "D!"}]
    assert records == [
        {"line": 1, "rules": ["drop"], "before": json.loads(lines[0]), "after": None},
        {"line": 2, "rules": ["low", "end"], "before": json.loads(lines[1]), "after": new[0]},
    ]


def test_what_reading_did_comes_before_what_was_asked_for() -> None:
    line = '{"Prompt":1.50,"completion":"B","other":[null]}'
    new, records = written(
        [line, '{"completion":null,"other":2}'], [fixes.Lower("low", "completion")]
    )
    assert new == [{"prompt": "1.5", "completion": "b"}]
    assert records == [
        {"line": None, "rules": ["necessary_column"], "before": "Prompt", "after": "prompt"},
        {
            "line": 1,
            "rules": ["additional_column", "not_text"],
            "before": {"prompt": 1.5, "other": [None]},
            "after": {"prompt": "1.5"},
        },
        {
            "line": 2,
            "rules": ["non_empty_field"],
            "before": {"completion": None, "other": 2},
            "after": None,
        },
        {"line": 1, "rules": ["low"], "before": {"completion": "B"}, "after": {"completion": "b"}},
    ]
