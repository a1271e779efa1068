"""Saying things by the rules of a grammar, about what is bound in slots."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from xiangsheng.corpus.composer.expression import Choice, Expression, Reference
from xiangsheng.corpus.composer.grammar import Alternative, Grammar, Rule
from xiangsheng.corpus.composer.numbers import priced, said

_SUM = re.compile(r"[\w-]+(?:[+*][\w]+)+")
MANY = 4
"""Rules with so few alternatives may repeat themselves at once."""
TRIES = 12


@dataclass(frozen=True, slots=True)
class Slot:
    """`number` is None for what is no number."""

    text: str
    measure: str = ""
    number: int | None = None
    money: bool = False

    @classmethod
    def of(cls, number: int, *, money: bool) -> "Slot":
        return cls(priced(number) if money else said(number), "", number, money)


@dataclass(slots=True)
class Voice:
    """One script's: an alternative that was used comes again only when all others were.

    `told` is called with the name of every slot that is spoken.
    """

    random: Random
    grammar: Grammar
    tags: frozenset[str]
    told: Callable[[str], None] = lambda _: None
    slots: dict[str, Slot] = field(default_factory=dict)
    _used: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def say(self, rule: str) -> str:
        """Raises KeyError for a rule that there is not."""
        found = self.grammar[rule]
        return self._expanded(self._alternative(rule, found).expression)

    def bind(self, slot: str, source: str, low: int = 0, high: int = 0) -> None:
        if source == "number":
            self.slots[slot] = Slot.of(self.random.randint(low, high), money=False)
        elif source == "money":
            self.slots[slot] = Slot.of(_round(self.random.randint(low, high)), money=True)
        elif source.startswith("sum "):
            self.slots[slot] = self._sum(source.removeprefix("sum "))
        else:
            taken = {bound.text for bound in self.slots.values()}
            for _ in range(8):
                noun, _, measure = self.say(source).partition("/")
                self.slots[slot] = Slot(noun, measure)
                if noun not in taken:
                    break

    def _alternative(self, name: str, rule: Rule) -> Alternative:
        used = self._used[name]
        at = self._drawn(rule, used)
        if at is None:
            used.clear()
            at = self._drawn(rule, used)
        if at is None:
            raise KeyError(f"{name}: nothing for {' '.join(sorted(self.tags))}")
        if len(rule.alternatives) > MANY:
            used.add(at)
        return rule.alternatives[at]

    def _drawn(self, rule: Rule, used: set[int]) -> int | None:
        """One that suits and was not used: by trying a few times, which mostly is enough."""
        for _ in range(TRIES):
            at = bisect_right(rule.sums, self.random.random() * rule.sums[-1])
            if at not in used and self._suits(rule.alternatives[at]):
                return at
        left = [
            at for at, one in enumerate(rule.alternatives) if at not in used and self._suits(one)
        ]
        weights = [rule.alternatives[at].weight for at in left]
        return self.random.choices(left, weights)[0] if left else None

    def _suits(self, alternative: Alternative) -> bool:
        return not alternative.tags or bool(alternative.tags & self.tags)

    def _expanded(self, expression: Expression) -> str:
        return "".join(
            part
            if isinstance(part, str)
            else self._expanded(self.random.choice(part.options))
            if isinstance(part, Choice)
            else self._referred(part)
            for part in expression
        )

    def _referred(self, reference: Reference) -> str:
        name = reference.name
        if slot := self.slots.get(name):
            self.told(name)
            return (slot.measure or "个") * reference.measured + slot.text
        if _SUM.fullmatch(name) and name not in self.grammar:
            return self._sum(name).text
        noun, _, measure = self.say(name).partition("/")
        return (measure or "个") * reference.measured + noun

    def _sum(self, text: str) -> Slot:
        """`n+2*price`: products first; of money there comes money."""
        total, money = 0, False
        for term in text.split("+"):
            product = 1
            for factor in term.split("*"):
                if factor.isdigit():
                    product *= int(factor)
                else:
                    slot = self.slots[factor]
                    if slot.number is None:
                        raise KeyError(f"{factor} is no number")
                    self.told(factor)
                    product, money = product * slot.number, money or slot.money
            total += product
        return Slot.of(total, money=money)


def _round(number: int) -> int:
    """Prices are round: two digits that are not zero."""
    size = int("1" + "0" * max(0, len(str(number)) - 2))
    return number // size * size
