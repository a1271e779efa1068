"""JSON lines, JSON, and what is no file of examples: R1, R2, R6 … R8."""

import json

from parity.case import (
    CHINESE,
    LOOSE,
    NOTHING,
    PLAIN,
    TIGHT,
    WRITTEN,
    Case,
    Instead,
    array,
    jsonl,
    objects,
    table,
)

LINE = jsonl(PLAIN[:1]).decode()
ONE = Instead(fires="", ending="written", rows=PLAIN[:1])
SECOND = "\n\n###\n\n"


def line(text: str) -> bytes:
    """Two good lines, and one that holds `text`."""
    return jsonl(PLAIN[:2]) + text.encode() + b"\n"


ANY = [
    Case("missing", "data.jsonl", None, "Rf", "fatal"),
    Case("unknown extension", "data.md", jsonl(PLAIN), "Rf", "fatal"),
    Case("no extension", "data", jsonl(PLAIN), "Rf", "fatal"),
    Case("compressed", "data.jsonl.gz", jsonl(PLAIN), "Rf", "fatal"),
    Case("capital extension", "data.JSONL", jsonl(PLAIN), "V11i V14i", "kept"),
    Case("capital CSV", "data.Csv", table(PLAIN), "Rn V11i V14i", "written"),
]

JSONL = [
    Case("jsonl clean", "data.jsonl", jsonl(PLAIN), "V11i V14i", "kept"),
    Case("jsonl to fix", "data.jsonl", jsonl(TIGHT), "V11i V14i V15o", "written"),
    Case(
        "jsonl completion first",
        "data.jsonl",
        jsonl([(c, p) for p, c in TIGHT], ("completion", "prompt")),
        "V11i V14i V15o",
        "written",
    ),
    Case("jsonl no last newline", "data.jsonl", jsonl(TIGHT).rstrip(), "V11i V14i V15o", "written"),
    Case(
        "jsonl crlf",
        "data.jsonl",
        jsonl(TIGHT).replace(b"}\n", b"}\r\n"),
        "V11i V14i V15o",
        "written",
    ),
    Case(
        "jsonl blank lines",
        "data.jsonl",
        jsonl(TIGHT).replace(b"}\n", b"}\n\n \t \n"),
        "V11i V14i V15o",
        "written",
    ),
    Case(
        "jsonl spaces around",
        "data.jsonl",
        jsonl(TIGHT).replace(b"}\n", b" }  \n  "),
        "V11i V14i V15o",
        "written",
    ),
    Case(
        "jsonl escapes",
        "data.jsonl",
        b"".join(
            json.dumps({"prompt": f"{p}/é\u2028\x7f😀\x0b ->", "completion": c}).encode() + b"\n"
            for p, c in TIGHT
        ),
        "V11i V14i V15o",
        "written",
    ),
    Case(
        "jsonl raw U+2028",
        "data.jsonl",
        jsonl([(f"{p}\u2028\x85\x7f😀 ->", c) for p, c in TIGHT]),
        "V11i V14i V15o",
        "written",
    ),
    Case(
        "jsonl NUL escaped",
        "data.jsonl",
        jsonl([(f"\0{p}", c) for p, c in TIGHT]),
        "V11i V12i V14i V15o",
        "written",
    ),
    Case("jsonl broken line", "data.jsonl", line("{garbage"), "Rf", "fatal"),
    Case("jsonl cut off", "data.jsonl", jsonl(PLAIN)[:-5], "Rf", "fatal"),
    Case(
        "jsonl single quotes",
        "data.jsonl",
        line("{'prompt': 'a', 'completion': 'b'}"),
        "Rf",
        "fatal",
    ),
    Case(
        "jsonl two on a line", "data.jsonl", line(f"{LINE.strip()} {LINE.strip()}"), "Rf", "fatal"
    ),
    Case(
        "jsonl raw NUL", "data.jsonl", line('{"prompt": "a\0", "completion": "b"}'), "Rf", "fatal"
    ),
    Case(
        "jsonl wrong UTF-8",
        "data.jsonl",
        jsonl(PLAIN) + b'{"prompt": "\xff\xfe", "completion": "x"}\n',
        "Rf",
        "fatal",
    ),
    Case(
        "jsonl huge integer",
        "data.jsonl",
        line('{"prompt": "z ->", "completion": 1' + "0" * 25 + "}"),
        "Rf",
        "fatal",
        (5,),
        Instead(
            ending="written",
            tells="not_text",
            rows=[(p, f"{c}.") for p, c in PLAIN[:2]] + [("z ->", " 1" + "0" * 25 + ".")],
        ),
    ),
    Case("jsonl numbers on lines", "data.jsonl", b"1\n2\n", "V2f", "fatal"),
    Case("jsonl arrays on lines", "data.jsonl", b'["a", "b"]\n["c", "d"]\n', "V2f", "fatal"),
    Case("jsonl empty objects", "data.jsonl", b"{}\n{}\n", "V2f", "fatal"),
    Case("jsonl BOM", "data.jsonl", b"\xef\xbb\xbf" + jsonl(TIGHT), "Rf", "fatal", (6,), WRITTEN),
    Case(
        "jsonl GB18030",
        "data.jsonl",
        jsonl(CHINESE).decode().encode("gb18030"),
        "Rf",
        "fatal",
        (6,),
        Instead(fires="V11i V12i V14i", ending="written", rows=CHINESE),
    ),
    Case(
        "jsonl UTF-16",
        "data.jsonl",
        jsonl(TIGHT).decode().encode("utf-16"),
        "Rf",
        "fatal",
        (6,),
        WRITTEN,
    ),
    Case(
        "jsonl one row, no prompt",
        "data.jsonl",
        jsonl([("", "tea\n")]),
        "Rf",
        "fatal",
        (7,),
        Instead(fires="V15o", ending="written", rows=[("", " tea\n")]),
    ),
    Case(
        "jsonl one row",
        "data.jsonl",
        jsonl(PLAIN[:1]),
        "Rf",
        "fatal",
        (7,),
        Instead(fires="", ending="kept"),
    ),
    Case("jsonl array of one", "data.jsonl", array(PLAIN[:1]), "Rn V11f", "fatal", (7,), ONE),
    Case(
        "jsonl array of one, no prompt", "data.jsonl", array([("", "tea\n")]), "Rn V15o", "written"
    ),
    Case("jsonl array", "data.jsonl", array(PLAIN), "Rn V11i V14i", "written"),
    Case(
        "jsonl array indented", "data.jsonl", array(TIGHT, indent=1), "Rf", "fatal", (29,), WRITTEN
    ),
    Case(
        "jsonl columns",
        "data.jsonl",
        objects({"prompt": [p for p, _ in PLAIN], "completion": [c for _, c in PLAIN]}),
        "Rn V11i V14i",
        "written",
    ),
    Case("jsonl empty", "data.jsonl", b"", "V2f", "fatal", (14,), NOTHING),
    Case("jsonl newlines only", "data.jsonl", b"\n\n \n", "V2f", "fatal", (14,), NOTHING),
    Case("jsonl empty array", "data.jsonl", b"[]", "Rn V2f", "fatal", (14,), NOTHING),
    Case(
        "jsonl null completion",
        "data.jsonl",
        jsonl(TIGHT) + objects({"prompt": "z ->", "completion": None}),
        "V11i V14o V15o",
        "written",
        (3,),
        Instead(fires="V5n V11i V14i V15o", ending="written", rows=LOOSE),
    ),
    Case(
        "jsonl absent completion",
        "data.jsonl",
        jsonl(TIGHT) + objects({"prompt": "z ->"}),
        "V11i V14o V15o",
        "written",
        (3,),
        Instead(fires="V5n V11i V14i V15o", ending="written", rows=LOOSE),
    ),
    Case(
        "jsonl NaN completion",
        "data.jsonl",
        jsonl(TIGHT) + b'{"prompt": "z ->", "completion": NaN}\n',
        "V11i V14o V15o",
        "written",
        (26,),
        NOTHING,
    ),
    Case(
        "jsonl null prompt",
        "data.jsonl",
        jsonl(TIGHT) + objects({"prompt": None, "completion": "z\n"}),
        "V11o V14i V15o",
        "written",
        (3,),
        Instead(
            fires="V11o V14i V15o",
            ending="written",
            rows=[*((f"{p}{SECOND}", c) for p, c in LOOSE), (SECOND, " z\n")],
        ),
    ),
    Case(
        "jsonl numbers",
        "data.jsonl",
        objects(*({"prompt": n, "completion": n + 0.5} for n in range(12))),
        "V11o V14i V15o",
        "written",
        (5,),
        Instead(tells="not_text"),
    ),
    Case(
        "jsonl booleans",
        "data.jsonl",
        objects(*({"prompt": f"{n} ->", "completion": n % 2 == 0} for n in range(4))),
        "V11i V14i V15o",
        "written",
        (5,),
        Instead(tells="not_text"),
    ),
    Case(
        "jsonl lists",
        "data.jsonl",
        objects(*({"prompt": [f"{n}"], "completion": {"a": n}} for n in range(4))),
        "V11i V12i V13o V14i V15o",
        "written",
        (5,),
        NOTHING,
    ),
    Case(
        "jsonl not an object",
        "data.jsonl",
        line("[1, 2]"),
        "",
        "crash:AttributeError",
        (27,),
        NOTHING,
    ),
    Case("jsonl null line", "data.jsonl", line("null"), "", "crash:AttributeError", (27,), NOTHING),
    Case(
        "jsonl trailing comma",
        "data.jsonl",
        line('{"prompt": "b ->", "completion": " x\\n",}'),
        "V11i V14i",
        "kept",
        (26,),
        NOTHING,
    ),
    Case(
        "jsonl comma between",
        "data.jsonl",
        line(f"{LINE.strip()},{LINE.strip()}"),
        "V7o V11i V14i",
        "written",
        (26,),
        NOTHING,
    ),
    Case(
        "jsonl raw tab",
        "data.jsonl",
        line('{"prompt": "b\t ->", "completion": " x\\n"}'),
        "V11i V14i",
        "kept",
        (26,),
        NOTHING,
    ),
    Case(
        "jsonl duplicate key",
        "data.jsonl",
        line('{"prompt": "b ->", "prompt": "c ->", "completion": " x\\n"}'),
        "V11i V14i",
        "kept",
        (13,),
        NOTHING,
    ),
    Case(
        "jsonl lone surrogate",
        "data.jsonl",
        jsonl(TIGHT) + b'{"prompt": "\\ud83d ->", "completion": "x\\n"}\n',
        "V11i V14i V15o",
        "written",
        (16,),
        NOTHING,
    ),
]

JSON = [
    Case("json lines", "data.json", jsonl(PLAIN), "Rn V11i V14i", "written"),
    Case(
        "json array of one, no prompt",
        "data.json",
        array([("", "tea\n")]),
        "V15o",
        "written",
        (18,),
        Instead(fires="V15o", ending="written", rows=[("", " tea\n")]),
    ),
    Case("json array of one", "data.json", array(PLAIN[:1]), "V11f", "fatal", (7,), ONE),
    Case(
        "json array to fix", "data.json", array(TIGHT), "V11i V14i V15o", "written", (18,), WRITTEN
    ),
    Case(
        "json array indented",
        "data.json",
        array(TIGHT, indent=2),
        "V11i V14i V15o",
        "written",
        (18,),
        WRITTEN,
    ),
    Case(
        "json columns",
        "data.json",
        objects({"prompt": [p for p, _ in TIGHT], "completion": [c for _, c in TIGHT]}),
        "V11i V14i V15o",
        "written",
        (18,),
        WRITTEN,
    ),
    Case(
        "json array clean",
        "data.json",
        array(PLAIN),
        "V11i V14i",
        "kept",
        (18,),
        Instead(fires="V11i V14i", ending="written", rows=PLAIN),
    ),
    Case("json object", "data.json", jsonl(PLAIN[:1]), "Rf", "fatal", (7,), ONE),
    Case(
        "json object, no prompt",
        "data.json",
        jsonl([("", "tea\n")]),
        "Rf",
        "fatal",
        (7,),
        Instead(fires="V15o", ending="written", rows=[("", " tea\n")]),
    ),
    Case(
        "json wrapped",
        "data.json",
        b'{"data": ' + array(PLAIN) + b"}",
        "V2f",
        "fatal",
        (18,),
        Instead(fires="V2f", ending="fatal"),
    ),
    Case("json broken", "data.json", array(PLAIN)[:-3], "Rf", "fatal"),
    Case("json empty", "data.json", b"", "Rn V2f", "fatal", (14,), NOTHING),
    Case("json BOM", "data.json", b"\xef\xbb\xbf" + array(TIGHT), "Rf", "fatal", (6,), WRITTEN),
]


READING = [*ANY, *JSONL, *JSON]
