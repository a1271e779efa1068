"""What pydantic finds wrong with a body, in the messages and codes of the API."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from xiangsheng.server.errors import ApiError, invalid

_RANGES = {
    "less_than_equal": ("above maximum", "<=", "le", "above_max_value"),
    "greater_than_equal": ("below minimum", ">=", "ge", "below_min_value"),
}
_LENGTHS = {
    "too_long": ("array", "long", "maximum", "max_length", "array_above_max_length"),
    "too_short": ("array", "short", "minimum", "min_length", "array_below_min_length"),
    "string_too_long": ("string", "long", "maximum", "max_length", "string_above_max_length"),
    "string_too_short": ("string", "short", "minimum", "min_length", "string_below_min_length"),
}
_EXPECTED = {
    "string_type": "a string",
    "list_type": "an array",
    "int_type": "an integer",
    "int_from_float": "an integer",
    "float_type": "a decimal",
    "bool_type": "a boolean",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
NO_JSON = (
    "We could not parse the JSON body of your request. (HINT: what was sent must be one JSON object "
    "in UTF-8, with `Content-Type: application/json`.)"
)


def told(found: Sequence[Mapping[str, Any]], body: Any) -> ApiError:
    """The first parameter that is wrong; of its errors, the one that says most."""
    first = _place(found[0])
    if not first:
        return invalid(NO_JSON, None)
    about = [error for error in found if _place(error)[:1] == first[:1]]
    within = [error for error in about if _numbers(error) or error["type"] not in _EXPECTED]
    if within:  # of several kinds that are allowed, one was meant
        return _told(max(within, key=_telling))
    wanted = dict.fromkeys(_EXPECTED[error["type"]] for error in about)
    sent = body.get(first[0]) if isinstance(body, dict) else None
    given = about[0]["input"] if len(about) == 1 else sent
    return _wrong_type(_named(first), list(wanted), given)


def _telling(error: Mapping[str, Any]) -> tuple[bool, tuple[int, ...]]:
    """What is no matter of type says more; else what was found furthest into an array."""
    return error["type"] not in _EXPECTED, _numbers(error)


def _numbers(error: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(part for part in _place(error) if isinstance(part, int))


def _told(error: Mapping[str, Any]) -> ApiError:
    kind, given, context = error["type"], error.get("input"), error.get("ctx", {})
    name = _named(_place(error))
    if kind == "missing":
        return invalid(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
    if kind == "extra_forbidden":
        return invalid(f"Unrecognized request argument supplied: {name}", None)
    if kind in _RANGES:
        beyond, sign, bound, code = _RANGES[kind]
        number = "integer" if isinstance(context[bound], int) else "decimal"
        return invalid(
            f"Invalid '{name}': {number} {beyond} value. Expected a value {sign} "
            f"{_shown(context[bound])}, but got {str(given)[:40]} instead.",
            name,
            f"{number}_{code}",
        )
    if kind in _LENGTHS:
        what, size, end, bound, code = _LENGTHS[kind]
        if isinstance(given, dict):
            what, code = "object", code.replace("array", "object")
        return invalid(
            f"Invalid '{name}': {what} too {size}. Expected {_a(what)} with {end} length "
            f"{context[bound]}, but got {_of_length(what, len(given or ''))} instead.",
            name,
            code,
        )
    if kind in _EXPECTED:
        return _wrong_type(name, [_EXPECTED[kind]], given)
    return invalid(f"Invalid value for '{name}': {error['msg']}.", name, "invalid_value")


def _wrong_type(name: str, wanted: Sequence[str], given: Any) -> ApiError:
    return invalid(
        f"Invalid type for '{name}': expected {' or '.join(wanted)}, but got {_kind(given)} instead.",
        name,
        "invalid_type",
    )


def _place(error: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Without where it was sent: in the body, the query or the path."""
    return tuple(error["loc"][1:])


def _named(place: tuple[str | int, ...]) -> str:
    """`messages[0].role`; a word that stands behind another is a kind that pydantic has tried."""
    name = str(place[0])
    for before, part in pairwise(place):
        if isinstance(part, int):
            name += f"[{part}]"
        elif isinstance(before, int) and part.isidentifier():
            name += f".{part}"
    return name


_KINDS = {
    type(None): "null",
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    str: "a string",
    list: "an array",
}


def _kind(given: Any) -> str:
    return _KINDS.get(type(given), "an object")


def _shown(bound: float) -> str:
    return str(bound) if isinstance(bound, int) else f"{bound:g}"


def _a(what: str) -> str:
    return f"an {what}" if what[0] in "ao" else f"a {what}"


def _of_length(what: str, length: int) -> str:
    return f"an empty {what}" if not length else f"{_a(what)} with length {length}"
