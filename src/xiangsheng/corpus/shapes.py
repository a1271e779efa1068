"""What a value of JSON is, and what it must be."""

from typing import Any

from xiangsheng.core.errors import DataError

SHAPES = (
    '{"id": "…", "title": "…", "lines": [{"speaker": "甲", "text": "…"}, …]}, '
    '{"messages": [{"role": "user", "content": "…"}, …]}, or one {"speaker": "甲", "text": "…"} a line'
)


def text_of(value: Any, what: str, where: str) -> str:
    """A text, or a whole number as one; nothing is empty. Other kinds are a DataError."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise DataError(
        f"{what} must be text, this is {kind(value)}",
        where=where,
        hint="put it in quotes, or leave it out",
        code="shape",
    )


def kind(value: Any) -> str:
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "an object"


def wrong_shape(message: str, where: str) -> DataError:
    return DataError(
        f"no script as JSON: {message}", where=where, hint=f"write {SHAPES}", code="shape"
    )
