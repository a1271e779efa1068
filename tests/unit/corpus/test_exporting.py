"""Every format gives back every character of a script, or says which it cannot hold."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from support import c3_folder
from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Line, Provenance, Role, Script, Speaker
from xiangsheng.corpus.exporting import TableFormat, exported
from xiangsheng.corpus.reading import read, read_bytes

SCRIPT = Script(
    id="大话",
    title="'=1+1",
    lines=(Line("0", "=HYPERLINK(1)"), Line("0", " -好，\u2028\t"), Line("1", "\"'@")),
    genre="",
    summary="+\x0b\x1b\x85",
    speakers=(Speaker("0", "乙", Role.PENGEN), Speaker("1", "", Role.DOUGEN)),
    provenance=Provenance("@http://a.example", "CC0"),
)
EVERY = pytest.mark.parametrize("form", list(TableFormat))


@EVERY
def test_scripts_come_back_with_everything(form: TableFormat) -> None:
    scripts = (SCRIPT, replace(SCRIPT, id="2", title=""))
    reading = read_bytes(exported(scripts, form), f"a.{form}")
    assert reading.scripts == scripts
    assert reading.warnings == ()


def test_a_csv_is_for_excel_and_runs_nothing() -> None:
    text = exported([SCRIPT], TableFormat.CSV).decode()
    assert text.startswith("\ufeffscript,order,title,")
    cells = [cell.strip('"') for row in text.split("\r\n")[1:] for cell in row.split(",")]
    assert cells
    assert not [cell for cell in cells if cell.lstrip().startswith(tuple("=+-@"))]


def test_a_json_line_is_one_line_with_chinese_as_it_is() -> None:
    text = exported([SCRIPT, replace(SCRIPT, id="2")], TableFormat.JSONL).decode()
    assert text.count("\n") == 2
    assert '"id": "大话"' in text


def test_a_person_may_add_rows_and_columns_to_ours() -> None:
    plain = replace(SCRIPT, title="大话")
    rows = exported([plain], TableFormat.CSV).decode().rstrip("\r\n").split("\r\n")
    edited = "\n".join(
        f"{row},{note}" for row, note in zip(rows, ["备注", *"abcdef"], strict=False)
    )
    edited += "\n大话,2.5,,,,,,1,,,'tis,x\n"
    (script,) = read_bytes(edited.encode(), "a.csv").scripts
    assert [line.text for line in script.lines] == [
        *(line.text for line in plain.lines[:2]),
        "'tis",
        "\"'@",
    ]


CHANGES: dict[str, Callable[[str], Script]] = {
    "id": lambda odd: replace(SCRIPT, id=odd),
    "title": lambda odd: replace(SCRIPT, title=odd),
    "summary": lambda odd: replace(SCRIPT, summary=odd),
    "source": lambda odd: replace(SCRIPT, provenance=Provenance(odd)),
    "name of 1": lambda odd: replace(SCRIPT, speakers=(Speaker("0"), Speaker("1", odd))),
    "line 2": lambda odd: replace(SCRIPT, lines=(Line("0", "好"), Line("1", odd))),
}


@EVERY
@pytest.mark.parametrize("odd", ["a\0", "\ud83d", "一\n二", "一\r二"])
@pytest.mark.parametrize("what", list(CHANGES))
def test_what_is_no_text_is_refused_by_its_name(form: TableFormat, odd: str, what: str) -> None:
    script = CHANGES[what](odd)
    with pytest.raises(DataError) as refused:
        exported([replace(SCRIPT, id="first"), script], form)
    assert f"{what} holds a" in refused.value.message
    assert refused.value.where == ascii(script.id)[1:-1]
    assert str(refused.value).encode()


@EVERY
@pytest.mark.parametrize(
    "bad",
    [
        replace(SCRIPT, lines=(Line("0", ""), *SCRIPT.lines)),
        replace(SCRIPT, lines=(Line("1", "一"), Line("0", "二"))),
        replace(SCRIPT, lines=(Line("0", "一"), Line("2", "二"))),
        replace(SCRIPT, lines=(Line("0", "一"),)),
        replace(SCRIPT, lines=()),
        replace(SCRIPT, id=""),
        replace(SCRIPT, id="first"),
        replace(SCRIPT, speakers=(Speaker("0", "甲"),)),
    ],
)
def test_what_no_reader_would_give_is_refused(form: TableFormat, bad: Script) -> None:
    with pytest.raises(DataError, match="cannot be written") as refused:
        exported([replace(SCRIPT, id="first"), bad], form)
    assert refused.value.hint


def test_what_a_sheet_has_no_room_for_is_refused_not_cut() -> None:
    long = replace(SCRIPT, lines=(*SCRIPT.lines, Line("1", "长" * 32_768)))
    with pytest.raises(DataError, match="no room in a sheet: row 5, a cell of 32,768"):
        exported([long], TableFormat.XLSX)
    with pytest.raises(DataError, match="its lines cannot be written as xlsx"):
        exported([replace(SCRIPT, lines=(*SCRIPT.lines, Line("1", "\uffff")))], TableFormat.XLSX)
    assert read_bytes(exported([long], TableFormat.CSV), "a.csv").scripts == (long,)
    longer = replace(SCRIPT, lines=(*SCRIPT.lines, Line("1", "长" * 140_000)))
    with pytest.raises(DataError, match="a cell longer than 131,072 characters"):
        exported([longer], TableFormat.CSV)


@pytest.mark.real_data
@EVERY
def test_the_real_scripts_come_back(form: TableFormat) -> None:
    scripts = read(c3_folder() / "scripts").scripts
    again = read_bytes(exported(scripts, form), f"c3.{form}").scripts
    assert again == scripts
