"""The change record: every altered row, before and after, with the rules that altered it."""

from collections.abc import Iterator, Mapping, Sequence
from json import dumps
from operator import ne
from typing import Any

from xiangsheng.files.json_lines import escaped
from xiangsheng.prepare.checking.fixes import Step
from xiangsheng.prepare.checking.pairs import FIELDS, Pairs


def mended(pairs: Pairs, steps: Sequence[Step]) -> tuple[Pairs, Iterator[str]]:
    """The rows with every step taken, one after the other, and their records as lines of JSON.

    A record has `line`, `rules`, `before` and `after` with the fields that changed; `after` is
    null for a row that was left out.
    """
    now, gone = pairs, list[str]()
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
            gone += _left_out(now, kept, rule)
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
    before: Pairs, after: Pairs, names: Sequence[str], gone: Sequence[str], fields: Sequence[str]
) -> Iterator[str]:
    yield from _of_reading(before)
    yield from gone
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


def _left_out(pairs: Pairs, kept: Sequence[bool], rule: str) -> Iterator[str]:
    gone = pairs.kept([not stays for stays in kept])
    for line, texts in zip(gone.lines, _fields(gone, FIELDS), strict=True):
        yield f'{{"line":{line},"rules":[{rule}],"before":{{{texts}}},"after":null}}\n'


def _of_reading(pairs: Pairs) -> Iterator[str]:
    """What reading already did: rows without a completion, other columns, values written out."""
    for line, prompt in pairs.emptied:
        yield _record(line, '"non_empty_field"', {"prompt": prompt, "completion": ""}, None)
    for line, others in pairs.extras.items():
        yield _record(line, '"additional_column"', others, {})
    for line, values in pairs.raw.items():
        written = {name: dumps(value) for name, value in values.items()}
        yield _record(line, '"not_text"', values, written)


def _record(
    line: int, rule: str, before: Mapping[str, Any], after: Mapping[str, Any] | None
) -> str:
    old, new = (dumps(what, ensure_ascii=False) for what in (before, after))
    return f'{{"line":{line},"rules":[{rule}],"before":{old},"after":{new}}}\n'
