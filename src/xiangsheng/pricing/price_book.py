"""The price book: what was asked for a kind of token, by model and moment; or that nobody knows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path

from xiangsheng.core.price import (
    Caching,
    Kind,
    ListedPrice,
    Quote,
    Standing,
    UnknownPrice,
)
from xiangsheng.core.words import Words
from xiangsheng.pricing.loading import PriceFile, load, shipped
from xiangsheng.pricing.moments import When, day_bounds, day_of, stretches
from xiangsheng.pricing.names import ModelRef, take_apart

ANY = "*"
"""A model of a price file that is every model of its provider."""

CURRENCIES = ("USD", "CNY")
"""In which order price lists are asked where a service has two."""


@dataclass(frozen=True)
class Book:
    """Files of prices; what an earlier one says at a moment hides what later ones say."""

    files: tuple[PriceFile, ...]

    @property
    def prices(self) -> Iterator[ListedPrice]:
        return (price for file in self.files for price in file.prices)

    def models(self) -> dict[str, set[str]]:
        """The models of each provider, as the files spell them."""
        found: dict[str, set[str]] = {}
        for price in self.prices:
            found.setdefault(price.provider, set()).add(price.model)
        for file in self.files:
            for stated in file.unknown:
                found.setdefault(stated.provider, set()).update(stated.models)
        return found

    def ref(self, name: str) -> ModelRef:
        """What a name means here. A tuned model of OpenAI's is known by its base alone."""
        ref = take_apart(name, self.models())
        variants = {price.variant for price in self.of(ref.provider, ref.model)}
        if ref.tuned and ref.variant not in variants:
            return ModelRef(ref.provider, ref.model, "", tuned=True)
        return ref

    def of(self, provider: str, model: str) -> Iterator[ListedPrice]:
        """All prices of a model, those for every model of its provider among them."""
        return (p for p in self.prices if p.provider == provider and p.model in {model, ANY})

    def history(self, ref: ModelRef) -> tuple[ListedPrice, ...]:
        """All prices of a model and of its tuned kin, by kind and time."""
        found = [
            price
            for price in self.of(ref.provider, ref.model)
            if price.variant == ref.variant or not ref.variant
        ]
        kinds = list(Kind)
        return tuple(
            sorted(
                found,
                key=lambda p: (p.variant, p.tuned, kinds.index(p.kind), p.currency, p.term.first),
            )
        )

    def find(
        self, name: str, kind: Kind, when: When, currency: str = "", *, tuned: bool = False
    ) -> Quote | UnknownPrice:
        """The prices in force, or why there are none. `tuned` asks for a fine-tuned model by the
        name of its base.

        Without `currency` it is the first of USD and CNY in which a price is known.
        """
        ref = self.ref(name)
        ref = ModelRef(ref.provider, ref.model, ref.variant, ref.tuned or tuned)
        return self.quote(ref, kind, when, currency) or self._unknown(
            name, ref, kind, currency, when
        )

    def quote(self, ref: ModelRef, kind: Kind, when: When, currency: str = "") -> Quote | None:
        """The same for a name that is taken apart; None for no price."""
        every = [p for p in self.of(ref.provider, ref.model) if _is(p, ref, kind)]
        for wanted in (currency,) if currency else CURRENCIES:
            candidates = [price for price in every if price.currency == wanted]
            if quote := _in_force(candidates, when):
                return quote
        return None

    def near(self, name: str) -> tuple[str, ...]:
        """Names in the book that look like this one."""
        names = sorted({price.name for price in self.prices if price.model != ANY})
        bare = {full.partition(":")[2]: full for full in names}
        found = [full for part, full in bare.items() if name and name.casefold() in part.casefold()]
        more = get_close_matches(name, names, 4) or get_close_matches(name, list(bare), 4)
        return tuple(dict.fromkeys((*found, *(bare.get(one, one) for one in more))))[:4]

    def caching(self, name: str) -> Caching | None:
        """How the service of a model counts what its prompt cache holds, where that is known."""
        ref = self.ref(name)
        for file in self.files:
            for caching in file.caching:
                if caching.provider == ref.provider and {ref.model, ANY} & set(caching.models):
                    return caching
        return None

    def _unknown(
        self, name: str, ref: ModelRef, kind: Kind, currency: str, when: When
    ) -> UnknownPrice:
        what = f"ft_{kind}" if ref.tuned and kind is not Kind.TRAIN else str(kind)
        every = [p for p in self.of(ref.provider, ref.model) if _is(p, ref, kind)]
        listed = [p for p in every if currency in {"", p.currency}]
        nearest = _nearest(listed, when)
        full = ref.name if ref.provider else name
        reason = self._stated(ref, what, currency, when) or _why(nearest, when)
        if every and not listed:
            others = ", ".join(sorted({price.currency for price in every}))
            reason = Words(f"只有 {others} 的价格", f"it is listed in {others} only")
        return UnknownPrice(full, what, reason, nearest, self._hint(ref, kind))

    def _stated(self, ref: ModelRef, what: str, currency: str, when: When) -> Words | None:
        """What the book says of a price that it leaves out."""
        for file in self.files:
            for stated in file.unknown:
                if (
                    stated.provider == ref.provider
                    and {ref.model, ANY} & set(stated.models)
                    and (not stated.kinds or what in stated.kinds)
                    and ("" in {currency, stated.currency} or stated.currency == currency)
                    and (stated.since is None or stated.since <= day_of(when))
                ):
                    return stated.reason
        return None

    def _hint(self, ref: ModelRef, kind: Kind) -> str:
        """Names that have such a price."""
        having = {p.name for p in self.prices if p.kind is kind and p.tuned == ref.tuned} - {
            ref.name
        }
        if ref.provider:
            having = {name for name in having if name.partition(":")[0] == ref.provider}
        family = [name for name in sorted(having) if ref.model and ref.model in name]
        near = family or get_close_matches(ref.name, sorted(having), 3, 0.5)
        return ", ".join(near[:4])


def open_book(own: Sequence[Path] = ()) -> Book:
    """The book, with a person's own files before it."""
    files, sources = shipped()
    return Book((*(load(path, sources) for path in own), *files))


def _is(price: ListedPrice, ref: ModelRef, kind: Kind) -> bool:
    """Training has one price, whatever is trained on; a provider's only price has no variants."""
    if price.kind is not kind:
        return False
    same = price.variant == ref.variant and (kind is Kind.TRAIN or price.tuned == ref.tuned)
    return same or price.model == ANY


def _in_force(candidates: Sequence[ListedPrice], when: When) -> Quote | None:
    """A moment's price; of a day all that hold in a part of it."""
    if isinstance(when, datetime):
        found = tuple(_at(candidates, when))
        return Quote(found) if found else None
    if not candidates:
        return None
    start, end = day_bounds(when, candidates[0].zone)
    days = [when + timedelta(days=near) for near in (-1, 0, 1)]  # hours may be of another zone
    edges = (
        edge
        for price in candidates
        for edge in (
            *price.term.edges,
            *(edge for day in days if price.hours for edge in price.hours.edges(day)),
        )
    )
    parts = stretches(start, end, edges)
    held = {id(p): p for moment in parts for p in _at(candidates, moment)}
    if not held:
        return None
    return Quote(tuple(sorted(held.values(), key=_amount)))


def _at(candidates: Iterable[ListedPrice], moment: datetime) -> Iterator[ListedPrice]:
    """What holds at a moment: a person's own price first, and one for certain hours first."""
    held = [
        price
        for price in candidates
        if price.term.at(moment) is Standing.SURE and (not price.hours or price.hours.hold(moment))
    ]
    ranked = sorted(held, key=lambda price: (not price.own, price.hours is None))
    return iter(ranked[:1])


def _amount(price: ListedPrice) -> Decimal:
    return price.amount / (price.per.tokens or 1)


def _nearest(candidates: Sequence[ListedPrice], when: When) -> tuple[ListedPrice, ...]:
    """The last one known before, and the first one after."""
    if not candidates:
        return ()
    moment = when if isinstance(when, datetime) else day_bounds(when, candidates[0].zone)[0]
    before = [p for p in candidates if p.term.last is not None and p.term.last <= moment]
    after = [p for p in candidates if p.term.first > moment]
    found = []
    if before:
        found.append(max(before, key=lambda price: price.term.last or moment))
    if after:
        found.append(min(after, key=lambda price: price.term.first))
    return tuple(found)


def _why(nearest: Sequence[ListedPrice], when: When) -> Words:
    if not nearest:
        return Words("价格表里没有", "the book has no such price")
    day = day_of(when)
    zh, en = [], []
    for price in nearest:
        amount = f"{price.amount} {price.currency} / {price.per}"
        first = price.term.first.astimezone(price.zone).date()
        if first > day:
            zh.append(f"已知 {first} 起为 {amount}")
            en.append(f"known from {first}: {amount}")
        elif price.term.latest:
            zh.append(f"到 {price.term.until} 为止是 {amount}")
            en.append(f"until {price.term.until}: {amount}")
        else:
            seen = price.term.until.removeprefix(">=") or first.isoformat()
            zh.append(f"最后一次见到是 {seen}：{amount}")
            en.append(f"last seen on {seen}: {amount}")
    return Words(f"{day} 的价格不知道；" + "；".join(zh), f"not known on {day}; " + "; ".join(en))
