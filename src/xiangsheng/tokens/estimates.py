"""Counts for tokenizers whose vocabulary is not here: so many tokens a character, by its kind."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xiangsheng.core.errors import UsageError
from xiangsheng.tokens.cutting import before_breaks, part

_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U000323af]+")
_WORDS = re.compile(r"[\x20-\x7f]+")


@dataclass(frozen=True, slots=True)
class Rates:
    """Tokens a character: Han, ASCII, any other. `error` is relative."""

    han: float
    ascii: float
    other: float
    error: float


class EstimatingCounter:
    """Counts characters and multiplies. It makes no tokens."""

    exact = False

    def __init__(self, name: str, rates: Rates) -> None:
        self.name = name
        self.error = rates.error
        self._rates = rates

    def count(self, text: str) -> int:
        return round(self._measure(text))

    def encode(self, text: str) -> list[int]:  # noqa: ARG002 - one of the Counters
        raise UsageError(
            f"the vocabulary of {self.name} is not on this machine, so its tokens are not known",
            hint="counts of it are estimates; XIANGSHENG_VOCABULARIES names a folder to look in",
            code="no_vocabulary",
        )

    def count_all(self, texts: Iterable[str]) -> list[int]:
        counts = []
        sums = [0.0]
        for kept, parts in part(texts, before_breaks):
            del sums[kept + 1 :]
            for text in parts:
                sums.append(sums[-1] + self._measure(text))
            counts.append(round(sums[-1]))
        return counts

    def pieces(self, texts: Iterable[str]) -> Iterator[tuple[int, list[list[int]]]]:
        """Characters in the place of tokens: what texts share is known, and scaled elsewhere."""
        for kept, parts in part(texts, before_breaks):
            yield kept, [list(map(ord, text)) for text in parts]

    def _measure(self, text: str) -> float:
        han = sum(map(len, _HAN.findall(text)))
        words = sum(map(len, _WORDS.findall(text)))
        rates = self._rates
        return han * rates.han + words * rates.ascii + (len(text) - han - words) * rates.other


RATES: Mapping[str, Rates] = {
    "cl100k_base": Rates(1.3, 0.6, 1.0, 0.1),
    "o200k_base": Rates(0.85, 0.6, 0.9, 0.1),
    "unknown": Rates(0.8, 0.6, 0.9, 0.4),
}
