"""How many tokens a text is, by the full name of the model that would read it."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from xiangsheng.tokens.cutting import before_breaks
from xiangsheng.tokens.estimates import RATES, EstimatingCounter
from xiangsheng.tokens.exact import ExactCounter
from xiangsheng.tokens.ladder import LadderTokenizer
from xiangsheng.tokens.openai import Encoding, encoding_of
from xiangsheng.tokens.vocabularies import ranks


class Counter(Protocol):
    """Tokens of texts. `error` is relative, and 0.0 where `exact`.

    `pieces` gives each text's tokens, as how many pieces the text keeps of the one before it and
    the pieces that follow these: what consecutive texts share at their beginnings is neither
    looked at nor given again. An estimate gives characters there, not tokens.
    """

    @property
    def name(self) -> str: ...
    @property
    def exact(self) -> bool: ...
    @property
    def error(self) -> float: ...
    def count(self, text: str) -> int: ...
    def encode(self, text: str) -> list[int]:
        """Raises UsageError where counts are estimates."""
        ...

    def count_all(self, texts: Iterable[str]) -> list[int]: ...
    def pieces(self, texts: Iterable[str]) -> Iterator[tuple[int, Sequence[Sequence[int]]]]: ...


def counter_for(model: str, environment: Mapping[str, str] | None = None) -> Counter:
    """The counter for a model by its full name, or by a bare name of OpenAI's.

    `environment` says where vocabularies may be; the process's own if None. Nothing is downloaded.
    """
    environment = os.environ if environment is None else environment
    family, colon, rest = model.partition(":")
    if family == "local":
        return ExactCounter("ladder", LadderTokenizer().encode, before_breaks)
    if family in {"ngram", "fake"}:
        return ExactCounter("characters", characters, before_breaks)
    if family == "hf":
        from xiangsheng.tokens.hugging_face import hugging_face

        return hugging_face(Path(rest))
    if family not in {"openai", "ft"} and encoding_of(family) is None:
        return EstimatingCounter(model, RATES["unknown"])
    name = rest if family == "openai" and colon else model
    encoding = encoding_of(name.removeprefix("ft:").partition(":")[0])
    if encoding is None:
        return EstimatingCounter(model, RATES["unknown"])
    return _openai(encoding, environment)


def characters(text: str) -> list[int]:
    """One token a character."""
    return list(map(ord, text))


def _openai(encoding: Encoding, environment: Mapping[str, str]) -> Counter:
    found = ranks(encoding, environment)
    if found is None:
        return EstimatingCounter(encoding.name, RATES[encoding.name])
    import tiktoken

    made = tiktoken.Encoding(
        encoding.name,
        pat_str=encoding.pattern,
        mergeable_ranks=found,
        special_tokens=dict(encoding.specials),
    )
    return ExactCounter(encoding.name, made.encode_ordinary, encoding.cuts)
