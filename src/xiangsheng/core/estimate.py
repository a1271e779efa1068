"""Estimates: what something would cost, from the least to the most, and what that rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from xiangsheng.core.words import Words


@dataclass(frozen=True, slots=True)
class Span:
    """A number that is not known: at least `low`, likely `likely`, at most `high`."""

    low: int
    likely: int
    high: int

    @classmethod
    def of(cls, count: int, error: float = 0.0) -> "Span":
        """A count, and how far it can be off."""
        return cls(int(count * (1 - error)), count, int(count * (1 + error) + 0.999999))

    def __add__(self, other: "Span") -> "Span":
        return Span(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def times(self, factor: int) -> "Span":
        return Span(self.low * factor, self.likely * factor, self.high * factor)

    @classmethod
    def sum(cls, spans: Iterable["Span"]) -> "Span":
        total = cls(0, 0, 0)
        for span in spans:
            total += span
        return total

    @property
    def known(self) -> bool:
        return self.low == self.high


NOTHING = Span(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Cost:
    """Exact amounts of one currency, not rounded; `amount` is the likely one."""

    low: Decimal
    amount: Decimal
    high: Decimal
    currency: str

    def __add__(self, other: "Cost") -> "Cost":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Cost(
            self.low + other.low,
            self.amount + other.amount,
            self.high + other.high,
            self.currency,
        )

    @classmethod
    def sum(cls, parts: Iterable["Cost"]) -> "Cost":
        """Of at least one."""
        first, *others = parts
        for part in others:
            first += part
        return first


@dataclass(frozen=True, slots=True)
class Tokens:
    """`prompt` is read and `completion` is written, or trained. `distinct` are those of all prompts,
    of training all of all examples, when each shared beginning is counted once; None: not counted.
    """

    prompt: Span
    completion: Span
    distinct: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """Another way to have the same, and its cost; `why` says what it is, or why nobody knows.

    `name` is cached, batch, script or once.
    """

    name: str
    why: Words
    cost: Cost | None = None

    def times_less(self, than: Cost) -> float | None:
        if self.cost is None or not self.cost.amount or not than.amount:
            return None
        return float(than.amount / self.cost.amount)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What something would cost before anything is spent. `seconds` is how long it takes here.

    `parts` are those of a run: its tasks, and `training`, which is in the cost and not in `tokens`.
    `items` are prompts or examples.
    `prompt_cost` and `completion_cost` are those of the likely tokens.
    """

    model: str
    items: int
    tokens: Tokens
    cost: Cost
    prompt_cost: Decimal
    completion_cost: Decimal
    assumptions: tuple[Words, ...] = ()
    ways: tuple[Way, ...] = ()
    seconds: float | None = None
    parts: Mapping[str, "Estimate"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A model whose price is unknown, among others that are compared."""

    model: str
    reason: Words


@dataclass(frozen=True, slots=True)
class Estimated:
    """An estimate of the model asked for, and of those compared with it."""

    estimate: Estimate
    compared: tuple[Estimate | Unpriced, ...] = ()
