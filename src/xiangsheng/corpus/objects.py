"""JSON to drafts: objects that hold a whole script or a chat, or one line each."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from xiangsheng.core.notice import Notice
from xiangsheng.core.script import Provenance, Role
from xiangsheng.corpus.columns import claimed
from xiangsheng.corpus.draft import Draft, Utterance
from xiangsheng.corpus.labels import SPACE
from xiangsheng.corpus.messages import CHATS, among, said
from xiangsheng.corpus.rows import OF_SCRIPT, TableOptions, role_named, table_drafts
from xiangsheng.corpus.shapes import kind, text_of, wrong_shape
from xiangsheng.files.json_rows import parse_values
from xiangsheng.files.table import Odd, Row, Table

KEYS = ("id", "title", "genre", "summary", "source", "licence", "speakers", "lines")
"""What we write of a script, in this order."""
_LINES = ("lines", "dialogue", "dialog", "台词", "对白")
_SPEAKERS = ("speakers", "names", "角色", "说话人")


def json_drafts(
    text: str, where: str, stem: str, options: TableOptions
) -> tuple[tuple[Draft, ...], tuple[Notice, ...]]:
    """The scripts of a document, a list or JSON lines; all objects are whole scripts, or all rows.

    A script without an id is `stem`, or `stem-1`, `stem-2`, … where there are several. Spaces
    around a text are layout, but in an object with all the keys that we write. Of a chat, the
    instructions are left out, and a line break is the end of a line, as in our own chat rendering.
    """
    objects = list(parse_values(text, where))
    for number, value in objects:
        if not isinstance(value, dict):
            raise wrong_shape(f"this is {kind(value)}: {str(value)[:40]}", f"{where}:{number}")
    whole = [_list_key(value) is not None for _, value in objects]
    if not any(whole):
        return table_drafts(_table(objects, where), stem, options)
    if not all(whole):
        number = objects[whole.index(False)][0]
        raise wrong_shape("this one holds no list of lines, as others do", f"{where}:{number}")
    drafts, notices = [], list[Notice]()
    for n, (number, value) in enumerate(objects, 1):
        own = stem if len(objects) == 1 else f"{stem}-{n}"
        draft, more = _script(value, where, number, own, options)
        drafts.append(draft)
        notices += more
    return tuple(drafts), _once(notices)


def _script(
    value: dict[str, Any], where: str, number: int, id_: str, options: TableOptions
) -> tuple[Draft, tuple[Notice, ...]]:
    key = _list_key(value)
    assert key is not None
    place = f"{where}:{number}"
    names = list(value)
    fields = ("script", *OF_SCRIPT)
    places = claimed(names, among(options.columns, names), fields, place)
    about = {field: text_of(value[names[n]], names[n], place) for field, n in places.items()}
    ours = set(KEYS) <= set(names)
    if not ours:
        about = {field: text.strip(SPACE) for field, text in about.items()}
    people_key = next((name for name in _SPEAKERS if name in value), None)
    people, roles = _speakers(value.get(people_key or "", []), people_key or "", place)
    lines = said(value[key], key, place, options.columns, ours=ours)
    labels = options.role_map
    draft = Draft(
        id=about.get("script") or id_,
        where=where,
        utterances=tuple(
            Utterance(number, labels.get(label, label), text) for label, text in lines.spoken
        ),
        title=about.get("title", ""),
        genre=about.get("genre", ""),
        summary=about.get("summary", ""),
        provenance=Provenance(about.get("source", ""), about.get("licence", "")),
        names={**people, **lines.names},
        roles=roles,
    )
    unread = set(names) - {key, people_key, *(names[n] for n in places.values())}
    return draft, tuple(_oddities(unread, place, instructed=lines.instructed))


def _speakers(value: Any, key: str, where: str) -> tuple[dict[str, str], dict[str, Role]]:
    """Names and roles by label, of `["甲", "乙"]`, `{"0": "甲"}` or `[{"label", "name", "role"}]`."""
    if isinstance(value, dict):
        return {label: text_of(name, f"{key}.{label}", where) for label, name in value.items()}, {}
    if not isinstance(value, list):
        raise wrong_shape(f"{key} is {kind(value)}", where)
    names: dict[str, str] = {}
    roles: dict[str, Role] = {}
    for position, item in enumerate(value):
        at = f"{key}[{position}]"
        table = item if isinstance(item, dict) else {"label": str(position), "name": item}
        part = partial(_part, table, at, where)
        names[part("label")] = part("name")
        if role := role_named(part("role"), where):
            roles[part("label")] = role
    return names, roles


def _part(table: Mapping[str, Any], at: str, where: str, key: str) -> str:
    return text_of(table.get(key, ""), f"{at}.{key}", where)


def _table(objects: Sequence[tuple[int, dict[str, Any]]], where: str) -> Table:
    """Objects of one line each, as the rows of a table with all their keys."""
    keys = tuple(dict.fromkeys(key for _, value in objects for key in value))
    rows = [_row(number, [value.get(key) for key in keys]) for number, value in objects]
    return Table(where, (Row(objects[0][0], keys), *rows) if objects else ())


def _row(number: int, values: Sequence[Any]) -> Row:
    odd: dict[int, Odd] = {}
    for place, value in enumerate(values):
        if isinstance(value, bool):
            odd[place] = Odd.TRUTH
        elif isinstance(value, int | float):
            odd[place] = Odd.NUMBER
        elif isinstance(value, list | dict):
            odd[place] = Odd.NESTED
    return Row(number, tuple("" if value is None else str(value) for value in values), odd)


def _list_key(value: Mapping[str, Any]) -> str | None:
    """The key whose value is the list of lines; None in an object that is one line."""
    return next((key for key in (*_LINES, *CHATS) if isinstance(value.get(key), list)), None)


def _oddities(unread: set[str], where: str, *, instructed: bool) -> Iterable[Notice]:
    for name in sorted(unread):
        yield Notice("unknown_key", f"nothing reads the key {name!r}", where)
    if instructed:
        yield Notice("instructions", "system messages are no lines, and are left out", where)


def _once(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """What holds for many objects is said at the first."""
    first: dict[tuple[str, str], Notice] = {}
    for notice in notices:
        first.setdefault((notice.code, notice.message), notice)
    return tuple(first.values())
