"""Checks of what a file holds beside two texts a row: lines, columns, values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xiangsheng.core.words import Words
from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.finding import Finding, Level, removed
from xiangsheng.prepare.checking.pairs import FIELDS
from xiangsheng.prepare.checking.reading import Oddities
from xiangsheng.prepare.checking.sources import Source

_NAMES, _NAME = 20, 40
_KINDS = {"csv": "CSV", "tsv": "TSV", "xlsx": "XLSX", "txt": "TXT", "json": "JSON"}


@dataclass(frozen=True, slots=True)
class Given:
    """What was read: `extension` as the file is called, `columns` the key taken for each field."""

    source: Source
    extension: str
    columns: Mapping[str, str]
    odd: Oddities
    skip_bad: bool = False


def columns_of(keys: Mapping[str, None]) -> dict[str, str]:
    """The key of each field: of that very name, else the first that is it in other letters."""
    found = {}
    for name in FIELDS:
        alike = [key for key in keys if key.lower() == name]
        found[name] = name if name in keys or not alike else alike[0]
    return found


def listed(names: Sequence[str]) -> str:
    """Names for a message, none longer than a word and not many of them."""
    short = [name.replace("\n", "\\n") for name in names[:_NAMES]]
    cut = [name if len(name) <= _NAME else f"{name[:_NAME]}…" for name in short]
    return ", ".join([*cut, "…"] if len(names) > _NAMES else cut)


def format_read(given: Given) -> Iterator[Finding]:
    """Other formats are written as JSON lines."""
    kind = given.source.kind
    if kind != "jsonl":
        name = _KINDS[kind]
        zh, en = f"文件是 {name} 格式", f"the file is {name}"
        if getattr(given.source, "counts_items", False):
            zh, en = (
                zh + "；几项同在一行，下面的行号是项的序号",
                (f"{en} with several items on a line: lines below are numbers of items"),
            )
        yield Finding(
            "read_any_format",
            Level.NECESSARY,
            Words(zh, en),
            does=Words("改写成 JSONL", "write it as JSON lines"),
        )
    elif given.extension == "json":
        yield Finding(
            "read_any_format",
            Level.NECESSARY,
            Words("名为 .json，内容是 JSONL", "the name says .json and the content is JSON lines"),
            does=Words("改写成 JSONL", "write it as JSON lines"),
        )
    if others := given.source.others:
        names = listed(others)
        yield Finding(
            "other_sheets",
            Level.INFO,
            Words(
                f"没有读其他工作表：{names}；用 --sheet 指定",
                f"other sheets are not read: {names}; name one with --sheet",
            ),
            count=len(others),
        )
    if given.source.encoding not in {"", "utf-8"}:
        coding = given.source.encoding
        yield Finding(
            "encoding",
            Level.NECESSARY,
            Words(f"文件编码是 {coding}", f"the file is in {coding}"),
            does=Words("改写成 UTF-8", "write it in UTF-8"),
        )


def bad_lines(given: Given) -> Iterator[Finding]:
    odd = given.odd
    if not odd.bad_count:
        return
    level = Level.NECESSARY if given.skip_bad else Level.FATAL
    yield Finding(
        "bad_line",
        level,
        Words(f"{odd.bad_count:,} 行读不了", f"{counted(odd.bad_count, 'line')} cannot be read"),
        count=odd.bad_count,
        rows=tuple(bad.line for bad in odd.bad),
        example=str(odd.bad[0]),
        does=Words("删去这些行", "leave these lines out") if given.skip_bad else None,
    )


def necessary_column(given: Given, field: str) -> Iterator[Finding]:
    keys, key = given.odd.keys, given.columns[field]
    if key != field:
        more = [other for other in keys if other.lower() == field and other != key]
        also = f"; {listed(more)} ignored" if more else ""
        yield Finding(
            "necessary_column",
            Level.NECESSARY,
            Words(f"列名 {key} 应为小写 {field}", f"the column {key} should be {field}{also}"),
            field,
            does=Words(f"把 {key} 改名为 {field}", f"rename {key} to {field}"),
        )
    elif field not in keys and given.odd.rows:
        there = listed(list(keys)) or "-"
        yield Finding(
            "necessary_column",
            Level.FATAL,
            Words(
                f"缺少 {field} 列；有：{there}", f"there is no column {field}; there are {there}"
            ),
            field,
        )


def additional_column(given: Given) -> Iterator[Finding]:
    others = [key for key in given.odd.keys if key not in given.columns.values()]
    if others:
        names = listed(others)
        yield Finding(
            "additional_column",
            Level.NECESSARY,
            Words(f"多余的列：{names}", f"columns that nothing reads: {names}"),
            count=len(others),
            does=Words(f"删去 {names}", f"remove {names}"),
        )


def not_text(given: Given) -> Iterator[Finding]:
    for field in FIELDS:
        if (lines := given.odd.not_text[field]) and lines.count:
            yield Finding(
                "not_text",
                Level.NECESSARY,
                Words(
                    f"{lines.count:,} 个 {field} 是数字或真假值",
                    f"{counted(lines.count, f'{field} is a number', f'{field}s are numbers')} or truth values",
                ),
                field,
                lines.count,
                tuple(lines.first),
                does=Words("按 JSON 的写法变成文字", "write them out as JSON does"),
            )
        if field == "prompt" and given.odd.missing[field].count and field in given.odd.keys:
            missing = given.odd.missing[field]
            yield Finding(
                "missing_field",
                Level.NECESSARY,
                Words(
                    f"{missing.count:,} 行没有 {field}",
                    f"{counted(missing.count, 'row has', 'rows have')} no {field}",
                ),
                field,
                missing.count,
                tuple(missing.first),
                does=Words("视为空的提示", "take it for an empty prompt"),
            )


def non_empty_field(given: Given) -> Iterator[Finding]:
    empty = given.odd.empty
    if empty.count:
        yield Finding(
            "non_empty_field",
            Level.NECESSARY,
            Words(
                f"{empty.count:,} 行的 completion 是空的",
                f"{counted(empty.count, 'row has', 'rows have')} an empty completion",
            ),
            "completion",
            empty.count,
            tuple(empty.first),
            does=removed(empty.count),
        )
