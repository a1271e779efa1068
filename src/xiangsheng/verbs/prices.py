"""The price book with a person's own files before it; what is in force; one model's history."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from xiangsheng.core.errors import UnknownPriceError, UsageError
from xiangsheng.core.price import Caching, Kind, ListedPrice, Quote, UnknownPrice
from xiangsheng.pricing.moments import When
from xiangsheng.pricing.names import ModelRef
from xiangsheng.pricing.price_book import CURRENCIES, Book
from xiangsheng.store.home import present_home

VARIABLE = "XIANGSHENG_PRICES"
NAME = "prices.toml"
KINDS = (*Kind, *(f"ft_{kind}" for kind in Kind if kind is not Kind.TRAIN))


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the book says of a model.

    `in_force` and `unknown` are those of a day, where one was asked for: of each kind the model
    has a price of, at any time.
    """

    name: str
    history: tuple[ListedPrice, ...]
    in_force: tuple[ListedPrice, ...] = ()
    unknown: tuple[UnknownPrice, ...] = ()
    caching: Caching | None = None


def own_files(named: Path | None, start: Path, environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The file that was named, that of the environment, and the home's; the first says most."""
    files = [named] if named else []
    if given := environment.get(VARIABLE):
        files.append(Path(given))
    home = present_home(start, environment)
    if home and (home / NAME).is_file():
        files.append(home / NAME)
    return tuple(files)


def prices_in_force(
    book: Book, when: When, provider: str = "", kind: str = "", currency: str = ""
) -> tuple[ListedPrice, ...]:
    """Every price at a moment, or of a day, by provider and currency, in the order of the files.

    Raises UsageError for a provider or a kind that is not there.
    """
    known_filter(provider, {price.provider for price in book.prices}, "provider")
    known_filter(kind, KINDS, "kind")
    known_filter(currency, CURRENCIES, "currency")
    chosen = [
        price
        for price in book.prices
        if provider in {"", price.provider}
        and kind in {"", price.kind_name}
        and currency in {"", price.currency}
    ]
    found: dict[int, ListedPrice] = {}
    for price in chosen:
        ref = ModelRef(price.provider, price.model, price.variant, price.tuned)
        quote = book.quote(ref, price.kind, when, price.currency)
        found |= {id(one): one for one in (quote.prices if quote else ())}
    return tuple(found.values())


def show_model(book: Book, name: str, when: When | None = None) -> Shown:
    """Raises UnknownPriceError for a model that the book has nothing of, or nothing that day."""
    ref = book.ref(name)
    history = book.history(ref)
    if not history:
        near = book.near(name)
        raise UnknownPriceError(
            f"the price book has nothing of {name}",
            hint=f"did you mean {' or '.join(near)}?" if near else "xiangsheng price list",
        )
    full = ModelRef(ref.provider, ref.model, ref.variant).name
    caching = book.caching(name)
    if when is None:
        return Shown(full, history, caching=caching)
    found = list(_each_kind(book, ref, history, when))
    prices = tuple(p for one in found if isinstance(one, Quote) for p in one.prices)
    unknown = tuple(one for one in found if isinstance(one, UnknownPrice))
    if not prices:
        raise refusal(unknown[0])
    return Shown(full, history, prices, unknown, caching)


def refusal(unknown: UnknownPrice) -> UnknownPriceError:
    """The error for a price that nobody knows."""
    others = "ask for another day with --on, or " if unknown.nearest else ""
    if unknown.hint and not unknown.nearest:
        others = f"known is that of {unknown.hint}; or "
    return UnknownPriceError(
        f"the {unknown.kind} price of {unknown.model} is unknown: {unknown.reason.en}",
        hint=f"{others}give your own in a file: --prices FILE",
    )


def _each_kind(
    book: Book, ref: ModelRef, history: tuple[ListedPrice, ...], when: When
) -> Iterator[Quote | UnknownPrice]:
    for variant, tuned, kind, currency in dict.fromkeys(
        (p.variant, p.tuned, p.kind, p.currency) for p in history
    ):
        asked = ModelRef(ref.provider, ref.model, variant, tuned)
        yield book.find(asked.name, kind, when, currency)


def known_filter(given: str, among: Iterable[str], what: str) -> None:
    """Raises UsageError for what is given and is not among them."""
    names = sorted(among)
    if given and given not in names:
        near = get_close_matches(given, names, 1)
        raise UsageError(
            f"there is no {what} {given}",
            hint=f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}",
            code="unknown_filter",
        )
