"""The change record: every altered row, before and after, with the rules that altered it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from json import dumps
from operator import ne
from typing import Any

from xiangsheng.files.json_lines import escaped
from xiangsheng.prepare.checking.fixes import Fix
from xiangsheng.prepare.checking.pairs import FIELDS, Pairs


def made(pairs: Pairs, fixes: Sequence[Fix]) -> Pairs:
    """The rows with every fix made, one after the other."""
    for fix in fixes:
        pairs = fix.apply(pairs)
    return pairs


def recorded(pairs: Pairs, fixes: Sequence[Fix]) -> tuple[Pairs, list[str]]:
    """The same, and what was altered as lines of JSON.

    A record has `line`, `rules`, `before` and `after` with the fields that changed; `after` is
    null for a row that was left out.
    """
    now, records = pairs, _of_reading(pairs)
    before = pairs  # the rows that are still there, as they came
    everywhere, only = "", dict[int, str]()  # the rules that changed all rows, and some, by place
    fields = dict[str, None]()
    for fix in fixes:
        after = fix.apply(now)
        if after is now:
            continue
        if len(after) != len(now):
            left = set(after.places)
            kept = [place in left for place in now.places]
            records += _left_out(now, kept, fix.rule)
            before = before.kept(kept)
        else:
            field = next(name for name in FIELDS if now.column(name) is not after.column(name))
            fields[field] = None
            changed = list(map(ne, now.column(field), after.column(field)))
            if all(changed) and not only:
                everywhere += f',"{fix.rule}"'
            else:
                for place in compress(now.places, changed):
                    only[place] = only.get(place, everywhere) + f',"{fix.rule}"'
        now = after
    if everywhere or only:
        records += _altered(before, now, tuple(fields), everywhere, only)
    return now, records


def _altered(
    before: Pairs, after: Pairs, fields: Sequence[str], everywhere: str, only: Mapping[int, str]
) -> Iterator[str]:
    olds, news = _fields(before, fields), _fields(after, fields)
    if everywhere and not only:
        rules = everywhere[1:]
        return (
            f'{{"line":{line},"rules":[{rules}],"before":{{{old}}},"after":{{{new}}}}}\n'
            for line, old, new in zip(after.lines, olds, news, strict=True)
        )
    names = [only.get(place, everywhere)[1:] for place in after.places]
    return (
        f'{{"line":{line},"rules":[{name}],"before":{{{old}}},"after":{{{new}}}}}\n'
        for line, name, old, new in zip(after.lines, names, olds, news, strict=True)
        if name
    )


def _fields(pairs: Pairs, fields: Sequence[str]) -> list[str]:
    """Of each row these fields as JSON, without the braces."""
    texts = [escaped(pairs.column(name)) for name in fields]
    if len(fields) == 1:
        return [f'"{fields[0]}":"{text}"' for text in texts[0]]
    one, other = fields
    return [f'"{one}":"{text}","{other}":"{more}"' for text, more in zip(*texts, strict=True)]


def _left_out(pairs: Pairs, kept: Sequence[bool], rule: str) -> list[str]:
    gone = pairs.kept([not stays for stays in kept])
    return [
        f'{{"line":{line},"rules":["{rule}"],"before":{{{texts}}},"after":null}}\n'
        for line, texts in zip(gone.lines, _fields(gone, FIELDS), strict=True)
    ]


def _of_reading(pairs: Pairs) -> list[str]:
    """What reading already did: rows without a completion, other columns, values written out."""
    emptied = (
        _record(line, "non_empty_field", {"prompt": prompt, "completion": ""}, None)
        for line, prompt in pairs.emptied
    )
    others = (_record(line, "additional_column", what, {}) for line, what in pairs.extras.items())
    written = (
        _record(line, "not_text", raw, {name: dumps(value) for name, value in raw.items()})
        for line, raw in pairs.raw.items()
    )
    return [*emptied, *others, *written]


def _record(
    line: int, rule: str, before: Mapping[str, Any], after: Mapping[str, Any] | None
) -> str:
    old, new = (dumps(what, ensure_ascii=False) for what in (before, after))
    return f'{{"line":{line},"rules":["{rule}"],"before":{old},"after":{new}}}\n'
