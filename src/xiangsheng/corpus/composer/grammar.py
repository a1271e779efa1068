"""Rules of a grammar file: names with alternatives, some more likely, some for a mood only.

    = doubt
    {thing}还能{do}？
    谁信哪 %3
    我{怎么|咋}没听说 #抱怨

What follows `//` is a comment.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from xiangsheng.corpus.composer.expression import Expression, parsed


@dataclass(frozen=True, slots=True)
class Alternative:
    """`tags` name moods and registers; without any it suits all."""

    expression: Expression
    weight: float = 1.0
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """Alternatives and, for drawing one, the sums of their weights."""

    alternatives: tuple[Alternative, ...]
    sums: tuple[float, ...]

    @classmethod
    def of(cls, alternatives: Iterable[Alternative]) -> "Rule":
        found = tuple(alternatives)
        return cls(found, tuple(accumulate(one.weight for one in found)))


Grammar = Mapping[str, Rule]


def rules(lines: Iterable[tuple[int, str]], where: str) -> dict[str, Rule]:
    """Rules by name; a name that comes twice has the alternatives of both.

    Raises ValueError naming the line.
    """
    found: dict[str, list[Alternative]] = {}
    current: list[Alternative] | None = None
    for number, line in lines:
        text = line.split("//")[0].strip()
        if not text:
            continue
        if text.startswith("="):
            current = found.setdefault(text.removeprefix("=").strip(), [])
            continue
        if current is None:
            raise ValueError(f"{where}:{number}: no rule has begun")
        try:
            current.append(_alternative(text))
        except ValueError as error:
            raise ValueError(f"{where}:{number}: {error}") from error
    return {name: Rule.of(alternatives) for name, alternatives in found.items()}


def joined(*grammars: Grammar) -> dict[str, Rule]:
    """One grammar; of a rule that several have, all alternatives."""
    result: dict[str, Rule] = {}
    for grammar in grammars:
        for name, rule in grammar.items():
            before = result[name].alternatives if name in result else ()
            result[name] = Rule.of((*before, *rule.alternatives))
    return result


def _alternative(text: str) -> Alternative:
    weight, tags = 1.0, set[str]()
    words = text.split(" ")
    while len(words) > 1 and words[-1][:1] in {"%", "#"} and len(words[-1]) > 1:
        mark = words.pop()
        if mark[0] == "%":
            weight = float(mark[1:])
        else:
            tags.add(mark[1:])
    return Alternative(parsed(" ".join(words)), weight, frozenset(tags))
