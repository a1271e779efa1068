"""The grammar files that ship with the package: common rules, topics, plots."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from xiangsheng.corpus.composer.grammar import Grammar, joined, rules
from xiangsheng.corpus.composer.plot import Plot, plot

PLOT_ENDS = "---"
"""The line between a plot's beats and its rules."""
TOPIC_RULES = (
    *("thing", "person", "place", "do", "trouble", "talk"),
    *("want", "brag", "news", "detail", "skill"),
)
"""What every topic can be asked for. Its other rules are parts of these, and referred to as any-NAME,
which is there with every topic.
"""


@dataclass(frozen=True, slots=True)
class Library:
    """`topics` and plots come with rules of their own, which join the common ones."""

    common: Grammar
    topics: Mapping[str, Grammar]
    plots: tuple[tuple[Plot, Grammar], ...]


@cache
def library() -> Library:
    here = files("xiangsheng.corpus.composer")
    common = joined(*(rules(_lines(file), file.name) for file in _files(here / "common")))
    topics = {}
    for file in _files(here / "topics"):
        (_, first), *rest = _lines(file)
        topics[first.removeprefix("topic").strip()] = rules(rest, file.name)
    every = joined(*topics.values())
    anything = {f"any-{name}": rule for name, rule in every.items()}
    plots = tuple(_plot(file) for file in _files(here / "plots"))
    return Library(joined(common, anything), topics, plots)


def library_digest() -> str:
    """Of all files, which need not be parsed for it: most commands only ask which base is meant."""
    here, found = files("xiangsheng.corpus.composer"), sha256()
    for folder in ("common", "topics", "plots"):
        for file in _files(here / folder):
            found.update(f"{folder}/{file.name}".encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def _plot(file: Traversable) -> tuple[Plot, Grammar]:
    lines = list(_lines(file))
    cut = next((at for at, (_, line) in enumerate(lines) if line == PLOT_ENDS), None)
    if cut is None:
        raise ValueError(f"{file.name}: the line {PLOT_ENDS} is missing")
    return plot(lines[:cut], file.name), rules(lines[cut + 1 :], file.name)


def _files(folder: Traversable) -> Iterable[Traversable]:
    return sorted(
        (file for file in folder.iterdir() if file.name.endswith(".gram")),
        key=lambda file: file.name,
    )


def _lines(file: Traversable) -> list[tuple[int, str]]:
    text = file.read_text(encoding="utf-8")
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
