"""What a grammar's text means: literals, references, choices, and parts that may be left out.

    听说{who}[昨儿]买了{两|三}{#item}

`{name}` is a slot or a rule, `{#name}` the same with its measure word before it, `{n+2}` a sum on
numbers in slots, `{a|b}` a choice, `[…]` is there half of the time.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reference:
    name: str
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of them, all equally likely."""

    options: "tuple[Expression, ...]"


Part = str | Reference | Choice
Expression = tuple[Part, ...]


def parsed(text: str) -> Expression:
    """Raises ValueError where brackets do not match."""
    parts, rest = _sequence(text, "")
    if rest:
        raise ValueError(f"unmatched {rest[0]!r} in {text!r}")
    return parts


def references(expression: Expression) -> Iterator[str]:
    """The names of all references, in order."""
    for part in expression:
        if isinstance(part, Reference):
            yield part.name
        elif isinstance(part, Choice):
            for option in part.options:
                yield from references(option)


def _sequence(text: str, ends: str) -> tuple[Expression, str]:
    """Parts up to one of `ends`, which is left in the rest."""
    parts: list[Part] = []
    while text and text[0] not in ends:
        if text[0] == "{":
            part, text = _braces(text[1:])
            parts.append(part)
        elif text[0] == "[":
            inside, text = _sequence(text[1:], "]")
            parts.append(Choice((inside, ())))
            text = _closed(text, "]")
        elif text[0] in "}]":
            break
        else:
            size = next((at for at, one in enumerate(text) if one in "{}[]" + ends), len(text))
            parts.append(text[:size])
            text = text[size:]
    return tuple(parts), text


def _braces(text: str) -> tuple[Part, str]:
    options: list[Expression] = []
    while True:
        inside, text = _sequence(text, "|}")
        options.append(inside)
        if not text.startswith("|"):
            break
        text = text[1:]
    text = _closed(text, "}")
    if len(options) > 1:
        return Choice(tuple(options)), text
    (only,) = options
    if len(only) != 1 or not isinstance(only[0], str):
        raise ValueError(f"a reference is one name, not {only!r}")
    return Reference(only[0].removeprefix("#"), only[0].startswith("#")), text


def _closed(text: str, bracket: str) -> str:
    if not text.startswith(bracket):
        raise ValueError(f"{bracket!r} is missing before {text[:10]!r}")
    return text[1:]
