"""Front matter: TOML between two `+++` lines at the top of a labelled file."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xiangsheng.core.errors import DataError
from xiangsheng.core.notice import Notice

FENCE = "+++"
TEXT_KEYS = ("title", "genre", "summary", "source", "licence", "dougen", "penggen")
# `device` and `joke` describe a bundled script to people; no rendering uses them.
KNOWN_KEYS = frozenset({*TEXT_KEYS, "speakers", "device", "joke"})

_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """`texts` by key; `speakers` names labels 0 and 1; the body starts after `length` lines."""

    texts: Mapping[str, str] = field(default_factory=dict)
    speakers: tuple[str, ...] = ()
    length: int = 0
    notices: tuple[Notice, ...] = ()

    def __getitem__(self, key: str) -> str:
        return self.texts.get(key, "")


def parse_front_matter(lines: list[str], where: str) -> FrontMatter:
    """What stands above the lines; empty where the first line is not `+++`.

    Raises DataError at `file:line:column` for bad TOML or a value of the wrong kind. A key that
    nothing reads is a notice.
    """
    if not lines or lines[0].rstrip() != FENCE:
        return FrontMatter()
    end = next((i for i, line in enumerate(lines) if i and line.rstrip() == FENCE), None)
    if end is None:
        raise DataError(
            "the front matter is not closed",
            where=f"{where}:1",
            hint="put a second +++ line between the front matter and the dialogue",
            code="front_matter",
        )
    table = _toml("\n".join(lines[1:end]) + "\n", where)
    speakers = table.get("speakers", [])
    if not (isinstance(speakers, list) and len(speakers) in {0, 2} and _all_text(speakers)):
        raise _wrong(where, "speakers", "a list of two names, of label 0 and of label 1")
    for key in TEXT_KEYS:
        if not isinstance(table.get(key, ""), str):
            raise _wrong(where, key, "text in quotes")
    return FrontMatter(
        texts={key: table[key] for key in TEXT_KEYS if key in table},
        speakers=tuple(speakers),
        length=end + 1,
        notices=tuple(
            Notice("unknown_key", f"nothing reads the key {key!r}", f"{where}:1")
            for key in table
            if key not in KNOWN_KEYS
        ),
    )


def front_matter_text(values: Mapping[str, str | tuple[str, ...]]) -> str:
    """The fenced block; empty values are left out."""
    rows = [f"{key} = {_toml_value(value)}" for key, value in values.items() if value]
    return "\n".join([FENCE, *rows, FENCE, ""])


def _toml(text: str, where: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _PLACE.search(str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        raise DataError(
            f"the front matter is not TOML: {error}",
            where=f"{where}:{line + 1}:{column}",
            hint='write one key = "value" a line',
            code="front_matter",
        ) from error


def _toml_value(value: str | tuple[str, ...]) -> str:
    """A TOML value: JSON's strings are TOML's, but for U+007F, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _all_text(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _wrong(where: str, key: str, wanted: str) -> DataError:
    return DataError(
        f"{key} in the front matter must be {wanted}", where=f"{where}:1", code="front_matter"
    )
