"""A file for both tools, and what the parity table says of it."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

Pair = tuple[str, str]
Cell = str | float | bool | None


@dataclass(frozen=True)
class Instead:
    """What we do where the old tool was wrong; None is not compared.

    `fires` names checks of the table as in Case, reading left out. `tells` is a rule outside the
    table that must speak; * is any of them.
    """

    fires: str | None = None
    ending: str | None = None
    rows: Sequence[Pair] | None = None
    tells: str = ""


@dataclass(frozen=True)
class Case:
    """`fires` is what the old tool has to say, besides V1: R or V2 … V15, with its level:
    i(nfo), o(ptional), n(ecessary), f(atal). `ending` is what it does with -q: nothing is
    `kept`, one file `written`, two `split`; or `fatal`, or `crash:` and an exception.

    Without `content` the file is not there; `beside` names files that are.
    """

    name: str
    file: str
    content: bytes | None
    fires: str
    ending: str
    defects: tuple[int, ...] = ()
    instead: Instead | None = None
    beside: tuple[str, ...] = ()

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True)
        for name in self.beside:
            (folder / name).write_text("in the way\n", encoding="utf-8")
        file = folder / self.file
        if self.content is not None:
            file.write_bytes(self.content)
        return file


def body(number: int) -> str:
    """Different for every number, and neighbours share neither the first nor the last character."""
    return f"{'abcdefghij'[number % 10]}{number}{'klmnopqrst'[number % 10]}"


def pairs(count: int, prompt: str = "{} ->", completion: str = " {}\n") -> list[Pair]:
    """Pairs with nothing to find but a common suffix on either side (V11i V14i)."""
    return [(prompt.format(body(n)), completion.format(body(n + 3))) for n in range(count)]


def jsonl(rows: Sequence[Pair], keys: Pair = ("prompt", "completion")) -> bytes:
    return "".join(
        json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=False) + "\n" for row in rows
    ).encode()


def objects(*rows: object) -> bytes:
    """JSON lines of whatever is given."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def array(rows: Sequence[Pair], indent: int | None = None) -> bytes:
    named = [dict(zip(("prompt", "completion"), row, strict=True)) for row in rows]
    return json.dumps(named, ensure_ascii=False, indent=indent).encode()


def table(rows: Sequence[Sequence[str]], delimiter: str = ",", ending: str = "\n") -> bytes:
    """CSV with a header, quoted where it must be."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerows([("prompt", "completion"), *rows])
    return text.getvalue().encode()


def workbook(*sheets: Iterable[Sequence[Cell]]) -> bytes:
    """XLSX of typed cells; None is a cell that is not there."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for down, row in enumerate(rows):
                for right, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(down, right, cell)
                    elif isinstance(cell, bool):
                        sheet.write_boolean(down, right, cell)
                    elif cell is not None:
                        sheet.write_number(down, right, cell)
    return file.getvalue()


def sheet(rows: Sequence[Pair]) -> list[Sequence[Cell]]:
    return [("prompt", "completion"), *rows]


def lines(
    name: str,
    rows: Sequence[Pair],
    fires: str,
    ending: str = "written",
    *rest: Any,
) -> Case:
    """A case of JSON lines; `rest` is what may stand behind the ending of a Case."""
    return Case(name, "data.jsonl", jsonl(rows), fires, ending, *rest)


PLAIN = pairs(4)
# Completions that want a space (V15), so that a file is written whatever its format.
TIGHT = pairs(12, completion="{}\n")
LOOSE = [(prompt, f" {completion}") for prompt, completion in TIGHT]
WRITTEN = Instead(fires="V11i V14i V15o", ending="written", rows=LOOSE)
NOTHING = Instead(ending="fatal")
CHINESE = [
    (
        f"甲：您今儿个吃了第{n}碗饭没有？\n乙：您问这个干什么{n} ->",
        f" {n}没呢，就等着您请我吃饭哪。\n",
    )
    for n in "一二三四五六七八"
]
