"""Whatever the bytes, `prepare` finds something, mends it or refuses it in words, and nothing else."""

import csv
import json
from io import BytesIO, StringIO
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from xiangsheng.core.errors import DataError, XiangshengError
from xiangsheng.files.delimited import parse_delimited
from xiangsheng.prepare.checking.finding import Finding, Level
from xiangsheng.prepare.checking.profiles import Profile
from xiangsheng.prepare.checking.sources import EXTENSIONS
from xiangsheng.verbs import prepare

ROWS = [
    {"prompt": f"0:您好{n}\n1:", "completion": f" {word}{n}\n"}
    for n, word in enumerate(["好", "再见", "OK", "", "您请", "是么"] * 2)
]
CHATS = [
    {
        "messages": [
            {"role": "system", "content": "对口相声"},
            {"role": "user", "content": f"您好{n}"},
            {"role": "assistant", "content": f"好{n}", "weight": n % 2},
        ]
    }
    for n in range(6)
]
PIECES = [
    b"{", b"}", b"[", b"]", b",", b":", b'"', b'""', b"\\", b"\n", b"\r", b"\r\n", b"\n\n", b"\t", b" ",
    b"\0", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\x80", b"\x1a", b"\x0c",
    b"\\ud800", b"\\u0000", b"\\u006f", b"null", b"NaN", b"1e999", b"12345678901234567890", b"true", b"[]", b"{}",
    b'"prompt"', b'"completion"', b'"Prompt"', b'"messages"', b'"role"', b'"content"', b'"weight":2,',
    b'"prompt":1,', b'{"prompt":"","completion":"x"}', b'{"messages":[]}', b"prompt,completion\n", b"=1+1,",
    "您好".encode(), "您好".encode("gb18030"), "😀".encode(), "\u2028\x85".encode(), b"[" * 150, b"PK\x03\x04",
]  # fmt: skip
ENCODINGS = [*["utf-8"] * 5, "utf-8-sig", "gb18030", "utf-16", "big5"]
NAMED = st.sampled_from(
    [None, None, "utf-8", "gb18030", "utf-16", "unicode_escape", "utf-7", "hex"]
)
PROFILES = st.sampled_from([None, None, *Profile])


def workbook(rows: list[dict[str, str]]) -> bytes:
    stream = BytesIO()
    book = Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, cells in enumerate([["prompt", "completion"], *(row.values() for row in rows)]):
        sheet.write_row(number, 0, list(cells))
    book.close()
    return stream.getvalue()


def table(delimiter: str) -> str:
    out = StringIO()
    writer = csv.DictWriter(out, ["prompt", "completion"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return out.getvalue()


def lines(rows: list[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


TEXTS = {
    "jsonl": [lines(ROWS), lines(CHATS), lines([*ROWS, *CHATS])],
    "json": [json.dumps(ROWS), json.dumps(CHATS, ensure_ascii=False, indent=1), lines(ROWS)],
    "csv": [table(",")],
    "tsv": [table("\t")],
    "txt": ["\n".join(row["completion"] for row in ROWS)],
}
VALID = {
    "xlsx": [workbook(ROWS)],
    **{
        extension: [text.encode(encoding, "ignore") for text, encoding in product(texts, ENCODINGS)]
        for extension, texts in TEXTS.items()
    },
}


def of_ascii(length: int) -> st.SearchStrategy[bytes]:
    return st.text(st.characters(max_codepoint=0x7F), min_size=length, max_size=length).map(
        str.encode
    )


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A sound file with a few places changed, doubled, cut out or put in, or cut short."""
    extension = draw(st.sampled_from(sorted(VALID)))
    data = bytearray(draw(st.sampled_from(VALID[extension])))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 12))
        match draw(st.sampled_from(["put", "put", "change", "double", "cut", "end"])):
            case "put":
                data[place:place] = draw(st.sampled_from(PIECES) | of_ascii(3))
            case "change":
                data[place : place + length] = draw(
                    of_ascii(length) | st.binary(min_size=length, max_size=length)
                )
            case "double":
                data[place:place] = data[place : place + 10 * length]
            case "cut":
                del data[place : place + length]
            case "end":
                del data[place:]
    return extension, bytes(data)


NOISE = st.tuples(
    st.sampled_from(EXTENSIONS),
    st.binary(max_size=80)
    | st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join)
    | st.lists(st.sampled_from([piece for piece in PIECES if piece.isascii()])).map(b"".join),
)


def check(path: Path, options: prepare.PrepareOptions, *, halves: bool) -> None:
    """The file checked and mended as with -q; a refusal is in words and leaves nothing."""
    data = path.read_bytes()
    written = refused = None
    try:
        with prepare.checking(path, options) as checked:
            assert checked.findings
            for finding in checked.findings:
                look(finding)
            if not checked.fatal:
                fixes = [fix for _, fix in checked.proposed]
                written = prepare.write(checked, fixes, None, lambda _: halves, lambda _: True)
    except XiangshengError as error:
        refused = error
    assert refused is None or (refused.message and refused.code)
    made = {*written.outputs, written.changes} - {None} if written else set()
    assert {*path.parent.iterdir()} == {path, *made}
    assert path.read_bytes() == data
    if written:
        rows = [row for output in written.outputs for row in read(output)]
        assert len(rows) == written.result.rows > 0
        assert all(map(is_example, rows))
        if written.changes:
            changes = read(written.changes)
            assert len(changes) == written.result.changed > 0
            assert all(set(change) == {"line", "rules", "before", "after"} for change in changes)


def look(finding: Finding) -> None:
    assert len(finding.rows) <= max(finding.count, 0)
    assert list(finding.rows) == sorted(finding.rows)
    assert len(finding.message.en) < 2000
    assert len(finding.example) < 500
    assert not (finding.fix and finding.level is Level.FATAL)


def read(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().decode().split("\n") if line]


def is_example(row: Any) -> bool:
    if set(row) == {"messages"}:
        return bool(row["messages"])
    return set(row) == {"prompt", "completion"} and all(
        isinstance(text, str) for text in row.values()
    )


@settings(max_examples=500)
@given(mutated() | NOISE, PROFILES, NAMED, st.integers(0, 3))
def test_any_file(
    file: tuple[str, bytes], profile: Profile | None, encoding: str | None, chance: int
) -> None:
    extension, data = file
    options = prepare.PrepareOptions(profile, encoding=encoding, skip_bad=bool(chance % 2))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{extension}"
        path.write_bytes(data)
        check(path, options, halves=chance > 1)


@given(st.sampled_from([(kind, data) for kind, many in VALID.items() for data in many]))
def test_the_sound_files_are_sound(file: tuple[str, bytes]) -> None:
    """Otherwise their changed copies would test little."""
    extension, data = file
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{extension}"
        path.write_bytes(data)
        check(path, prepare.PrepareOptions(), halves=False)


CELLS = st.text(st.sampled_from('ab好,;\t"\r\n\x85\u2028\0 '), max_size=40)


@given(CELLS, st.sampled_from(",\t"))
def test_rows_of_a_table_are_those_of_the_library(text: str, delimiter: str) -> None:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    expected: list[tuple[int, list[str]]] = []
    broken = None
    while broken is None:
        number = reader.line_num + 1
        try:
            expected.append((number, next(reader)))
        except StopIteration:
            break
        except csv.Error:
            broken = number
    if broken:
        with pytest.raises(DataError) as refused:
            parse_delimited(text, "a", delimiter)
        assert refused.value.where == f"a:{broken}"
    else:
        found = parse_delimited(text, "a", delimiter)
        assert [(row.number, list(row.cells)) for row in found.rows] == expected
