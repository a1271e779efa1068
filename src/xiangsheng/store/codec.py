"""Core nouns to JSON and back, validated on the way in."""

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def encode(value: object) -> str:
    """One line of JSON; Chinese as it is."""
    return _adapter(type(value)).dump_json(value).decode()


def decode(kind: type[T], text: str | bytes) -> T:
    """Raises pydantic's ValidationError (a ValueError) when the text is not a `kind`."""
    value: T = _adapter(kind).validate_json(text)
    return value
