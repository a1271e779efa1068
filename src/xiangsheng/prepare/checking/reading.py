"""Values of a file to pairs of prompt and completion, and what was odd about them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import repeat
from json import dumps
from typing import Any

from xiangsheng.files.json_lines import Bad, Block
from xiangsheng.prepare.checking.finding import MOST_ROWS
from xiangsheng.prepare.checking.pairs import FIELDS, Pairs

_TEXT = {str}


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

    `keys` are all that any row has, in the order in which they came. By field: lines that lack it
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

    def absorb(self, later: "Oddities") -> None:
        """Takes in what was odd in the part of the file that follows."""
        self.rows += later.rows
        self.keys.update(later.keys)
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
    for quick in blocks:
        pairs = (usual and _usual(quick, odd)) or None
        block = quick if pairs or not quick.strictly else quick.strictly()
        odd.refuse(*block.bad)
        odd.undecodable |= block.undecodable
        pairs = pairs or _unusual(block, columns, odd)
        if "" in pairs.completions:
            pairs = _without_empty(pairs, odd)
        yield replace(pairs, places=range(place, place + len(pairs)))
        place += len(pairs)


def _without_empty(pairs: Pairs, odd: Oddities) -> Pairs:
    rows = zip(pairs.lines, pairs.prompts, pairs.completions, strict=True)
    emptied = [(line, prompt) for line, prompt, completion in rows if not completion]
    for line, _ in emptied:
        odd.empty.add(line)
    return replace(pairs.kept(list(map(bool, pairs.completions))), emptied=emptied)


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
    extras, raw = dict[int, Mapping[str, Any]](), dict[int, Mapping[str, Any]]()
    keys = [columns[name] for name in FIELDS]
    for value, line in zip(block.values, block.lines, strict=True):
        if not isinstance(value, dict):
            odd.refuse(Bad(line, 1, _shown(value), "a row must be an object in braces"))
            continue
        odd.keys.update(zip(value, repeat(None)))
        own = {name: value.get(key) for name, key in zip(FIELDS, keys, strict=True)}
        texts = [_text(what, name, line, odd) for name, what in own.items()]
        if texts[0] is None or texts[1] is None:
            continue
        odd.rows += 1
        if others := {key: what for key, what in value.items() if key not in keys}:
            extras[line] = others
        if written := {name: what for name, what in own.items() if isinstance(what, int | float)}:
            raw[line] = written
        prompts.append(texts[0])
        completions.append(texts[1])
        lines.append(line)
    return Pairs(prompts, completions, lines, (), extras=extras, raw=raw)


def _text(value: Any, name: str, line: int, odd: Oddities) -> str | None:
    """The text of a field; None where it is a list or an object, which is told."""
    if isinstance(value, str):
        return value
    if value is None:
        odd.missing[name].add(line)
        return ""
    if isinstance(value, int | float):
        odd.not_text[name].add(line)
        return dumps(value)
    what = "a list" if isinstance(value, list) else "an object"
    odd.refuse(Bad(line, 1, _shown(value), f"the {name} is {what}, not a text"))
    return None


def _shown(value: Any) -> str:
    text = dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:60] + "…"
