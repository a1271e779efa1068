"""CSV, TSV, workbooks and plain text: R3 … R5 and R8."""

from parity.case import (
    CHINESE,
    NOTHING,
    PLAIN,
    TIGHT,
    WRITTEN,
    Case,
    Instead,
    sheet,
    table,
    workbook,
)

TEXT = "prompt,completion\noak ->, a\n{}\nelm ->, b\n"
NA = ("NA", "null", "None", "nan", "N/A", "n/a")
NA_ROWS = [(f"{n} ->", f"{word}") for n, word in enumerate(NA)]
LATIN = table([("oak ->", " répéter\n"), ("elm ->", " noël\n")])


TABLES = [
    Case("csv", "data.csv", table(PLAIN), "Rn V11i V14i", "written"),
    Case("csv BOM", "data.csv", b"\xef\xbb\xbf" + table(PLAIN), "Rn V11i V14i", "written"),
    Case("csv crlf", "data.csv", table(PLAIN, ending="\r\n"), "Rn V11i V14i", "written"),
    Case(
        "csv cr",
        "data.csv",
        table([("oak ->", " a."), ("elm ->", " b.")], ending="\r"),
        "Rn V11i V14i",
        "written",
    ),
    Case(
        "csv quotes",
        "data.csv",
        table([(f'"{p}", said\nhe ->', f' "{c}",\n') for p, c in PLAIN]),
        "Rn V11i V12i V14i",
        "written",
    ),
    Case("csv blank lines", "data.csv", TEXT.format("\n\n").encode(), "Rn V11i V14o", "written"),
    Case(
        "csv short row", "data.csv", TEXT.format("ash ->").encode(), "Rn V5n V11i V14o", "written"
    ),
    Case(
        "csv empty cells",
        "data.csv",
        TEXT.format(',\n"",""').encode(),
        "Rn V5n V11i V14o",
        "written",
    ),
    Case(
        "csv blank cell", "data.csv", TEXT.format("ash ->,  ").encode(), "Rn V11i V14o", "written"
    ),
    Case(
        "csv leading zeros",
        "data.csv",
        TEXT.format("007 ->, 1.50").encode(),
        "Rn V11i V14o",
        "written",
    ),
    Case(
        "csv columns turned",
        "data.csv",
        b"completion,prompt\n a.,oak ->\n b.,elm ->\n",
        "Rn V11i V14i",
        "written",
    ),
    Case(
        "csv extra column",
        "data.csv",
        b"id,prompt,completion\n1,oak ->, a.\n2,elm ->, b.\n",
        "Rn V4n V11i V14i",
        "written",
    ),
    Case(
        "csv trailing comma",
        "data.csv",
        b"prompt,completion,\noak ->, a.,\nelm ->, b.,\n",
        "Rn V4n V11i V14i",
        "written",
    ),
    Case(
        "csv same header twice",
        "data.csv",
        b"prompt,prompt,completion\noak ->,x, a.\nelm ->,y, b.\n",
        "Rn V4n V11i V14i",
        "written",
    ),
    Case(
        "csv space in header",
        "data.csv",
        b" prompt, completion\noak, a\nelm, b\n",
        "Rn V2f",
        "fatal",
    ),
    Case("csv semicolons", "data.csv", b"prompt;completion\noak;a\nelm;b\n", "Rn V2f", "fatal"),
    Case("csv late wide row", "data.csv", TEXT.format("ash ->, c, d").encode(), "Rf", "fatal"),
    Case("csv open quote", "data.csv", TEXT.format('"ash ->, c').encode(), "Rf", "fatal"),
    Case("csv empty", "data.csv", b"", "Rf", "fatal"),
    Case("csv newline only", "data.csv", b"\n", "Rf", "fatal"),
    Case(
        "csv header only", "data.csv", b"prompt,completion\n", "Rn V15o", "written", (14,), NOTHING
    ),
    Case(
        "csv not available",
        "data.csv",
        table(NA_ROWS),
        "Rn V5n V15o",
        "written",
        (4,),
        Instead(ending="written", rows=[(p, f" {c}\n") for p, c in NA_ROWS]),
    ),
    Case(
        "csv GB18030",
        "data.csv",
        table(CHINESE).decode().encode("gb18030"),
        "Rf",
        "fatal",
        (6,),
        Instead(fires="V11i V12i V14i", ending="written", rows=CHINESE),
    ),
    Case(
        "csv UTF-16",
        "data.csv",
        table(TIGHT).decode().encode("utf-16"),
        "Rf",
        "fatal",
        (6,),
        WRITTEN,
    ),
    Case(
        "csv rows wider than the header",
        "data.csv",
        b"prompt,completion\nlost,oak ->, a.\nlost,elm ->, b.\n",
        "Rn V11i V14i",
        "written",
        (25,),
        NOTHING,
    ),
    Case(
        "csv NUL",
        "data.csv",
        TEXT.format("a\0sh ->, c").encode(),
        "Rn V11o V14o",
        "written",
        (25,),
        NOTHING,
    ),
    Case("csv accents", "data.csv", LATIN, "Rn V11i V14i", "written"),
    Case("tsv", "data.tsv", table(PLAIN, "\t"), "Rn V11i V14i", "written"),
    Case(
        "tsv quotes",
        "data.TSV",
        table([(f'"{p}",\t->', f" {c}") for p, c in PLAIN], "\t"),
        "Rn V11i V12i V14i",
        "written",
    ),
    Case("tsv of commas", "data.tsv", TEXT.format("ash ->, c").encode(), "Rn V2f", "fatal"),
]

WORKBOOKS = [
    Case("xlsx", "data.xlsx", workbook(sheet(PLAIN)), "Rn V11i V14i", "written"),
    Case(
        "xlsx two sheets",
        "data.xlsx",
        workbook(sheet(PLAIN), sheet(TIGHT)),
        "Rn V11i V14i",
        "written",
    ),
    Case(
        "xlsx capital columns",
        "data.xlsx",
        workbook([["Prompt", "COMPLETION"], *map(list, PLAIN)]),
        "Rn V2n V3n V11i V14i",
        "written",
    ),
    Case(
        "xlsx extra column",
        "data.xlsx",
        workbook([["prompt", "completion", "id"], *([p, c, "x"] for p, c in PLAIN)]),
        "Rn V4n V11i V14i",
        "written",
    ),
    Case(
        "xlsx wide row",
        "data.xlsx",
        workbook([["prompt", "completion"], *([p, c, "x"] for p, c in PLAIN)]),
        "Rn V4n V11i V14i",
        "written",
    ),
    Case(
        "xlsx blank row",
        "data.xlsx",
        workbook([*sheet(PLAIN), [None, None], ["z ->", " z\n"]]),
        "Rn V5n V11i V14i",
        "written",
    ),
    Case(
        "xlsx missing cell",
        "data.xlsx",
        workbook([*sheet(PLAIN), ["z ->", None]]),
        "Rn V5n V11i V14i",
        "written",
    ),
    Case(
        "xlsx numbers",
        "data.xlsx",
        workbook([["prompt", "completion"], ["oak", 1], [2.0, 1.5], ["elm", -3]]),
        "Rn V11o V14o V15o",
        "written",
    ),
    Case(
        "xlsx Chinese",
        "data.xlsx",
        workbook(sheet([(f"问{p}？", f" 答{c}") for p, c in PLAIN])),
        "Rn V11i V12i V14i",
        "written",
    ),
    Case(
        "xlsx blank first row",
        "data.xlsx",
        workbook([[None, None], *sheet(PLAIN)]),
        "Rn V2f",
        "fatal",
        (30,),
        Instead(fires="V11i V14i", ending="written", rows=PLAIN),
    ),
    Case("xlsx empty", "data.xlsx", workbook([]), "Rn V2f", "fatal", (14,), NOTHING),
    Case(
        "xlsx header only", "data.xlsx", workbook(sheet([])), "Rn V15o", "written", (14,), NOTHING
    ),
    Case(
        "xlsx not available",
        "data.xlsx",
        workbook(sheet(NA_ROWS)),
        "Rn V5n V15o",
        "written",
        (4,),
        Instead(ending="written", rows=[(p, f" {c}\n") for p, c in NA_ROWS]),
    ),
    Case(
        "xlsx number in the header",
        "data.xlsx",
        workbook([["prompt", "completion", 5], *([p, c, "x"] for p, c in PLAIN)]),
        "Rn",
        "crash:TypeError",
        (12,),
        Instead(fires="V4n V11i V14i", ending="written", rows=PLAIN),
    ),
    Case("xlsx junk", "data.xlsx", b"junk", "Rf", "fatal"),
    Case(
        "xlsx cut off",
        "data.xlsx",
        workbook(sheet(PLAIN))[:200],
        "",
        "crash:BadZipFile",
        (27,),
        NOTHING,
    ),
]

LINES = [
    Case("txt", "data.txt", b" oak one\n elm two", "Rn", "written"),
    Case("txt last newline", "data.txt", b" oak one\n elm two\n", "Rn V5n", "written"),
    Case("txt spaces missing", "data.txt", b"oak one\n elm two\n", "Rn V5n V15o", "written"),
    Case("txt crlf", "data.txt", b"oak one\r\nelm two\rash three\r\n", "Rn V5n V15o", "written"),
    Case("txt blank lines", "data.txt", b"\noak one\n\n \nelm two\n", "Rn V5n V15o", "written"),
    Case("txt one line", "data.txt", b"oak", "Rn V15o", "written"),
    Case(
        "txt odd characters",
        "data.txt",
        "a\u2028c\x0bd\ne\x85f\n".encode(),
        "Rn V5n V15o",
        "written",
    ),
    Case("txt NUL", "data.txt", b"a\0b\nc\n", "Rn V5n V15o", "written", (25,), NOTHING),
    Case(
        "txt Chinese",
        "data.txt",
        "甲：您好\n乙：您好\n甲：吃了吗\n".encode(),
        "Rn V5n V15o",
        "written",
    ),
    Case(
        "txt same start", "data.txt", b"Answer: oak\nAnswer: elm\n", "Rn V5n V13o V15o", "written"
    ),
    Case("txt empty", "data.txt", b"", "Rn V5n V15o", "written", (14,), NOTHING),
    Case(
        "txt BOM",
        "data.txt",
        "\ufeff oak one\n elm two".encode(),
        "Rn V15o",
        "written",
        (6,),
        Instead(fires="", ending="written", rows=[("", " oak one"), ("", " elm two")]),
    ),
    Case(
        "txt GB18030",
        "data.txt",
        ("甲：您好您好\n乙：您也好哇\n" * 4 + "吃了吗").encode("gb18030"),
        "Rf",
        "fatal",
        (6,),
        Instead(ending="written"),
    ),
]


TABLES_AND_TEXT = [*TABLES, *WORKBOOKS, *LINES]
