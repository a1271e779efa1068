"""Listed prices: what a service asks for a kind of token, from when, until when, and who says so."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum

from xiangsheng.core.money import Money
from xiangsheng.core.words import Words


class Kind(StrEnum):
    """What is paid for. `train` is a token in one epoch; the others are tokens of requests."""

    TRAIN = "train"
    INPUT = "input"
    CACHED_INPUT = "cached_input"
    OUTPUT = "output"
    BATCH_INPUT = "batch_input"
    BATCH_OUTPUT = "batch_output"


class Per(StrEnum):
    """How many tokens an amount is for, as the source prints it; an hour of training has none."""

    THOUSAND = "1k"
    MILLION = "1M"
    HOUR = "hour"

    @property
    def tokens(self) -> int:
        """0 for an hour."""
        return {Per.THOUSAND: 1_000, Per.MILLION: 1_000_000, Per.HOUR: 0}[self]


class Standing(StrEnum):
    """Whether a price was in force at a moment; MAYBE where nobody has looked."""

    SURE = "sure"
    MAYBE = "maybe"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a price was read. `seen` is the latest day that the copy speaks for, where it says.

    `first_hand` is the service itself, or a plain copy of its page.
    """

    key: str
    where: str
    dated: str = ""
    seen: date | None = None
    first_hand: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """When a price holds. `since` and `until` are what is written; the moments are aware.

    It is known to hold from `first` to `last` (exclusive; None: no end is known), and known not to
    hold before `earliest` and from `latest` on; None there is unknown.
    """

    since: str
    until: str
    first: datetime
    last: datetime | None = None
    earliest: datetime | None = None
    latest: datetime | None = None

    def at(self, moment: datetime) -> Standing:
        if self.first <= moment and (self.last is None or moment < self.last):
            return Standing.SURE
        before = self.earliest is not None and moment < self.earliest
        after = self.latest is not None and moment >= self.latest
        return Standing.NOT if before or after else Standing.MAYBE

    @property
    def edges(self) -> tuple[datetime, ...]:
        """Where its standing may change."""
        named = (self.first, self.last, self.earliest, self.latest)
        return tuple(moment for moment in named if moment is not None)


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of the week in `zone`; `days` count from Monday, 0, and `spans` are minutes of a day.

    `outside` turns them round. A span that ends before it begins goes on after midnight, and
    belongs to the day on which it begins.
    """

    name: str
    zone: tzinfo
    days: frozenset[int]
    spans: tuple[tuple[int, int], ...]
    outside: bool = False

    def hold(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        minute, day = local.hour * 60 + local.minute, local.weekday()
        within = any(
            (day in self.days and start <= minute < end)
            if start < end
            else (day in self.days and minute >= start)
            or ((day - 1) % 7 in self.days and minute < end)
            for start, end in self.spans
        )
        return within is not self.outside

    def edges(self, day: date) -> tuple[datetime, ...]:
        """The moments of a day, in its own zone, at which they begin or end."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        minutes = sorted({0} | {minute for span in self.spans for minute in span})
        return tuple(midnight + timedelta(minutes=minute) for minute in minutes)


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """One price of one model; `amount` is for `per`.

    `tuned` is the price of a fine-tuned model's tokens. `variant` is a way of using the model with
    prices of its own, such as `thinking`. `state` is beta, promotion or retired; `place` is where
    in which file it is written.
    """

    provider: str
    model: str
    kind: Kind
    amount: Decimal
    currency: str
    per: Per
    term: Term
    sources: tuple[Source, ...]
    zone: tzinfo
    tuned: bool = False
    variant: str = ""
    hours: Hours | None = None
    region: str = ""
    note: str = ""
    state: str = ""
    place: str = ""
    own: bool = False  # of a person's own file, not of the book that comes with the package

    @property
    def name(self) -> str:
        """The model's full name; that of a fine-tuned one without what makes it one of many."""
        parts = (self.provider, "ft" if self.tuned else "", self.model, self.variant)
        return ":".join(part for part in parts if part)

    @property
    def kind_name(self) -> str:
        return f"ft_{self.kind}" if self.tuned and self.kind is not Kind.TRAIN else str(self.kind)

    @property
    def per_million(self) -> Decimal:
        """The amount for 1,000,000 tokens. ValueError for a price by the hour."""
        if not self.per.tokens:
            raise ValueError(f"{self.name} is paid by the {self.per}")
        return self.amount * (1_000_000 // self.per.tokens)

    @property
    def seen(self) -> date | None:
        """The newest day that a source speaks for."""
        return max((source.seen for source in self.sources if source.seen), default=None)

    def cost(self, tokens: int) -> Money:
        """Exact, not rounded."""
        return Money(self.per_million * tokens / 1_000_000, self.currency)


@dataclass(frozen=True, slots=True)
class Quote:
    """The prices in force at a moment or during a day, the cheapest first: several where a day
    has peak hours, or a change.
    """

    prices: tuple[ListedPrice, ...]

    @property
    def low(self) -> ListedPrice:
        return self.prices[0]

    @property
    def high(self) -> ListedPrice:
        return self.prices[-1]


@dataclass(frozen=True, slots=True)
class UnknownPrice:
    """No price, and why; `nearest` are those of other times, `hint` says what could be asked."""

    model: str
    kind: str
    reason: Words
    nearest: tuple[ListedPrice, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Caching:
    """How a service's prompt cache counts: a beginning that requests share is billed as cached
    from `least` tokens on, in steps of `step`.

    `whole` counts an earlier request only where the later one repeats all of it. `write` is what a
    token costs that enters the cache, as a multiple of the input price.
    """

    provider: str
    models: tuple[str, ...]
    least: int
    step: int
    sources: tuple[Source, ...]
    whole: bool = False
    write: Decimal = Decimal(1)
    note: str = ""
