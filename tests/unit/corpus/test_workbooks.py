"""Workbooks: every sheet that holds scripts, or the one that is asked for."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.corpus.reading import read

ROWS = [("角色", "台词"), ("甲", "您好"), ("乙", "您好。")]


def book(path: Path, *sheets: Sequence[Sequence[Any]], names: Sequence[str] = ()) -> Path:
    stream = BytesIO()
    made = Workbook(stream, {"in_memory": True})
    for n, rows in enumerate(sheets):
        sheet = made.add_worksheet(names[n] if names else None)
        for number, row in enumerate(rows):
            sheet.write_row(number + 2, 1, row)
    made.close()
    path.write_bytes(stream.getvalue())
    return path


def test_one_sheet_is_called_after_its_file_and_several_after_themselves(tmp_path: Path) -> None:
    (script,) = read(book(tmp_path / "段子.xlsx", ROWS)).scripts
    assert (script.id, [line.text for line in script.lines]) == ("段子", ["您好", "您好。"])
    several = book(tmp_path / "b.xlsx", ROWS, (), ROWS, names=("一", "空", "二"))
    assert [script.id for script in read(several).scripts] == ["一", "二"]
    assert [script.id for script in read(several, sheet="二").scripts] == ["b"]
    with pytest.raises(UsageError) as refused:
        read(several, sheet="三")
    assert refused.value.hint == "sheets are 一, 二"


def test_a_sheet_of_something_else_is_left_out_with_a_notice(tmp_path: Path) -> None:
    other = [("年", "月"), (2022, 5)]
    path = book(tmp_path / "a.xlsx", other, ROWS)
    reading = read(path)
    assert [script.id for script in reading.scripts] == ["Sheet2"]
    (notice,) = reading.warnings
    assert (notice.code, notice.where) == ("passed_over", f"{path}[Sheet1]:3")
    for alone in (book(tmp_path / "b.xlsx", other), path):
        with pytest.raises(DataError, match="its columns are: 年, 月"):
            read(alone, sheet="Sheet1")


def test_a_mistake_in_one_sheet_is_no_reason_to_leave_it_out(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ROWS, [*ROWS, ("", "谁说的？")])
    with pytest.raises(DataError, match="a line without a speaker") as refused:
        read(path)
    assert refused.value.where == f"{path}[Sheet2]:6"


def test_numbers_in_a_text_are_said_and_as_ids_are_not(tmp_path: Path) -> None:
    rows = [("剧本", "角色", "台词"), (1, 0, 3.1), (1, 1, 4), (1, 0, "五")]
    reading = read(book(tmp_path / "a.xlsx", rows))
    (script,) = reading.scripts
    assert (script.id, [line.text for line in script.lines]) == ("1", ["3.1", "4", "五"])
    (notice,) = reading.warnings
    assert "the text is a number and was written out, as 1 more are" in notice.message
    assert notice.where.endswith("[Sheet1]:4")


def test_the_content_decides_before_the_name(tmp_path: Path) -> None:
    path = book(tmp_path / "a.csv", ROWS)
    assert len(read(path).scripts) == 1
    (tmp_path / "b.xlsx").write_text("角色,台词\n", encoding="utf-8")
    with pytest.raises(DataError, match="not a workbook"):
        read(tmp_path / "b.xlsx")
    (tmp_path / "c.csv").write_text("角色,台词\n", encoding="utf-8")
    with pytest.raises(UsageError, match="only a workbook has sheets"):
        read(tmp_path / "c.csv", sheet="一")


def test_a_workbook_in_a_folder_is_read(tmp_path: Path) -> None:
    book(tmp_path / "a.xlsx", ROWS)
    assert [script.id for script in read(tmp_path).scripts] == ["a"]
