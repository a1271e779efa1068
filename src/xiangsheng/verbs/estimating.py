"""What every estimate shares: whose prices, whose tokens, and other models beside the one asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from xiangsheng.core.estimate import Estimate, Estimated, Unpriced
from xiangsheng.core.example import Example, Message
from xiangsheng.core.price import UnknownPrice
from xiangsheng.core.words import Words
from xiangsheng.pricing.estimating import Asking
from xiangsheng.pricing.moments import When
from xiangsheng.pricing.price_book import CURRENCIES, Book
from xiangsheng.tokens.counting import Counter, counter_for
from xiangsheng.verbs.prices import known_filter, refusal

HERE = ("local", "ngram", "fake")
"""What runs on this machine, and can be asked for anything."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The model asked for, and others to compare it with, on a day or at a moment."""

    book: Book
    model: str
    when: When
    currency: str = ""
    compare: tuple[str, ...] = ()

    def asking(self, model: str) -> Asking:
        return Asking(self.book, model, self.when, self.currency)


def wanted(
    book: Book, model: str, when: When, currency: str = "", compare: Sequence[str] = ()
) -> Wanted:
    """Raises UsageError for a currency that no price list has."""
    known_filter(currency, CURRENCIES, "currency")
    return Wanted(book, model, when, currency, tuple(compare))


def counter_of(asking: Asking) -> Counter:
    """By the full name of the model, for a bare one means its service here."""
    ref = asking.book.ref(asking.model)
    if not ref.provider or ref.provider == "hf":
        return counter_for(asking.model)
    return counter_for(f"{ref.provider}:{ref.model}")


def each(wanted: Wanted, make: Callable[[Asking], Estimate | UnknownPrice]) -> Estimated:
    """Raises UnknownPriceError for the model asked for; others are said to be unknown."""
    first = make(wanted.asking(wanted.model))
    if isinstance(first, UnknownPrice):
        raise refusal(first)
    found: list[Estimate | Unpriced] = []
    for model in wanted.compare:
        made = make(wanted.asking(model))
        if isinstance(made, UnknownPrice):
            reason = Words(f"{made.kind}：{made.reason.zh}", f"{made.kind}: {made.reason.en}")
            found.append(Unpriced(made.model, reason))
        else:
            found.append(made)
    return Estimated(first, tuple(found))


def in_one_currency(
    asking: Asking, make: Callable[[Asking], Estimate | UnknownPrice]
) -> Estimate | UnknownPrice:
    """For what needs several kinds of price: all of them in one currency, or what USD lacks."""
    if asking.currency:
        return make(asking)
    made = [make(replace(asking, currency=currency)) for currency in CURRENCIES]
    return next((one for one in made if isinstance(one, Estimate)), made[0])


def text_of(messages: Sequence[Message]) -> str:
    """Contents only; what a service adds around messages is not known."""
    return "\n".join(message.content for message in messages)


def pair_of(example: Example) -> tuple[str, str]:
    """The text before what is first trained, and the rest."""
    if not example.messages:
        return example.prompt, example.completion
    first = next((at for at, m in enumerate(example.messages) if m.trained), len(example.messages))
    before = text_of(example.messages[:first])
    return before, text_of(example.messages)[len(before) :]
