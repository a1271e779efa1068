"""Stage directions: what stands in brackets and is done, not said."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from xiangsheng.corpus.labels import SPACE

_OPEN, _CLOSE = "（(【[〔［", "）)】]〕］"
# Nothing in a bracket is a bracket: of nested ones only the inner is understood.
_BRACKET = rf"[{re.escape(_OPEN)}]([^{re.escape(_OPEN + _CLOSE)}]*)[{re.escape(_CLOSE)}]"
_AT_START = re.compile(rf"[{SPACE}]*{_BRACKET}[{SPACE}]*[:：，,、。.；;]?[{SPACE}]*")
_ALONE = re.compile(rf"[{SPACE}]*{_BRACKET}[{SPACE}。.]*")
_STOPS = "。.，,"


def direction_spans(text: str, *, every: bool = False) -> list[tuple[int, int]]:
    """Where directions stand at the beginning or at the end of a line, with the colon or comma
    that parts one from the words after it.

    Only what is known to be a direction is found, unless `every`: then each bracket there is one.
    A bracket that is the whole line is one unless somebody speaks in it.
    """
    if alone := _ALONE.fullmatch(text):
        found = every or is_direction(alone[1]) or is_unspoken(alone[1])
        return [(0, len(text))] if found else []
    start, end = 0, len(text)
    spans = []
    while (match := _AT_START.match(text, start, end)) and (every or is_direction(match[1])):
        spans.append(match.span())
        start = match.end()
    while (opened := _last_bracket(text, start, end)) >= 0:
        if not (every or is_direction(text[opened:end].strip(SPACE)[1:-1])):
            break
        spans.append((opened, end))
        end = opened
    return sorted(spans)


def is_direction(inside: str) -> bool:
    """Whether a bracket holds what is known to be a direction."""
    words = inside.strip(SPACE).rstrip(_STOPS)
    if not is_unspoken(words):
        return False
    known = _known()
    return words in known.exact or any(pattern.fullmatch(words) for pattern in known.patterns)


def is_unspoken(inside: str) -> bool:
    """Whether nobody speaks in a bracket, as far as its characters tell."""
    known = _known()
    words = inside.strip(SPACE).rstrip(_STOPS)
    return (
        0 < len(words) <= known.longest
        and not known.speech.search(words)
        and words not in known.nouns
    )


def _last_bracket(text: str, start: int, end: int) -> int:
    """Where the bracket begins that these characters end with, or the spaces before it; -1 where
    they end otherwise.
    """
    words = text[start:end].rstrip(SPACE)
    if not words or words[-1] not in _CLOSE:
        return -1
    opened = max(words.rfind(bracket) for bracket in _OPEN)
    nested = any(bracket in words[opened:-1] for bracket in _CLOSE)
    return -1 if opened < 0 or nested else start + len(words[:opened].rstrip(SPACE))


class _Known:
    def __init__(self) -> None:
        text = files("xiangsheng.corpus").joinpath("directions.toml").read_text("utf-8")
        table = tomllib.loads(text)
        self.exact = frozenset(table["exact"].split())
        self.nouns = frozenset(table["nouns"].split())
        self.patterns = tuple(map(re.compile, table["patterns"]))
        self.speech = re.compile(table["speech"])
        self.longest = int(table["longest"])


@cache
def _known() -> _Known:
    return _Known()
