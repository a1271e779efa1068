"""A part of a long list, as the API gives it: what comes after something, and whether there is more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: Sequence[T]
    more: bool


def page(
    items: Sequence[T], identity: Callable[[T], str], after: str = "", limit: int | None = None
) -> Page[T]:
    """At most `limit` of those behind the one called `after`; none where nothing is called so."""
    place = 0
    if after:
        names = [identity(item) for item in items]
        place = names.index(after) + 1 if after in names else len(names)
    left = items[place:]
    return Page(left if limit is None else left[:limit], limit is not None and len(left) > limit)
