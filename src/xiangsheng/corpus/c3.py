"""C³ folders: `N.txt` with `0:` and `1:` lines, beside it `N.cfg`, a JSON object."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xiangsheng.core.errors import DataError
from xiangsheng.core.notice import Notice
from xiangsheng.core.script import Provenance
from xiangsheng.corpus.draft import Draft, Utterance
from xiangsheng.corpus.labelled import Sieve, labelled_drafts
from xiangsheng.files.json_rows import parse_json


def c3_draft(
    text: str,
    where: str,
    id_: str,
    cfg: tuple[str, str] | None,
    *,
    role_map: Mapping[str, str] | None = None,
    sieve: Sieve | None = None,
) -> tuple[Draft, tuple[Notice, ...]]:
    """The script with the title, genre (`type`), source and role names of its `.cfg`, which
    comes as its place for messages and its text.

    `roles[i]` names label i, with a colon after it that is dropped. Without a `.cfg` (None) the
    title is empty and a notice says so; one that is not JSON, or whose values are of the wrong
    kind, is a DataError, because the title would be lost unseen. The licence is not in it.
    """
    (draft,), notices = labelled_drafts(text, where, id_, role_map=role_map, sieve=sieve)
    if cfg is None:
        missing = Notice("missing_cfg", "no .cfg beside it: no title, no role names", where)
        return draft, (*notices, missing)
    place, text_of_cfg = cfg
    table = parse_json(text_of_cfg, place)
    if not isinstance(table, dict):
        raise _wrong(place, "the file", "an object in braces")
    roles = table.get("roles", [])
    if not (isinstance(roles, list) and all(isinstance(role, str) for role in roles)):
        raise _wrong(place, "roles", "a list of names")
    names = {str(i): role.rstrip(":：") for i, role in enumerate(roles)}
    renamed = {label: (role_map or {}).get(name, name) for label, name in names.items()}
    return (
        replace(
            draft,
            utterances=_merged(draft.utterances, names, renamed),
            title=_text(table, "title", place),
            genre=_text(table, "type", place),
            summary=_text(table, "summary", place),
            provenance=Provenance(source=_text(table, "source", place)),
            names=renamed,
        ),
        notices,
    )


def _merged(
    utterances: tuple[Utterance, ...], names: Mapping[str, str], renamed: Mapping[str, str]
) -> tuple[Utterance, ...]:
    """Labels that a role map gave another's name become that other's label."""
    owners: dict[str, str] = {}
    for label in sorted(renamed, key=lambda label: names[label] != renamed[label]):
        owners.setdefault(renamed[label], label)
    aliases = {label: owners[name] for label, name in renamed.items() if name != names[label]}
    return tuple(replace(u, label=aliases.get(u.label, u.label)) for u in utterances)


def _text(table: dict[str, Any], key: str, where: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise _wrong(where, key, "text")
    return value


def _wrong(where: str, what: str, wanted: str) -> DataError:
    return DataError(
        f"{what} must be {wanted}",
        where=f"{where}:1",
        hint="correct the .cfg, or remove it to read the script without a title",
        code="cfg",
    )
