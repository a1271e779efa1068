"""Odd, large and broken files: a clear word, the right lines, and nothing overwritten or half-written."""

import json
import zipfile

import pytest
from xlsxwriter import Workbook

from surfaces.command import Command
from surfaces.hostile import (
    FIXABLE,
    ROWS,
    bad_of,
    converted,
    left,
    lines,
    measured,
    one_line,
    read,
)

MOST_MB = 200


# What is too long, too deep or too much.


def check_long_line(command: Command, megabytes: int) -> None:
    one_line(command.folder / "long.jsonl", megabytes, ROWS, FIXABLE)
    done, peak = measured(command, "prepare", "long.jsonl", "-q", "--skip-bad")
    assert done.returncode == 0, done.stderr
    size = megabytes * (1 << 20) + len('{"prompt":"0:","completion":"b"}')
    assert (
        f'41:1: a line of {size:,} bytes; at most 2,097,152 are read: {{"prompt":"0:aaa'
        in done.stdout
    )
    assert read(command.folder / "long_prepared.jsonl") == ROWS  # those behind it are there twice
    assert peak < MOST_MB


def test_a_line_of_64_mb_is_told_and_the_rest_is_read(command: Command) -> None:
    check_long_line(command, 64)


@pytest.mark.soak
def test_a_line_of_a_gigabyte_is_told_and_the_rest_is_read(command: Command) -> None:
    check_long_line(command, 1024)


@pytest.mark.parametrize("extension", ["json", "csv", "tsv", "txt", "xlsx"])
def test_a_line_of_64_mb_in_other_files(command: Command, extension: str) -> None:
    one_line(command.folder / f"long.{extension}", 64, ROWS, ROWS)
    done, peak = measured(command, "prepare", f"long.{extension}", "-q")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert left(command) == {f"long.{extension}"}
    assert peak < 2 * MOST_MB  # read whole, but not more often than needed


@pytest.mark.parametrize("extension", ["json", "csv", "tsv", "txt", "xlsx"])
def test_a_gigabyte_in_other_files_is_not_even_read(command: Command, extension: str) -> None:
    with (command.folder / f"long.{extension}").open("wb") as stream:
        stream.truncate(1 << 30)  # takes no room on the disk
        stream.write(b"{")  # what a JSON file of a list begins with is read
    done, peak = measured(command, "prepare", f"long.{extension}", "-q")
    assert done.returncode == 3
    assert "larger than 268,435,456 bytes" in done.stderr
    assert peak < MOST_MB


@pytest.mark.parametrize("character", ["a", "啊", "😀"])
def test_lines_just_short_enough_stay_within_bounds(command: Command, character: str) -> None:
    """Sixty lines of almost 2 MB; one rare character makes all others of a text as wide as it."""
    text = "a" * (2_000_000 - len(character.encode())) + character
    with (command.folder / "long.jsonl").open("w", encoding="utf-8") as stream:
        for n in range(60):
            stream.write(f'{{"prompt":"{n}:","completion":"{n}{text}\\n"}}\n')
    done, peak = measured(command, "prepare", "long.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows_in"] == 60
    assert peak < MOST_MB


def test_json_nested_too_deeply_is_a_bad_line_like_others(command: Command) -> None:
    deep = [
        "[" * 10_000,
        '{"prompt":' * 10_000,
        '{"prompt":"a","completion":' + "[" * 101 + "]" * 101 + "}",
    ]
    command.write("deep.jsonl", "\n".join(deep) + "\n" + lines(FIXABLE))
    refused = command.call("prepare", "deep.jsonl", "-q")
    assert refused.code == 3
    assert [line.split(": ")[0] for line in bad_of(refused.out)] == ["1:1", "2:1", "3:1"]
    assert refused.out.count("nested too deeply") == 3
    assert command.call("prepare", "deep.jsonl", "-q", "--skip-bad").code == 0
    assert read(command.folder / "deep_prepared.jsonl") == ROWS
    assert [change["line"] for change in read(command.folder / "deep_prepared.changes.jsonl")][
        :3
    ] == [1, 2, 3]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_document_that_is_nested_too_deeply_is_an_error(command: Command, name: str) -> None:
    command.write(name, "[" * 10_000 + "]" * 10_000)
    result = command.call("prepare", name, "-q")
    assert result.code == 3
    assert "nested too deeply" in result.err + result.out


def test_a_workbook_that_would_fill_the_memory(command: Command) -> None:
    with (
        zipfile.ZipFile(command.folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(257):
            part.write(b" " * 1_048_576)
    done, peak = measured(command, "prepare", "bomb.xlsx", "-q")
    assert done.returncode == 3
    assert "inflates to too much" in done.stderr
    assert peak < 2 * MOST_MB


def test_a_thousand_keys_a_row_fill_neither_memory_nor_screen(command: Command) -> None:
    rows = [{**row, **{f"key {n} {m}": m for m in range(100)}} for n, row in enumerate(ROWS)]
    command.write("keys.jsonl", lines(rows))
    result = command.call("prepare", "keys.jsonl", "-q")
    assert result.code == 0
    assert len(result.out) < 5000
    assert read(command.folder / "keys_prepared.jsonl") == ROWS


# Bytes and characters.

NUL = b'{"prompt":"0:a\0","completion":"b"}'
RAW_HALF = b'{"prompt":"0:a\xed\xa0\x80","completion":"b"}'
HALF = b'{"prompt":"0:a","completion":"\\ud800"}'
TWICE = b'{"prompt":"0:a","completion":"b","completion":"c"}'
HIDDEN_TWICE = b'{"prompt":"0:a","pro\\u006dpt":"1:","completion":"b"}'
BAD_BYTE = '{"prompt":"0:您","completion":"'.encode() + b'\xff"}'
CUT = b'{"prompt":"0:a","completion":"b"'
NUMBER = b'{"prompt":"0:a","completion":NaN}'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (NUL, "3:15: not JSON: Invalid control character at"),
        (RAW_HALF, "3:15: byte 0xed is no UTF-8"),
        (HALF, "half a character"),
        (TWICE, "an object has the key 'completion' twice"),
        (HIDDEN_TWICE, "an object has the key 'prompt' twice"),
        (BAD_BYTE, "3:31: byte 0xff is no UTF-8"),
        (CUT, "3:33: not JSON: Expecting ',' delimiter"),
        (NUMBER, "NaN is no number"),
        (b"[1, 2]", "a row must be an object in braces"),
        (b'{"prompt":["0:"],"completion":"b"}', "the prompt is a list, not a text"),
    ],
)
def test_a_bad_line_is_told_with_its_place_and_the_rest_is_checked(
    command: Command, line: bytes, said: str
) -> None:
    before, after = lines(ROWS[:2]).encode(), lines(FIXABLE[2:]).encode()
    command.write("bad.jsonl", before + line + b"\n" + after)
    refused = command.call("prepare", "bad.jsonl", "-q")
    assert refused.code == 3
    (told,) = bad_of(refused.out)
    assert told.startswith("3:")
    assert said in told
    assert left(command) == {"bad.jsonl"}
    skipped = command.call("prepare", "bad.jsonl", "-q", "--skip-bad")
    assert skipped.code == 0
    assert read(command.folder / "bad_prepared.jsonl") == ROWS
    record, _ = read(command.folder / "bad_prepared.changes.jsonl")
    assert (record["line"], record["after"]) == (3, None)


def test_a_few_bad_bytes_in_chinese_text_are_told_line_by_line(command: Command) -> None:
    """And not taken for Latin of some kind, as a detector would."""
    text = lines(ROWS).encode().splitlines(keepends=True)
    for place in (4, 17):
        text[place] = text[place].replace("啊".encode(), b"\xe5\x95")
    command.write("bad.jsonl", b"".join(text))
    result = command.call("prepare", "bad.jsonl", "-q")
    assert result.code == 3
    assert [line.split(":")[0] for line in bad_of(result.out)] == ["5", "18"]
    assert "encoding" not in result.out
    assert "the file is in" not in result.out


@pytest.mark.parametrize("extension", ["csv", "txt", "json"])
def test_a_few_bad_bytes_elsewhere_are_told_with_their_lines(
    command: Command, extension: str
) -> None:
    text = "prompt,completion\n" + "您好,再见\n" * 30
    data = text.encode().splitlines(keepends=True)
    data[7], data[20] = b"\xff,b\n", b"a,\x80\n"
    command.write(f"bad.{extension}", b"".join(data))
    result = command.call("prepare", f"bad.{extension}", "-q")
    assert result.code == 3
    assert (
        f"bad.{extension}:8: text in utf-8 with other bytes on 2 of its lines: 8, 21" in result.err
    )
    assert left(command) == {f"bad.{extension}"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-8"])
@pytest.mark.parametrize("extension", ["jsonl", "json", "csv", "tsv", "txt"])
def test_every_encoding_that_is_recognised(command: Command, encoding: str, extension: str) -> None:
    rows = [
        {"prompt": f"0:您好，我说{n}\n1:", "completion": f" 是的，我们在这里{n}\n"}
        for n in range(30)
    ]
    delimiter = "\t" if extension == "tsv" else ","
    quoted = "".join(f'"{row["prompt"]}"{delimiter}"{row["completion"]}"\n' for row in rows)
    text = {
        "jsonl": lines(rows),
        "json": json.dumps(rows, ensure_ascii=False, indent=1),
        "txt": "".join(row["completion"] for row in rows),
    }.get(extension, f"prompt{delimiter}completion\n{quoted}")
    path = command.write(f"a.{extension}", text.encode(encoding))
    expected = [
        {"prompt": "", "completion": row["completion"].rstrip("\n")} if extension == "txt" else row
        for row in rows
    ]
    assert converted(path) == expected
    result = command.call("prepare", path.name, "--json")
    assert result.code == 0
    known = encoding if encoding.startswith("gb") else "utf-16-le"
    assert (f"the file is in {known}" in result.out) == (not encoding.startswith("utf-8"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_must_be_named(command: Command, encoding: str) -> None:
    command.write("a.jsonl", lines(ROWS).encode(encoding))
    refused = command.call("prepare", "a.jsonl", "-q")
    assert refused.code == 3
    assert f"--encoding {encoding}" in refused.err
    assert command.call("prepare", "a.jsonl", "-q", "--encoding", encoding).code == 0
    assert read(command.folder / "a_prepared.jsonl") == ROWS


@pytest.mark.parametrize("encoding", ["nonsense", "hex", "unicode_escape", "punycode", "undefined"])
def test_an_encoding_that_gives_no_text_is_refused(command: Command, encoding: str) -> None:
    command.write("a.txt", b"\\ud800 +2AA-\n\xff")
    result = command.call("prepare", "a.txt", "-q", "--encoding", encoding)
    assert result.code in {2, 3}
    assert result.err.startswith("Error: ")
    assert left(command) == {"a.txt"}


def test_characters_that_steer_a_terminal_are_shown_and_do_nothing(command: Command) -> None:
    command.write("a.jsonl", '{"prompt":"\\u001b[2J","\\u001b[31m":1,"a\\nb":2}\n{"x\x1b[2J\n')
    result = command.call("prepare", "a.jsonl", "-q")
    assert result.code == 3
    assert "\x1b" not in result.out + result.err
    assert not any(line.startswith("b") for line in result.out.splitlines())


# Ways to lay out rows.


def test_windows_line_ends_and_blank_lines(command: Command) -> None:
    text = lines(FIXABLE).replace("\n", "\r\n\r\n")
    command.write("a.jsonl", "\r\n \t\r\n" + text)
    result = command.call("prepare", "a.jsonl", "-q", "--json")
    assert result.code == 0
    (repeated,) = [
        one for one in json.loads(result.out)["findings"] if one["rule"] == "duplicated_rows"
    ]
    assert repeated["rows"] == [2 * len(ROWS) + 3]
    assert read(command.folder / "a_prepared.jsonl") == ROWS


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.jsonl", "", "there is no example to use"),
        ("a.jsonl", "\n \n\r\n", "there is no example to use"),
        ("a.jsonl", "\ufeff", "there is no example to use"),
        ("a.json", "", "there is no example to use"),
        ("a.json", "[]", "there is no example to use"),
        ("a.csv", "", "there is no example to use"),
        ("a.csv", "prompt,completion\n", "there is no example to use"),
        ("a.tsv", "\n\n", "there is no example to use"),
        ("a.txt", "", "there is no example to use"),
        ("a.txt", "\n\n", "there is no example to use"),
        ("a.csv", "prompt,completion\na,\nb,\n", "there is no example to use"),
    ],
)
def test_nothing_in_a_file_is_said(command: Command, name: str, text: str, said: str) -> None:
    command.write(name, text)
    result = command.call("prepare", name, "-q")
    assert (result.code, result.err) == (3, "")
    assert f"[fatal] {said}" in result.out
    assert left(command) == {name}


def test_one_row_is_a_file(command: Command) -> None:
    command.write("a.jsonl", lines(ROWS[:1]))
    result = command.call("prepare", "a.jsonl", "-q", "-o", "out.jsonl")
    assert result.code == 0
    assert read(command.folder / "out.jsonl") == ROWS[:1]
    split = command.call("prepare", "a.jsonl", "-q", "--split")
    assert split.code == 2
    assert "one row cannot be split" in split.err
    assert left(command) == {"a.jsonl", "out.jsonl"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (lines(FIXABLE), [41]),
        (lines(FIXABLE).replace("\n", "\n\n"), [81]),
        (json.dumps(FIXABLE), [41]),
        (json.dumps(FIXABLE, indent=2), [162]),
        (" ".join(map(json.dumps, FIXABLE)), [41]),
    ],
    ids=["lines", "blank lines", "a list in one line", "an indented list", "values in one line"],
)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_json_in_every_layout(command: Command, text: str, numbers: list[int], name: str) -> None:
    command.write(name, text)
    result = command.call("prepare", name, "-q", "--json")
    if name == "a.jsonl" and text.startswith("{") and "\n" not in text:
        assert result.code == 3  # it says of itself that it has a row a line
        return
    assert result.code == 0, result.out
    (repeated,) = [
        one for one in json.loads(result.out)["findings"] if one["rule"] == "duplicated_rows"
    ]
    assert repeated["rows"] == numbers
    assert read(command.folder / "a_prepared.jsonl") == ROWS


def test_a_single_object(command: Command) -> None:
    command.write("a.json", json.dumps(ROWS[0], indent=2))
    assert command.call("prepare", "a.json", "-q").code == 0
    assert read(command.folder / "a_prepared.jsonl") == ROWS[:1]


def test_cells_stay_as_they_are_written(command: Command) -> None:
    cells = [
        "NA",
        "null",
        "None",
        "nan",
        "N/A",
        "",
        "-1.50",
        "1e5",
        "TRUE",
        "=1+1",
        "'=1",
        "@x",
        " a ",
    ]
    table = "".join(f'"0:{n},""x""\n1:",{cell}\n' for n, cell in enumerate(cells))
    path = command.write("a.csv", f"prompt,completion\n{table}")
    found = converted(path)
    assert [row["completion"] for row in found] == [cell for cell in cells if cell]
    assert found[0]["prompt"] == '0:0,"x"\n1:'


def test_what_looks_like_a_formula_stays_as_it_is(command: Command) -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "=cmd|' /C calc'!A0"]
    rows = [{"prompt": text, "completion": text} for text in texts]
    path = command.write("a.jsonl", lines([*rows, {"prompt": "a", "completion": 1}]))
    assert converted(path) == [*rows, {"prompt": "a", "completion": "1"}]


def test_short_and_long_rows(command: Command) -> None:
    command.write("a.csv", 'prompt,completion,x\na,b\n\n"c\nd",e,f,,\ng,h,i,j\nk\nl,m,n\n')
    refused = command.call("prepare", "a.csv", "-q")
    assert refused.code == 3
    assert bad_of(refused.out) == ["6:1: 4 cells, and the first row has 3: j"]
    skipped = command.call("prepare", "a.csv", "-q", "--skip-bad", "--json")
    assert skipped.code == 0
    changes = read(command.folder / "a_prepared.changes.jsonl")
    lost = {change["line"]: change["rules"] for change in changes if change["after"] is None}
    assert lost == {6: ["bad_line"], 7: ["non_empty_field"]}
    assert len(read(command.folder / "a_prepared.jsonl")) == 3


def test_a_column_name_that_comes_twice(command: Command) -> None:
    command.write(
        "a.csv", "prompt,completion,completion\n" + "".join(f"q{n}>,a{n},b{n}\n" for n in range(9))
    )
    result = command.call("prepare", "a.csv", "-q")
    assert result.code == 0
    assert "columns that nothing reads: completion.1" in result.out
    changes = read(command.folder / "a_prepared.changes.jsonl")
    assert changes[0]["before"] == {"completion.1": "b0"}


def test_numbers_and_dates_of_a_workbook_and_its_other_sheets(command: Command) -> None:
    from datetime import datetime

    book = Workbook(command.folder / "a.xlsx")
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    first, second = book.add_worksheet("一"), book.add_worksheet("二")
    for sheet, start in ((first, 0), (second, 100)):
        sheet.write_row(0, 0, ["prompt", "completion"])
        for n in range(12):
            sheet.write(n + 1, 0, f"0:{n + start}\n1:")
            sheet.write(n + 1, 1, n + start + 0.5 if n % 2 else n + start)
    first.write_datetime(1, 1, datetime(2022, 2, 26), date)  # noqa: DTZ001 sheets know no zone
    first.write_boolean(2, 1, True)
    first.write_string(3, 1, "=1+1")
    book.close()
    result = command.call("prepare", "a.xlsx", "--json")
    assert result.code == 0, result.out
    assert "other sheets are not read: 二" in result.out
    found = [row["completion"] for row in converted(command.folder / "a.xlsx")]
    assert found[:5] == ["2022-02-26", "TRUE", "=1+1", "3.5", "4"]
    chosen = command.call("prepare", "a.xlsx", "-q", "--sheet", "二", "-o", "p.jsonl")
    assert chosen.code == 0
    assert read(command.folder / "p.jsonl")[0]["prompt"].startswith("0:100")
    assert command.call("prepare", "a.xlsx", "-q", "--sheet", "三").code == 2
