"""How many tokens a text is, by the full name of the model that would read it."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from xiangsheng.core.errors import DataError
from xiangsheng.core.words import Words
from xiangsheng.tokens import estimates
from xiangsheng.tokens.cutting import before_breaks
from xiangsheng.tokens.estimates import EstimatingCounter, estimating
from xiangsheng.tokens.exact import ExactCounter
from xiangsheng.tokens.ladder import LadderTokenizer
from xiangsheng.tokens.openai import CL100K, O200K, Encoding, encoding_of
from xiangsheng.tokens.vocabularies import find, ranks

_RATES = {CL100K.name: estimates.CL100K, O200K.name: estimates.O200K}
_SPACES = re.compile(r"\s{100000}")


class Counter(Protocol):
    """Tokens of texts, without those that a service adds around messages."""

    @property
    def name(self) -> str:
        """The vocabulary's name."""

    @property
    def exact(self) -> bool: ...

    @property
    def error(self) -> float:
        """Relative; 0.0 where counts are exact."""

    def count(self, text: str) -> int: ...

    def encode(self, text: str) -> list[int]:
        """The tokens, never special ones. Raises UsageError where counts are estimates."""

    def count_all(self, texts: Iterable[str]) -> list[int]:
        """A count for each text. What a text shares with the one before it costs next to nothing."""

    def counts(self, texts: Iterable[str]) -> Iterator[int]:
        """The same, one by one."""

    def pieces(self, texts: Iterable[str]) -> Iterator[tuple[int, Sequence[Sequence[int]]]]:
        """The tokens of each text, told by what it keeps of the text before it: the first so many
        pieces of that one, then these. An estimate gives characters, not tokens.
        """


def counter_for(model: str, environment: Mapping[str, str] | None = None) -> Counter:
    """The counter for a model by its full name, or by OpenAI's own bare one.

    `environment` says where vocabularies may be; None is the process's own. Nothing is downloaded.
    Raises UsageError and DataError for a tokenizer of `hf:` that cannot be read.
    """
    family, _, rest = model.partition(":")
    if family == "local":
        return _ladder()
    if family in {"ngram", "fake"}:
        return ExactCounter("characters", lambda text: list(map(ord, text)), before_breaks)
    environment = os.environ if environment is None else environment
    if family == "hf":
        from xiangsheng.tokens.hugging_face import hugging_face

        return hugging_face(rest, environment)
    encoding = encoding_of(rest if family == "openai" else model)
    if encoding is None:
        return estimating(model)
    path = find(encoding, environment)
    if path is None:
        return EstimatingCounter(encoding.name, _RATES[encoding.name])
    return _exact(encoding, path)


def described(counter: Counter) -> Words:
    """Which tokens were counted, and how well."""
    if counter.exact:
        return Words("按 {name} 精确计数", "counted exactly with {name}").fill(name=counter.name)
    return Words(
        "按 {name} 估计，误差约 {error}%", "estimated for {name}, to within about {error} %"
    ).fill(name=counter.name, error=round(counter.error * 100))


@cache
def _ladder() -> Counter:
    return ExactCounter(LadderTokenizer.name, LadderTokenizer().encode, before_breaks)


@cache
def _exact(encoding: Encoding, path: Path) -> Counter:
    import tiktoken  # it takes an eighth of a second

    made = tiktoken.Encoding(
        encoding.name,
        pat_str=encoding.pattern,
        mergeable_ranks=ranks(encoding, path),
        special_tokens=dict(encoding.specials),
    )

    def encode(text: str) -> list[int]:
        if len(text) >= 100_000 and _SPACES.search(text):  # tiktoken gives up at a million
            raise DataError(
                "100,000 spaces or line breaks in a row cannot be counted",
                hint="take them out of the text",
                code="spaces",
            )
        return made.encode_ordinary(text)

    return ExactCounter(encoding.name, encode, encoding.cuts)
