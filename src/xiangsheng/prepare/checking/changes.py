"""The change record: every altered row, before and after, with the rules that altered it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from json import JSONEncoder
from operator import ne

from xiangsheng.files.json_lines import escaped
from xiangsheng.prepare.checking.fixes import Fix
from xiangsheng.prepare.checking.pairs import FIELDS, Altered, Pairs


def made(pairs: Pairs, fixes: Sequence[Fix]) -> Pairs:
    """The rows with every fix made, one after the other."""
    for fix in fixes:
        pairs = fix.apply(pairs)
    return pairs


def recorded(pairs: Pairs, fixes: Sequence[Fix]) -> tuple[Pairs, list[str]]:
    """The same, and what was altered as lines of JSON.

    A record has `line`, `rules`, `before` and `after` with the fields that changed; `after` is
    null for a row that was left out. Of a row that reading altered already there is a record
    before that of the fixes.
    """
    now, gone = pairs, dict[int, str]()  # by place the rule that left it out
    everywhere, only = "", dict[int, str]()  # the rules that changed all rows, and some, by place
    fields = dict[str, None]()
    for fix in fixes:
        after = fix.apply(now)
        if after is now:
            continue
        if len(after) != len(now):
            left = set(after.places)
            gone |= {place: fix.rule for place in now.places if place not in left}
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
    records = [*map(record, pairs.altered)]
    stayed = pairs
    if gone:
        records += _left_out(pairs.kept([place in gone for place in pairs.places]), gone)
        stayed = pairs.kept([place not in gone for place in pairs.places])
    if everywhere or only:
        records += _changed(stayed, now, tuple(fields), everywhere, only)
    return now, records


def record(altered: Altered) -> str:
    """As a line of the record."""
    fields = ("line", "rules", "before", "after")
    return _COMPACT.encode({name: getattr(altered, name) for name in fields}) + "\n"


_COMPACT = JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _left_out(rows: Pairs, rules: Mapping[int, str]) -> Iterator[str]:
    for line, place, texts in zip(rows.lines, rows.places, _fields(rows, FIELDS), strict=True):
        yield f'{{"line":{line},"rules":["{rules[place]}"],"before":{{{texts}}},"after":null}}\n'


def _changed(
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
