"""What is taken out of a text file before its lines are speech: it would stop its reading.

A footer without a label, an «作者：…» that looks like a third speaker, a direction on a line of its
own: in a labelled text the first of them is an error, in an alternating one they would shift the
roles of all lines after them.
"""

from collections import Counter
from collections.abc import Callable, Collection

from xiangsheng.corpus.cleaning import REASONS, Removal, Rule
from xiangsheng.corpus.directions import direction_spans
from xiangsheng.corpus.footers import EDGE, LABELS, is_footer
from xiangsheng.corpus.labelled import NumberedLine, Sieve
from xiangsheng.corpus.labels import SPACE, is_labelled, split_label

HEADINGS = 8
"""Lines at each end of a file among which its headings stand: title, author, date, …"""
OFTEN = 2
"""A label that stands so often belongs to somebody who speaks."""


def sieve(rules: Collection[Rule], found: Callable[[Removal], None]) -> Sieve:
    """Takes out whole lines and tells `found` of each."""

    def stays(where: str, lines: list[NumberedLine]) -> list[NumberedLine]:
        kept = []
        body = _Body(lines)
        for number, line in lines:
            rule = None if body.is_speech(line) else _rule(line, rules, edge=number in body.edges)
            if rule is None and Rule.SITE in rules and body.is_heading(number, line):
                rule = Rule.SITE
            if rule is None:
                kept.append((number, line))
            else:
                text = line.strip(SPACE)
                found(Removal(rule, "", 0, text, REASONS[rule], f"{where}:{number}"))
        return kept

    return stays


class _Body:
    """What the lines of a text say of each other."""

    def __init__(self, lines: list[NumberedLine]) -> None:
        spoken = [(number, line) for number, line in lines if line.strip(SPACE)]
        self.labelled = is_labelled([line for _, line in spoken])
        self.labels = Counter(_label(line) for _, line in spoken)
        self.edges = {number for number, _ in (*spoken[:EDGE], *spoken[-EDGE:])}
        self.ends = {number for number, _ in (*spoken[:HEADINGS], *spoken[-HEADINGS:])}

    def is_speech(self, line: str) -> bool:
        """Whether somebody's label says so."""
        return self.labelled and _label(line) != "" and not self._names_nobody(line)

    def is_heading(self, number: int, line: str) -> bool:
        return self.labelled and number in self.ends and self._names_nobody(line)

    def _names_nobody(self, line: str) -> bool:
        return _label(line) in LABELS and self.labels[_label(line)] < OFTEN


def _label(line: str) -> str:
    split = split_label(line)
    return split[0] if split else ""


def _rule(line: str, rules: Collection[Rule], *, edge: bool) -> Rule | None:
    if Rule.SITE in rules and is_footer(line, edge=edge):
        return Rule.SITE
    for rule in (Rule.DIRECTIONS, Rule.BRACKETS):
        whole = [(0, len(line))]
        if rule in rules and direction_spans(line, every=rule is Rule.BRACKETS) == whole:
            return rule
    return None
