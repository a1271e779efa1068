"""The lines of a script or a chat in JSON: who says what."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xiangsheng.corpus.columns import claimed
from xiangsheng.corpus.labels import SPACE
from xiangsheng.corpus.rows import spoken_label
from xiangsheng.corpus.shapes import kind, text_of, wrong_shape
from xiangsheng.files.text import split_lines

CHATS = ("messages", "conversations")
_PARTIES = frozenset({"user", "assistant", "human", "gpt", "bot", "model"})
_INSTRUCTIONS = frozenset({"system", "developer"})


@dataclass(frozen=True, slots=True)
class Said:
    """Label and text of each line, and names of labels; `instructed`: a chat had instructions."""

    spoken: tuple[tuple[str, str], ...]
    names: Mapping[str, str]
    instructed: bool


def said(items: list[Any], key: str, where: str, columns: Mapping[str, str], *, ours: bool) -> Said:
    """Who says what in the list under `key`. Raises DataError for an item that does not say it.

    Of a chat the instructions are left out, and each line of a message is a line.
    """
    chat = key in CHATS
    spoken: list[tuple[str, str]] = []
    names = dict.fromkeys(_PARTIES, "") if chat else {}
    found = list(_items(items, key, where, columns))
    for position, item in enumerate(found):
        label = item["speaker"] if ours else spoken_label(item["speaker"])
        if not label:
            raise wrong_shape(f"{key}[{position}] has an empty speaker: {item['text'][:40]}", where)
        if chat and label in _INSTRUCTIONS:
            continue
        if item.get("name"):
            names[label] = item["name"]
        texts = _lines_of(item["text"]) if chat else [item["text"]]
        spoken += [(label, text if ours else text.strip(SPACE)) for text in texts]
    instructed = chat and any(item["speaker"] in _INSTRUCTIONS for item in found)
    return Said(tuple(spoken), names, instructed)


def among(columns: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """What a person said of these names; the others belong to another level."""
    known = set(names)
    return {field: name for field, name in columns.items() if not name or name in known}


def _items(
    items: list[Any], key: str, where: str, columns: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Speaker, text and, where there is one, name of each item."""
    places: dict[tuple[str, ...], dict[str, int]] = {}
    for position, item in enumerate(items):
        at = f"{key}[{position}]"
        if not isinstance(item, dict):
            raise wrong_shape(f"{at} is {kind(item)}: {str(item)[:40]}", where)
        known = tuple(item)
        if known not in places:
            wanted = among(columns, known)
            places[known] = claimed(known, wanted, ("speaker", "text", "name"), where)
        if not {"speaker", "text"} <= set(places[known]):
            raise wrong_shape(f"{at} has no speaker or no text, but {', '.join(known)[:60]}", where)
        yield {
            field: text_of(item[known[n]], f"{at}.{known[n]}", where)
            for field, n in places[known].items()
        }


def _lines_of(message: str) -> list[str]:
    """The lines of a message; blank ones are layout, but for a message that has no other."""
    return [line for line in split_lines(message) if line.strip(SPACE)] or [""]
