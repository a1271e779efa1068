"""Text of others made safe to show: unseen characters become seen, none is dropped."""

import json
import unicodedata
from dataclasses import fields, is_dataclass
from typing import Any

# The controls that turn the direction of text; a page that obeys them shows what nobody wrote.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(text: str) -> str:
    """Controls, direction marks and lone surrogates as ⟨U+202E⟩; newline and tab stay."""
    return "".join(
        f"⟨U+{ord(char):04X}⟩"
        if char in _DIRECTION or (unicodedata.category(char) in {"Cc", "Cs"} and char not in "\n\t")
        else char
        for char in text
    )


def settings(thing: Any) -> tuple[tuple[str, str], ...]:
    """The fields of a dataclass as JSON, so that a newline in a stop sequence can be read."""
    if not is_dataclass(thing):
        raise TypeError(f"{type(thing).__name__} is not a dataclass")
    return tuple(
        (field.name, json.dumps(_json(getattr(thing, field.name)), ensure_ascii=False))
        for field in fields(thing)
    )


def _json(found: Any) -> Any:
    return dict(found) if hasattr(found, "items") else found
