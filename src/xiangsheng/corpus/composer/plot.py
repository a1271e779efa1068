"""A plot: what is bound at the beginning, and who does what, beat by beat.

    plot 听岔
    device 误会
    facts item n
    bind item thing
    bind n number 3 12
    甲 open
    乙 ask
    repeat 2 4
    fresh other thing
    甲 step
    乙 react
    end
    maybe 60
    甲 aside
    乙 ask
    end

`bind` and `fresh` do the same: the one is read as once, the other as anew each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Binding:
    """A slot and what it is drawn from: a rule, or `number LOW HIGH`, `money LOW HIGH`, or an
    expression on slots that are numbers, `sum n*price`.
    """

    slot: str
    source: str
    low: int = 0
    high: int = 0


@dataclass(frozen=True, slots=True)
class Beat:
    """`speaker` (甲 or 乙) says what the rule gives."""

    speaker: str
    rule: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """`low` to `high` times; `fresh` is bound anew each time."""

    low: int
    high: int
    steps: "tuple[Step, ...]"


@dataclass(frozen=True, slots=True)
class Maybe:
    """There in so many cases of a hundred."""

    percent: int
    steps: "tuple[Step, ...]"


Step = Beat | Binding | Repeat | Maybe


@dataclass(frozen=True, slots=True)
class Plot:
    """`facts` are the slots that are stated and come back."""

    name: str
    device: str
    facts: tuple[str, ...]
    steps: tuple[Step, ...]


def plot(lines: Sequence[tuple[int, str]], where: str) -> Plot:
    """Raises ValueError naming the line."""
    left = [(number, line.split("//")[0].split()) for number, line in lines]
    left = [(number, words) for number, words in left if words]
    heads: dict[str, list[str]] = {"plot": [], "device": [], "facts": []}
    while left and left[0][1][0] in heads:
        _, (key, *words) = left.pop(0)
        heads[key] += words
    steps = _steps(left, where)
    if left:
        raise ValueError(f"{where}:{left[0][0]}: an end too many")
    return Plot(" ".join(heads["plot"]), " ".join(heads["device"]), tuple(heads["facts"]), steps)


def _steps(left: list[tuple[int, list[str]]], where: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    while left and left[0][1] != ["end"]:
        number, words = left.pop(0)
        match words:
            case ["bind" | "fresh", slot, source]:
                steps.append(Binding(slot, source))
            case ["bind" | "fresh", slot, "number" | "money" as kind, low, high]:
                steps.append(Binding(slot, kind, int(low), int(high)))
            case ["bind" | "fresh", slot, "sum", expression]:
                steps.append(Binding(slot, f"sum {expression}"))
            case ["甲" | "乙" as speaker, rule]:
                steps.append(Beat(speaker, rule))
            case ["repeat", low, high]:
                steps.append(Repeat(int(low), int(high), _inner(left, where, number)))
            case ["maybe", percent]:
                steps.append(Maybe(int(percent), _inner(left, where, number)))
            case _:
                raise ValueError(f"{where}:{number}: not understood: {' '.join(words)}")
    return tuple(steps)


def _inner(left: list[tuple[int, list[str]]], where: str, number: int) -> tuple[Step, ...]:
    steps = _steps(left, where)
    if not left:
        raise ValueError(f"{where}:{number}: its end is missing")
    left.pop(0)
    return steps
