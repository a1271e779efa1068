"""Core nouns to JSON and back, validated on the way in."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")

_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def encode(value: object) -> str:
    """One line of JSON; Chinese as it is."""
    return _adapter(type(value)).dump_json(value).decode()


def decode(kind: type[T], text: str | bytes) -> T:
    """Raises pydantic's ValidationError (a ValueError) when the text is not a `kind`."""
    value: T = _adapter(kind).validate_json(text)
    return value
