"""What a model's full name says, near names for one that says nothing, and names for tuned models.

ngram:5                                         characters, order 2 to 9
ngram:5:ft-SUFFIX-2026-01-31-09-30-00-1a2b3c4d  tuned from ngram:5
local:ada                                       a rung of the ladder: ada, babbage, curie, davinci
local:ada:ft-SUFFIX-2026-01-31-09-30-00-1a2b3c4d  tuned from local:ada; also without local:
local:ada:ft-…-1a2b3c4d:ckpt-step-90            the same, as it was after step 90
fake:echo   fake:flaky?every=7                  made for dry runs and tests
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches

from xiangsheng.core.errors import UnknownModelError, UsageError

ORDERS = range(2, 10)
FAKES: dict[str, dict[str, int]] = {
    "echo": {},
    "empty": {},
    "refuse": {},
    "filter": {},
    "error": {},
    "flaky": {"every": 7},
    "slow": {"ms": 20},
    "loop": {},
}
"""Every fake, with its options and their defaults."""
LATER = (
    *("hf", "openai", "deepseek", "dashscope", "zhipu", "moonshot", "together"),
    *("ollama", "vllm"),
)
SIZES = ("ada", "babbage", "curie", "davinci")
"""The ladder's rungs, smallest first; a bare name of 2022 means the one of that name."""
SUFFIX_LENGTH = 64
"""In characters; the service of 2022 took 40."""

_TUNED = re.compile(
    r"ft-(?:(?P<suffix>.+)-)?(?P<time>\d{4}(?:-\d\d){5})-(?P<hex>[0-9a-f]{8})"
    r"(?::ckpt-step-\d+)?"
)


@dataclass(frozen=True, slots=True)
class ModelName:
    """A name taken apart. `base` is the name of what was tuned; `tuned` is empty for a base."""

    full: str
    family: str
    base: str
    order: int = 0
    size: str = ""
    kind: str = ""
    options: dict[str, int] = field(default_factory=dict)
    tuned: str = ""


def parse_model_name(name: str, known: Iterable[str] = ()) -> ModelName:
    """Takes `name` apart; whether a tuned model exists is for the model store to say.

    `known` adds names, such as those of tuned models, to what may be suggested. Raises
    UnknownModelError with near names, or UsageError (`model_unavailable`) for a family of
    models that this version cannot run.
    """
    name = f"local:{name}" if name.partition(":")[0] in SIZES else name
    family, _, rest = name.partition(":")
    if family == "local":
        return _local(name, rest, known)
    if family == "ngram":
        return _ngram(name, rest, known)
    if family == "fake" and rest:
        return _fake(name, rest, known)
    if family in LATER:
        raise UsageError(
            f"'{name}': {family}: models are not available in this version",
            hint="use local:ada, which needs no key and is trained here",
            code="model_unavailable",
        )
    raise _unknown(name, "there is no such model", known)


def _local(name: str, rest: str, known: Iterable[str]) -> ModelName:
    size, _, tuned = rest.partition(":")
    if size not in SIZES or rest.endswith(":"):
        raise _unknown(name, f"the ladder's models are local:{', local:'.join(SIZES)}", known)
    if tuned and not _TUNED.fullmatch(tuned):
        raise _unknown(name, "a tuned model ends in ft-SUFFIX-TIME-HEX", known)
    return ModelName(name, "local", f"local:{size}", size=size, tuned=tuned)


def _ngram(name: str, rest: str, known: Iterable[str]) -> ModelName:
    order, _, tuned = rest.partition(":")
    if not re.fullmatch(r"[0-9]", order) or int(order) not in ORDERS:
        raise UnknownModelError(
            f"'{name}': an n-gram model's order is from {ORDERS[0]} to {ORDERS[-1]}",
            hint=f"ngram:{ORDERS[0]} to ngram:{ORDERS[-1]} can be had; ngram:5 is the usual one",
        )
    if rest.endswith(":") or (tuned and not _TUNED.fullmatch(tuned)):
        raise _unknown(name, "a tuned model ends in ft-SUFFIX-TIME-HEX", known)
    return ModelName(name, "ngram", f"ngram:{order}", order=int(order), tuned=tuned)


def _fake(name: str, rest: str, known: Iterable[str]) -> ModelName:
    kind, asked, query = rest.partition("?")
    if kind not in FAKES:
        raise _unknown(name, f"there is no fake called {kind}", known)
    options = dict(FAKES[kind])
    for part in query.split("&") if asked else ():
        key, _, value = part.partition("=")
        if key not in options or not re.fullmatch(r"[1-9][0-9]{0,5}", value):
            takes = " and ".join(f"{k}=NUMBER" for k in options) or "no option"
            raise UnknownModelError(
                f"'{name}': '{part}' is not an option of fake:{kind}",
                hint=f"fake:{kind} takes {takes}",
            )
        options[key] = int(value)
    return ModelName(name, "fake", name, kind=kind, options=options)


def _unknown(name: str, why: str, known: Iterable[str]) -> UnknownModelError:
    names = [
        *known,
        *(f"local:{size}" for size in SIZES),
        *(f"ngram:{n}" for n in ORDERS),
        *(f"fake:{kind}" for kind in FAKES),
    ]
    near = get_close_matches(name, names, n=3, cutoff=0.6)
    return UnknownModelError(
        f"'{name}': {why}",
        hint=f"did you mean {' or '.join(near)}?"
        if near
        else f"models are local:{SIZES[0]} to local:{SIZES[-1]}, ngram:{ORDERS[0]} to ngram:{ORDERS[-1]} and fake:"
        + ", fake:".join(FAKES),
    )


def tuned_name(base: str, suffix: str, utc: datetime, digest: str) -> str:
    """A tuned model's full name: what it was tuned from at the root, suffix, time, eight hex digits.

    The suffix is lower-cased, each run of characters that are neither letters nor digits
    becomes one dash, and 64 characters are kept. Tuning a tuned model names it after the same root.
    """
    root = ":".join(base.split(":")[:2])
    words = re.sub(r"[\W_]+", "-", suffix.lower()).strip("-")[:SUFFIX_LENGTH].rstrip("-")
    parts = ("ft", words, utc.astimezone(UTC).strftime("%Y-%m-%d-%H-%M-%S"), digest[:8])
    return f"{root}:{'-'.join(part for part in parts if part)}"
