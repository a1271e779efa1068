"""Values of a file to rows of messages, and what was odd about them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from operator import itemgetter
from typing import Any

from xiangsheng.files.json_lines import Bad, Block
from xiangsheng.prepare.checking.chat_rows import KEYS, Chat, Fault, faults_of
from xiangsheng.prepare.checking.pairs import FIELDS, Altered
from xiangsheng.prepare.checking.reading import Lines, Oddities, shown_json

ROW_KEYS = ("messages",)
_MOST_KEYS, _LONGEST_KEY = 100, 200


@dataclass(slots=True)
class Told:
    """What a file's rows hold beside messages that are well: by rule the lines of bad rows and the
    first fault of each; lines with keys that nothing reads, and their names; rows of other formats.
    """

    odd: Oddities = field(default_factory=Oddities)
    faults: dict[str, Lines] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    unknown: Lines = field(default_factory=Lines)
    unknown_keys: dict[str, None] = field(default_factory=dict)
    mixed: Lines = field(default_factory=Lines)
    objects: int = 0  # rows of any kind

    def refuse(self, rule: str, bad: Bad) -> None:
        self.odd.refuse(bad)
        self.faults.setdefault(rule, Lines()).add(bad.line)
        self.examples.setdefault(rule, str(bad))

    def see(self, keys: Iterable[str]) -> None:
        for key in keys:
            if len(self.unknown_keys) < _MOST_KEYS:
                self.unknown_keys[key[:_LONGEST_KEY]] = None


def chats_of(blocks: Iterable[Block], told: Told) -> Iterator[Chat | Altered]:
    """The rows that are well, and those that are left out, in the file's order."""
    place = 0
    for block in blocks:
        told.odd.undecodable |= block.undecodable
        known = block if _is_plain(block) else block.strict()
        rows = zip(known.lines, known.values, strict=True)
        bad = ((one.line, one) for one in known.bad)
        for line, value in merge(rows, bad, key=itemgetter(0)) if known.bad else rows:
            found = _chat_of(value, line, place, told)
            if found is not None:
                place += isinstance(found, Chat)
                yield found


def _is_plain(block: Block) -> bool:
    """Whether a block that was read fast has known keys only, and none of them twice."""
    if not block.quick:
        return True
    counts = dict.fromkeys(KEYS, 0)
    for value in block.values:
        if not isinstance(value, dict) or tuple(value) != ROW_KEYS:
            return False
        if not isinstance(value["messages"], list):
            return False
        for message in value["messages"]:
            if not isinstance(message, dict) or not message.keys() <= counts.keys():
                return False
            for key in message:
                counts[key] += 1
    raw = b"\n".join(block.quick)
    return all(raw.count(f'"{key}"'.encode()) == count for key, count in counts.items())


def _chat_of(value: Any, line: int, place: int, told: Told) -> Chat | Altered | None:
    """None for a row of another format, which is told."""
    if not isinstance(value, dict | Bad):
        value = Bad(line, 1, shown_json(value), "a row must be an object in braces")
    if isinstance(value, Bad):
        told.refuse("bad_line", value)
        return Altered(line, ("bad_line",), value.text, None)
    told.objects += 1
    if "messages" not in value and any(key.lower() in FIELDS for key in value):
        told.mixed.add(line)
        return None
    if faults := faults_of(value):
        for fault in faults:
            told.refuse(fault.rule, _bad(fault, line))
        return Altered(line, tuple(fault.rule for fault in faults), value, None)
    told.odd.rows += 1
    messages = value["messages"]
    unknown = [*_beyond(value, ROW_KEYS, ""), *_of_messages(messages)]
    if unknown:
        told.unknown.add(line)
        told.see(unknown)
        messages = [{key: one[key] for key in one if key in KEYS} for one in messages]
    return Chat(line, place, messages, value)


def _of_messages(messages: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for message in messages:
        yield from _beyond(message, KEYS, "messages[].")


def _beyond(value: Mapping[str, Any], known: tuple[str, ...], before: str) -> Iterator[str]:
    return (f"{before}{key}" for key in value if key not in known)


def _bad(fault: Fault, line: int) -> Bad:
    return Bad(line, 1, fault.text, fault.reason, fault.place)
