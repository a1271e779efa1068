"""Values of a file to pairs of prompt and completion, and what was odd about them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from json import dumps
from operator import attrgetter
from typing import Any

from xiangsheng.files.json_lines import Bad, Block
from xiangsheng.prepare.checking.finding import MOST_ROWS
from xiangsheng.prepare.checking.pairs import FIELDS, Altered, Pairs

_TEXT = {str}
MOST_KEYS, LONGEST_KEY = 1000, 200


@dataclass(slots=True)
class Lines:
    """Lines of which something is to be said: how many, and the first of them."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, line: int) -> None:
        self.count += 1
        if len(self.first) < MOST_ROWS:
            self.first.append(line)

    def absorb(self, later: "Lines") -> None:
        self.count += later.count
        self.first = [*self.first, *later.first][:MOST_ROWS]


@dataclass(slots=True)
class Oddities:
    """What a file's rows hold beside two texts.

    `keys` are those that rows have, in the order in which they came, the first thousand,
    cut, and all that are a field's name in whatever letters. By field: lines that lack it
    or have null, lines where it is a number or a truth value, and lines where it is empty.
    """

    rows: int = 0
    keys: dict[str, None] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)
    bad_count: int = 0
    missing: dict[str, Lines] = field(default_factory=lambda: {name: Lines() for name in FIELDS})
    not_text: dict[str, Lines] = field(default_factory=lambda: {name: Lines() for name in FIELDS})
    empty: Lines = field(default_factory=Lines)
    undecodable: bool = False

    def see(self, row: Iterable[str]) -> None:
        for key in row:
            if len(self.keys) < MOST_KEYS or key.lower() in FIELDS:
                self.keys[key[:LONGEST_KEY]] = None

    def absorb(self, later: "Oddities") -> None:
        """Takes in what was odd in the part of the file that follows."""
        self.rows += later.rows
        self.see(later.keys)
        count = self.bad_count + later.bad_count
        self.refuse(*later.bad)
        self.bad_count = count
        for name in FIELDS:
            self.missing[name].absorb(later.missing[name])
            self.not_text[name].absorb(later.not_text[name])
        self.empty.absorb(later.empty)
        self.undecodable |= later.undecodable

    def refuse(self, *bad: Bad) -> None:
        self.bad_count += len(bad)
        self.bad.extend(bad[: max(0, MOST_ROWS - len(self.bad))])


def pairs_of(blocks: Iterable[Block], columns: Mapping[str, str], odd: Oddities) -> Iterator[Pairs]:
    """The rows that have a completion; `columns` names the key of each field.

    Numbers and truth values become the text that JSON has for them. What is no pair, such as a list,
    is told in `odd` and left out.
    """
    place = 0
    usual = all(columns[name] == name for name in FIELDS)
    for block in blocks:
        odd.undecodable |= block.undecodable
        pairs = _usual(block, odd) if usual else None
        if pairs is None:
            pairs = _unusual(block.strict(), columns, odd)
        elif block.bad:
            odd.refuse(*block.bad)
            pairs = replace(pairs, altered=list(map(_left_out, block.bad)))
        if "" in pairs.completions:
            pairs = _without_empty(pairs, odd)
        yield replace(pairs, places=range(place, place + len(pairs)))
        place += len(pairs)


def _left_out(bad: Bad) -> Altered:
    return Altered(bad.line, ("bad_line",), bad.text, None)


def _without_empty(pairs: Pairs, odd: Oddities) -> Pairs:
    rows = zip(pairs.lines, pairs.prompts, pairs.completions, strict=True)
    empty = [
        _emptied(line, {"prompt": prompt, "completion": ""}, odd)
        for line, prompt, completion in rows
        if not completion
    ]
    left = pairs.kept(list(map(bool, pairs.completions)))
    return replace(left, altered=[*pairs.altered, *empty])


def _emptied(line: int, row: Mapping[str, Any], odd: Oddities) -> Altered:
    odd.empty.add(line)
    return Altered(line, ("non_empty_field",), row, None)


def _usual(block: Block, odd: Oddities) -> Pairs | None:
    """The columns if every value has these two keys, no other, and texts."""
    values = block.values
    try:
        if set(map(len, values)) != {2}:
            return None
        prompts = [value["prompt"] for value in values]
        completions = [value["completion"] for value in values]
    except (KeyError, TypeError, IndexError):
        return None
    if set(map(type, prompts)) != _TEXT or set(map(type, completions)) != _TEXT:
        return None
    if len(odd.keys) < len(FIELDS):
        odd.keys.update(dict.fromkeys(values[0]))
    odd.rows += len(values)
    return Pairs(prompts, completions, block.lines, ())


def _unusual(block: Block, columns: Mapping[str, str], odd: Oddities) -> Pairs:
    prompts, completions, lines = [], [], []
    bad, altered = list(block.bad), list[Altered]()
    keys = {columns[name]: name for name in FIELDS}
    for value, line in zip(block.values, block.lines, strict=True):
        if not isinstance(value, dict):
            bad.append(Bad(line, 1, shown_json(value), "a row must be an object in braces"))
            continue
        if not value.keys() <= odd.keys.keys():
            odd.see(value)
        row: dict[str, Any] = {keys.get(key) or key: what for key, what in value.items()}
        if fault := _fault(row, line):
            bad.append(fault)
            continue
        odd.rows += 1
        prompt, completion = (_text(row.get(name), name, line, odd) for name in FIELDS)
        if not completion:
            altered.append(_emptied(line, row, odd))
            continue
        if rules := _rules(row):
            before = {name: what for name, what in row.items() if not _is_text(name, what)}
            texts = {"prompt": prompt, "completion": completion}
            after = {
                name: text for name, text in texts.items() if name in before or name not in row
            }
            altered.append(Altered(line, rules, before, after))
        prompts.append(prompt)
        completions.append(completion)
        lines.append(line)
    bad.sort(key=attrgetter("line"))
    odd.refuse(*bad)
    return Pairs(prompts, completions, lines, (), [*map(_left_out, bad), *altered])


def _fault(row: Mapping[str, Any], line: int) -> Bad | None:
    """What is neither a text nor may be written as one."""
    wrong = {name: what for name in FIELDS if isinstance(what := row.get(name), list | dict)}
    if not wrong:
        return None
    kinds = {
        name: "a list" if isinstance(what, list) else "an object" for name, what in wrong.items()
    }
    reason = ", ".join(f"the {name} is {kind}" for name, kind in kinds.items())
    return Bad(line, 1, shown_json(next(iter(wrong.values()))), f"{reason}, not a text")


def _text(value: Any, name: str, line: int, odd: Oddities) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        odd.missing[name].add(line)
        return ""
    odd.not_text[name].add(line)
    return dumps(value)


def _is_text(name: str, value: Any) -> bool:
    return name in FIELDS and isinstance(value, str)


def _rules(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Those that alter a row while it is read."""
    fields = [row.get(name) for name in FIELDS]
    altering = {
        "additional_column": not row.keys() <= set(FIELDS),
        "not_text": any(isinstance(value, int | float) for value in fields),
        "missing_field": None in fields,
    }
    return tuple(rule for rule, alters in altering.items() if alters)


def shown_json(value: Any) -> str:
    """Its first characters."""
    text = dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:60] + "…"
