"""The change record: every altered row, before and after, with the rules that altered it."""

from collections.abc import Iterator, Mapping, Sequence
from json import JSONEncoder, dumps
from operator import ne

from xiangsheng.files.json_lines import escaped
from xiangsheng.prepare.checking.fixes import Step
from xiangsheng.prepare.checking.pairs import FIELDS, Altered, Pairs


def mended(pairs: Pairs, steps: Sequence[Step]) -> tuple[Pairs, Iterator[str]]:
    """The rows with every step taken, one after the other, and their records as lines of JSON.

    A record has `line`, `rules`, `before` and `after` with the fields that changed; `after` is
    null for a row that was left out. Of a row that reading altered already there is a record
    before that of the steps.
    """
    now, gone = pairs, dict[int, str]()  # place to rule
    names = [""] * len(pairs)  # the rules that changed each row, as JSON
    fields = dict[str, None]()
    for step in steps:
        after = step.apply(now)
        if after is now:
            continue
        rule = dumps(step.rule)
        if len(after) != len(now):
            left = set(after.places)
            kept = [place in left for place in now.places]
            gone |= {place: rule for place in now.places if place not in left}
            names = [name for name, stays in zip(names, kept, strict=True) if stays]
        else:
            field = next(name for name in FIELDS if now.column(name) is not after.column(name))
            fields[field] = None
            changed = list(map(ne, now.column(field), after.column(field)))
            if all(changed):
                names = [f"{name},{rule}" for name in names]
            else:
                names = [
                    f"{name},{rule}" if is_changed else name
                    for name, is_changed in zip(names, changed, strict=True)
                ]
        now = after
    return now, _records(pairs, now, names, gone, tuple(fields))


def _records(
    before: Pairs,
    after: Pairs,
    names: Sequence[str],
    gone: Mapping[int, str],
    fields: Sequence[str],
) -> Iterator[str]:
    yield from map(record, before.altered)
    if gone:
        yield from _left_out(before.kept([place in gone for place in before.places]), gone)
    if not any(names):
        return
    if len(before) != len(after):
        left = set(after.places)
        before = before.kept([place in left for place in before.places])
    olds, news = _fields(before, fields), _fields(after, fields)
    for line, name, old, new in zip(after.lines, names, olds, news, strict=True):
        if name:
            yield f'{{"line":{line},"rules":[{name[1:]}],"before":{{{old}}},"after":{{{new}}}}}\n'


def _fields(pairs: Pairs, fields: Sequence[str]) -> list[str]:
    columns = [[f'"{name}":"{text}"' for text in escaped(pairs.column(name))] for name in fields]
    return columns[0] if len(columns) == 1 else list(map(",".join, zip(*columns, strict=True)))


def _left_out(rows: Pairs, rules: Mapping[int, str]) -> Iterator[str]:
    for line, place, texts in zip(rows.lines, rows.places, _fields(rows, FIELDS), strict=True):
        yield f'{{"line":{line},"rules":[{rules[place]}],"before":{{{texts}}},"after":null}}\n'


def record(altered: Altered) -> str:
    """As a line of the record."""
    fields = ("line", "rules", "before", "after")
    return _COMPACT.encode({name: getattr(altered, name) for name in fields}) + "\n"


_COMPACT = JSONEncoder(ensure_ascii=False, separators=(",", ":"))
