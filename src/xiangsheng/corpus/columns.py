"""Which column holds what: by its name in English or Chinese, or as somebody says it."""

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.corpus.labels import SPACE

FIELDS = (
    "script",
    "order",
    "title",
    "genre",
    "summary",
    "source",
    "licence",
    "speaker",
    "name",
    "role",
    "text",
)
"""What a row can hold, and the header that we write, in this order."""
NEEDED = ("speaker", "text")

# A name of a later group is taken only where no column has one of those before: `line` is a text
# where nothing else is, and a line's number beside a `text`.
NAMES: Mapping[str, tuple[frozenset[str], ...]] = {
    field: tuple(frozenset(group.split()) for group in groups)
    for field, *groups in (
        ("text", "text content utterance value 台词 内容 文本 对白 正文", "line 行"),
        ("speaker", "speaker label from 说话人 角色 人物 发言人", "role", "name 姓名 名字"),
        ("script", "script id script_id 剧本 编号 剧本编号 剧本号 剧本id"),
        ("order", "order no number line_no line_number turn 序号 行号 顺序", "line 行"),
        ("title", "title 标题 题目 剧名"),
        ("genre", "genre type 体裁 类型"),
        ("summary", "summary 摘要 简介"),
        ("source", "source url 来源 出处 网址"),
        ("licence", "licence license 许可 许可证 授权"),
        ("name", "name 姓名 名字"),
        ("role", "role 逗捧"),
    )
}
"""Names by field, the fields in the order in which they choose."""


_SHELL = re.compile(r"""[\s'"\\$`|&;<>()*?!#~\[\]{}]""")


@dataclass(frozen=True, slots=True)
class Columns:
    """The place of each field that there is. `ours`: the table has exactly the names we write."""

    places: Mapping[str, int]
    unread: tuple[str, ...] = ()
    ours: bool = False


def parse_columns(entries: Iterable[str]) -> dict[str, str]:
    """`field=column` as typed, to a mapping; an empty column says that there is none."""
    found: dict[str, str] = {}
    for entry in entries:
        field, equals, column = entry.partition("=")
        if not equals or field not in FIELDS or field in found:
            raise UsageError(
                f"--columns {entry}",
                hint=f"give FIELD=COLUMN, each field once; fields are {', '.join(FIELDS)}",
                code="columns",
            )
        found[field] = column
    return found


def find_columns(header: Sequence[str], mapping: Mapping[str, str], where: str) -> Columns:
    """Raises DataError, with what to type, where speaker or text are not known for certain."""
    ours = not mapping and set(FIELDS) <= set(header)
    places = claimed(header, mapping, FIELDS, where)
    missing = [field for field in NEEDED if field not in places]
    unread = tuple(
        name for place, name in enumerate(header) if name.strip() and place not in places.values()
    )
    if missing:
        raise _not_understood(
            f"no column is known to hold the {' or the '.join(missing)}",
            where,
            header,
            dict(zip(missing, (*unread, "COLUMN", "COLUMN"), strict=False)),
        )
    return Columns(places, unread, ours)


def is_header(cells: Sequence[str]) -> bool:
    """Whether these are names of columns, speaker and text among them."""
    try:
        find_columns(cells, {}, "")
    except DataError:
        return False
    return True


def claimed(
    names: Sequence[str], mapping: Mapping[str, str], fields: Sequence[str], where: str
) -> dict[str, int]:
    """The place of the name that each of the fields has among `names`, for those it has one.

    `mapping` comes first. Raises DataError where it names nothing, or where two names fit.
    """
    known = [_plain(name) for name in names]
    places = {
        field: _named(field, mapping[field], names, where) for field in fields if mapping.get(field)
    }
    for field, tiers in NAMES.items():
        if field not in fields or field in mapping:
            continue
        for tier in tiers:
            free = [n for n, name in enumerate(known) if name in tier and n not in places.values()]
            if len(free) > 1:
                raise _not_understood(
                    f"two columns could be the {field}: {names[free[0]]} and {names[free[1]]}",
                    where,
                    names,
                    {field: names[free[0]]},
                )
            if free:
                places[field] = free[0]
                break
    return places


def _named(field: str, name: str, names: Sequence[str], where: str) -> int:
    found = [n for n, own in enumerate(names) if own == name]
    found = found or [n for n, own in enumerate(names) if _plain(own) == _plain(name)]
    if len(found) != 1:
        how_many = "no column is" if not found else f"{len(found)} columns are"
        raise _not_understood(f"{how_many} called {name}", where, names, {field: "COLUMN"})
    return found[0]


def _plain(name: str) -> str:
    return "_".join(name.strip(SPACE + "\ufeff").casefold().replace("-", " ").split())


def _quoted(word: str) -> str:
    """For a shell, which takes Chinese as it is."""
    return shlex.quote(word) if _SHELL.search(word) else word


def _not_understood(
    message: str, where: str, names: Sequence[str], example: Mapping[str, str]
) -> DataError:
    shown = ", ".join(name[:30] for name in names if name.strip())
    typed = " ".join(_quoted(f"{field}={name[:30]}") for field, name in example.items())
    return DataError(
        f"{message}; its columns are: {shown[:300]}",
        where=where,
        hint=f"say which is which, for example: --columns {typed}; the first row names the columns",
        code="no_columns",
    )
