"""All the prices that one piece of work needs, of one currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from xiangsheng.core.estimate import Cost, Span
from xiangsheng.core.price import Hours, Kind, ListedPrice, Quote, UnknownPrice
from xiangsheng.core.words import Words
from xiangsheng.pricing.moments import When, day_of
from xiangsheng.pricing.price_book import CURRENCIES, Book


@dataclass(frozen=True, slots=True)
class Quotes:
    """What the tokens of one model cost, base or tuned, at one moment or during one day."""

    prices: Mapping[Kind, Quote]
    currency: str

    def cost(self, kind: Kind, tokens: Span) -> Cost:
        """The likely amount is at the dearest price of the day, for nobody knows the hour."""
        quote = self.prices[kind]
        return Cost(
            _amount(quote.low, tokens.low),
            _amount(quote.high, tokens.likely),
            _amount(quote.high, tokens.high),
            self.currency,
        )


def quotes(
    book: Book,
    model: str,
    kinds: Iterable[Kind],
    when: When,
    currency: str = "",
    *,
    tuned: bool = False,
) -> Quotes | UnknownPrice:
    """In the first currency that has them all; else what is missing in the one that has most."""
    wanted = tuple(kinds)
    failures: list[tuple[int, UnknownPrice]] = []
    for one in (currency,) if currency else CURRENCIES:
        found = {kind: book.find(model, kind, when, one, tuned=tuned) for kind in wanted}
        known = {kind: quote for kind, quote in found.items() if isinstance(quote, Quote)}
        missing = next((x for x in found.values() if isinstance(x, UnknownPrice)), None)
        hourly = next((q.low for q in known.values() if not q.low.per.tokens), None)
        if hourly:
            missing = _by_the_hour(hourly)
        if missing is None:
            return Quotes(known, one)
        failures.append((len(known), missing))
    return max(failures, key=lambda failure: failure[0])[1]


def _by_the_hour(price: ListedPrice) -> UnknownPrice:
    amount = f"{price.amount} {price.currency}"
    return UnknownPrice(
        price.name,
        price.kind_name,
        Words(
            f"按训练的小时收费，每小时 {amount}，要多少小时不知道",
            f"it is paid by the hour of training, {amount}, and nobody knows how many it takes",
        ),
        (price,),
    )


def told(found: Quotes, model: str, when: When) -> list[Words]:
    """Which prices were taken, where they were read, and what is to be known of them."""
    listed = {id(p): p for quote in found.prices.values() for p in (quote.low, quote.high)}.values()
    day = (
        when.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
        if isinstance(when, datetime)
        else str(when)
    )
    said = [_price_words(price, model, day) for price in listed]
    seen = [
        p.seen for p in listed if p.seen and p.term.until == "open" and p.term.since[:4] != "2000"
    ]
    if seen and min(seen) < day_of(when):
        said.append(
            Words(
                f"读到的最新价目是 {min(seen)} 的，之后可能变过",
                f"the newest list that was read is of {min(seen)}; prices may have changed since",
            )
        )
    if any(quote.low != quote.high for quote in found.prices.values()):
        said.append(
            Words(
                "那天有高峰时段或改过价：区间含便宜和贵的价格，金额按贵的算",
                "that day has peak hours or a change: the range spans both prices, the amount is at "
                "the dearer one",
            )
        )
    notes = dict.fromkeys(price.note for price in listed if price.note)
    return [*said, *(Words(f"价目备注：{note}", f"the book notes: {note}") for note in notes)]


def _price_words(price: ListedPrice, model: str, day: str) -> Words:
    hours = f" ({hours_told(price.hours)})" if price.hours else ""
    amount = f"{price.kind_name} {price.amount} {price.currency}/{price.per}{hours}"
    keys = ", ".join(source.key for source in price.sources)
    return Words(
        f"{model} 在 {day} 的价格：{amount}（来源 {keys}）",
        f"price of {model} on {day}: {amount} (sources {keys})",
    )


def hours_told(hours: Hours) -> str:
    name = hours.name.removeprefix("not ")
    return f"off {name}" if hours.outside else name


def _amount(price: ListedPrice, tokens: int) -> Decimal:
    return price.cost(tokens).amount
