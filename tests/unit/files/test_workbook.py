"""XLSX: what its cells hold comes back; what would hurt is refused before it is read."""

import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, time
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from xiangsheng.core.errors import DataError
from xiangsheng.files import workbook_check
from xiangsheng.files.table import Odd, Row, Table
from xiangsheng.files.workbook import is_workbook, read_workbook, write_workbook

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffe\uffff"), max_size=8)
SHEET = "xl/worksheets/sheet1.xml"


def made(fill: Callable[[Any], object], *more: Callable[[Any], object]) -> bytes:
    """A workbook as somebody else writes it, a sheet a function."""
    stream = BytesIO()
    book = Workbook(stream, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for one in (fill, *more):
        one(book.add_worksheet())
    book.close()
    return stream.getvalue()


def changed(data: bytes, change: Callable[[bytes], bytes], name: str = SHEET) -> bytes:
    """The same with one part changed."""
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            part = old.read(info)
            new.writestr(info.filename, change(part) if info.filename == name else part)
    return stream.getvalue()


def refusal(data: bytes) -> DataError:
    with pytest.raises(DataError) as refused:
        read_workbook(data, "a.xlsx")
    assert refused.value.where == "a.xlsx"
    assert refused.value.hint
    return refused.value


SMALL = made(lambda sheet: sheet.write(0, 0, "好"))


def test_a_cell_is_text_and_says_where_it_was_none() -> None:
    def fill(sheet: Any) -> None:
        for place, value in enumerate(["文", 3, 0.5, True, date(2022, 5, 1), time(8, 30), ""]):
            sheet.write(2, place + 1, value)
        sheet.write_formula(3, 1, "=1+1", None, "二")

    (table,) = read_workbook(made(fill, lambda _empty: None), "a.xlsx")
    assert (table.where, table.sheet) == ("a.xlsx[Sheet1]", "Sheet1")
    first, second = table.rows
    assert first.number == 3
    assert first.cells[:5] == ("文", "3", "0.5", "TRUE", "2022-05-01")
    assert first.cells[5].endswith("08:30:00")
    assert first.odd == {1: Odd.NUMBER, 2: Odd.NUMBER, 3: Odd.TRUTH, 4: Odd.DATE, 5: Odd.DATE}
    assert (second.number, second.cells[0], second.odd) == (4, "二", {})


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
def test_rows_come_back(rows: list[tuple[str, str]]) -> None:
    rows = [("a", "b"), *rows, ("c", "d")]
    (table,) = read_workbook(write_workbook(rows, "scripts", "a"), "a.xlsx")
    assert table.rows == tuple(Row(n, row) for n, row in enumerate(rows, 1))


def test_the_same_rows_are_the_same_bytes() -> None:
    assert write_workbook([("a",)], "s", "a") == write_workbook([("a",)], "s", "a")


def test_no_cell_is_a_formula_not_even_when_it_is_edited() -> None:
    data = write_workbook([("=1+1", "@SUM(A1)", "http://a.example", "'=2")], "s", "a")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        sheet, styles = archive.read(SHEET), archive.read("xl/styles.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    assert b'quotePrefix="1"' in styles
    assert sheet.count(b's="1"') == 4


@pytest.mark.parametrize(
    "rows",
    [[("x" * 32_768,)], [("",)] * 2 + [("x" * 40_000,)], [("𠮷" * 16_384,)]],
    ids=["long", "third", "rare"],
)
def test_a_cell_that_a_sheet_cannot_hold_is_refused_not_cut(rows: list[tuple[str]]) -> None:
    with pytest.raises(DataError, match=f"row {len(rows)}, a cell of"):
        write_workbook(rows, "s", "a")


def test_workbooks_are_known_by_their_content() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("1.txt", "xl/workbook.xml")
    assert is_workbook(SMALL)
    assert not is_workbook(stream.getvalue())
    assert not is_workbook(b"PK\x03\x04 no zip")
    assert not is_workbook("甲：您好".encode())


def test_old_and_locked_and_damaged_workbooks_are_named() -> None:
    assert "password" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100).message
    assert "not a workbook" in refusal(b"a,b\n").message
    assert "cannot be read" in refusal(SMALL[:-30]).message
    assert "not XML" in refusal(changed(SMALL, lambda part: part[:-5])).message
    no_sheet = changed(SMALL, lambda part: part.replace(b"sheetData", b"nothing"))
    assert read_workbook(no_sheet, "a.xlsx") == ()


def test_two_cells_far_apart_do_not_fill_the_memory() -> None:
    def corners(sheet: Any) -> None:
        sheet.write(0, 0, "x")
        sheet.write(1_048_575, 16_383, "y")

    assert "span 17,179,869,184 places" in refusal(made(corners)).message


def test_a_long_text_that_many_cells_share_does_not_either(monkeypatch: pytest.MonkeyPatch) -> None:
    def column(sheet: Any) -> None:
        for row in range(1000):
            sheet.write(row, 0, "长")
            sheet.write(row, 1, f"{row}")

    data = made(column, column)
    shared = changed(
        data, lambda part: part.replace("长".encode(), b"x" * 50_000), "xl/sharedStrings.xml"
    )
    assert len(shared) < 50_000
    assert "its cells hold 100,005,780 characters" in refusal(shared).message
    monkeypatch.setattr(workbook_check, "CHARACTERS", 7779)
    assert "its cells hold 7,780 characters" in refusal(data).message
    monkeypatch.setattr(workbook_check, "CHARACTERS", 7780)
    assert len(read_workbook(data, "a.xlsx")) == 2
    unnumbered = changed(data, lambda part: part.replace(b"<v>0</v>", b"<v>-1</v>"))
    assert "has a text number '-1'" in refusal(unnumbered).message


@pytest.mark.parametrize("count", ["4294967295", "-1", "x", ""])
def test_a_count_that_nobody_counted_is_refused(count: str) -> None:
    said = re.compile(rb'uniqueCount="\d+"')
    data = changed(
        SMALL,
        lambda part: said.sub(f'uniqueCount="{count}"'.encode(), part),
        "xl/sharedStrings.xml",
    )
    assert "says uniqueCount" in refusal(data).message


def test_many_sheets_of_one_content_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = re.compile(rb'<sheet name="Sheet1"[^>]*/>')
    many = b"".join(b'<sheet name="S%d" sheetId="%d" r:id="rId1"/>' % (n, n) for n in range(1, 101))
    data = changed(SMALL, lambda part: sheet.sub(many, part), "xl/workbook.xml")
    assert len(read_workbook(data, "a.xlsx")) == 100
    monkeypatch.setattr(workbook_check, "CELLS", 99)
    assert "its sheets hold more than 100 cells" in refusal(data).message


def test_cells_without_a_place_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(part: bytes) -> bytes:
        cells = b"<row>" + b"<c><v>1</v></c>" * 20 + b"</row>"
        inside = b"<sheetData>" + cells * 10 + b"</sheetData>"
        return part.replace(
            part[part.index(b"<sheetData") : part.index(b"</sheetData>") + 12], inside
        )

    data = changed(SMALL, rows)
    (table,) = read_workbook(data, "a.xlsx")
    assert [len(row.cells) for row in table.rows] == [20] * 10
    monkeypatch.setattr(workbook_check, "CELLS", 199)
    assert "span 200 places" in refusal(data).message


def test_a_far_cell_that_holds_nothing_is_no_harm() -> None:
    def styled(sheet: Any) -> None:
        sheet.write(0, 0, "x")
        sheet.set_row(1_048_575, 40)

    (table,) = read_workbook(made(styled), "a.xlsx")
    assert table.rows == (Row(1, ("x",)),)


def test_a_bomb_is_refused_while_it_inflates() -> None:
    bomb = changed(SMALL, lambda part: part + b" " * 3_000_000)
    assert len(bomb) < 20_000
    with pytest.raises(DataError, match="inflates to too much"):
        workbook_check.checked_workbook(bomb, "a.xlsx", limit=1_000_000)


def test_entities_and_odd_places_are_refused() -> None:
    declared = b'<!DOCTYPE a [<!ENTITY b "c">]>'
    entities = changed(SMALL, lambda part: part.replace(b"?>", b"?>" + declared, 1))
    assert "declares a document type" in refusal(entities).message
    row = changed(SMALL, lambda part: part.replace(b'<row r="1"', b'<row r="99999999"'))
    assert "has a row" in refusal(row).message


@pytest.mark.parametrize("place", ["AAAA1", "A12345678", "A", "1", "Ａ1"])
def test_a_cell_that_is_nowhere_is_refused(place: str) -> None:
    odd = changed(SMALL, lambda part: part.replace(b'r="A1"', f'r="{place}"'.encode()))
    assert "has a cell at" in refusal(odd).message


@given(st.data())
def test_whatever_is_damaged_is_a_data_error(data: st.DataObject) -> None:
    name = data.draw(
        st.sampled_from(
            [
                SHEET,
                "xl/workbook.xml",
                "xl/sharedStrings.xml",
                "[Content_Types].xml",
                "xl/_rels/workbook.xml.rels",
                "xl/styles.xml",
            ]
        )
    )

    def damage(part: bytes) -> bytes:
        cut = sorted(data.draw(st.tuples(*[st.integers(0, len(part))] * 2)))
        middle = data.draw(
            st.sampled_from([b"", b"9", b"<", b"\xff", b"-1", b"</c>", b"NaN", b"1e999"])
        )
        return part[: cut[0]] + middle + part[cut[1] :]

    damaged = changed(SMALL, damage, name)
    with suppress(DataError):
        assert all(isinstance(table, Table) for table in read_workbook(damaged, "a.xlsx"))
