"""Names of models as services and people write them, taken apart.

openai:davinci  davinci                          a bare name is looked for in the whole book
ft:gpt-4o-mini-2024-07-18:org::id                fine-tuned, in OpenAI's modern form
davinci:ft-org-2022-02-26-…                      fine-tuned, in the form of 2022
dashscope:qwen-plus:thinking                     a way of using it that has prices of its own
together:Qwen/Qwen3.5-9B                         the owner's name may be left out
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FAMILIES = (
    *("openai", "deepseek", "dashscope", "zhipu", "moonshot", "together"),
    *("local", "ngram", "fake", "hf", "ollama", "vllm"),
)
"""Where a bare name of several services is looked for first; and what may stand before a colon."""


@dataclass(frozen=True, slots=True)
class ModelRef:
    """`provider` is empty where nothing says which it is."""

    provider: str
    model: str
    variant: str = ""
    tuned: bool = False

    @property
    def name(self) -> str:
        parts = (self.provider, "ft" if self.tuned else "", self.model, self.variant)
        return ":".join(part for part in parts if part)


def take_apart(name: str, known: Mapping[str, Iterable[str]]) -> ModelRef:
    """What a name says; `known` are the models of each provider in the book.

    A name that no provider has keeps its own spelling.
    """
    name = name.strip()
    provider, colon, rest = name.partition(":")
    if not colon or provider not in {*known, *FAMILIES}:
        provider, rest = "", name
    rest, tuned, variant = _tail(rest)
    if not provider:
        provider = "openai" if rest and name.startswith("ft:") else _home(rest, known)
    return ModelRef(provider, _spelling(rest, known.get(provider, ())), variant, tuned)


def _tail(rest: str) -> tuple[str, bool, str]:
    """The model's own name, whether it is a fine-tuned one, and what follows that."""
    if rest.startswith("ft:"):
        model, _, more = rest[3:].partition(":")
        return model, True, "" if ":" in more else more
    model, colon, more = rest.partition(":")
    if colon and (more == "ft" or more.startswith("ft-")):
        return model, True, ""
    return model, False, more


def _home(model: str, known: Mapping[str, Iterable[str]]) -> str:
    order = (*(family for family in FAMILIES if family in known), *known)
    return next((name for name in order if _has(model, known[name])), "")


def _has(model: str, models: Iterable[str]) -> bool:
    return model.casefold() in {other.casefold() for other in models}


def _spelling(model: str, models: Iterable[str]) -> str:
    """As the book spells it, with or without its owner."""
    spelt = {other.casefold(): other for other in models}
    short = model.rpartition("/")[2]
    return spelt.get(model.casefold()) or spelt.get(short.casefold()) or model
