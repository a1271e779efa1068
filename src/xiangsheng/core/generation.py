"""What is asked of a model and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from xiangsheng.core.errors import UsageError
from xiangsheng.core.example import Message


@dataclass(frozen=True, slots=True)
class Prompt:
    """Text for a completion model, or messages for a chat model (one of them empty)."""

    text: str = ""
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Sampling:
    """The sampling parameters of the completions API, with its ranges and meanings.

    Order of operations on a step's logits: bias and penalties (generated tokens only), then
    temperature (0 means the most likely token), then top_p, then the draw.
    `best_of` candidates are drawn and the `n` with the highest mean log-probability kept.

    `echo` puts the prompt before each text and, with `logprobs`, its tokens before the others.
    Only then may `max_tokens` be 0: nothing is drawn, and what is read is how likely the prompt
    is. All else is as without it: stops, penalties and `best_of` see what is generated alone, and
    usage is the same.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    n: int = 1
    max_tokens: int = 16
    presence_penalty: float = 0.0
    frequency_penalty: float = 0.0
    stop: tuple[str, ...] = ()
    logit_bias: Mapping[str, float] = field(default_factory=dict)
    best_of: int | None = None
    logprobs: int | None = None
    seed: int = 0
    echo: bool = False

    def __post_init__(self) -> None:
        for name in ("temperature", "top_p", "presence_penalty", "frequency_penalty"):
            # 1 and 1.0 are one setting, and must have one digest.
            object.__setattr__(self, name, float(getattr(self, name)))
        for name, value, low, high in (
            ("temperature", self.temperature, 0, 2),
            ("top_p", self.top_p, 0, 1),
            ("n", self.n, 1, 128),
            ("max_tokens", self.max_tokens, 0 if self.echo else 1, 1_000_000),
            ("presence_penalty", self.presence_penalty, -2, 2),
            ("frequency_penalty", self.frequency_penalty, -2, 2),
            ("best_of", self.best_of if self.best_of is not None else 1, 1, 20),
            ("logprobs", self.logprobs if self.logprobs is not None else 0, 0, 20),
        ):
            if not low <= value <= high:
                unless = "; 0 only with echo" if (name, low) == ("max_tokens", 1) else ""
                raise UsageError(
                    f"{name} is {value:g}, outside {low} to {high}",
                    hint=f"give {name} a value from {low} to {high}{unless}",
                    code="sampling_out_of_range",
                )
        if len(self.stop) > 4 or "" in self.stop:
            raise UsageError(
                f"stop has {len(self.stop)} sequences; at most 4 are allowed, none of them empty",
                hint="give at most four stop sequences",
                code="sampling_stop",
            )
        if self.best_of is not None and self.best_of < self.n:
            raise UsageError(
                f"best_of is {self.best_of}, smaller than n, which is {self.n}",
                hint="make best_of at least n, or leave it out",
                code="sampling_best_of",
            )
        if bad := {t: b for t, b in self.logit_bias.items() if not -100 <= b <= 100}:
            raise UsageError(
                f"logit_bias {bad} is outside -100 to 100", code="sampling_out_of_range"
            )


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt asked under one item id, unique within its run.

    The item id and `sampling.seed` fix the random stream of every sample.
    """

    item: str
    prompt: Prompt
    sampling: Sampling
    stream: bool = False


class Finish(StrEnum):
    STOP = "stop"
    LENGTH = "length"


class OutcomeKind(StrEnum):
    OK = "ok"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    FILTERED = "filtered"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the service or the model counts them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """Log-probability of a token under the model's own distribution, and the top ones.

    `token` is the text that the token completes: nothing for one that ends within a character,
    so that the tokens of a completion always spell its text. With `echo` the first token of a
    prompt has a log-probability too, as what begins a text; hosted services give none for it.
    """

    token: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """One text, stop sequence excluded.

    `echoed` is how many of its first characters are the prompt's; None without `echo`.
    """

    text: str
    finish: Finish
    logprobs: tuple[TokenLogprob, ...] = ()
    echoed: int | None = None

    def after(self, prompt: str, logprobs: tuple[TokenLogprob, ...] = ()) -> "Completion":
        """The same as an echo: `prompt`, whose log-probabilities are given, before it."""
        tokens = (*logprobs, *self.logprobs)
        return Completion(prompt + self.text, self.finish, tokens, echoed=len(prompt))

    @property
    def generated(self) -> str:
        """The text without an echoed prompt."""
        return self.text[self.echoed or 0 :]

    @property
    def kind(self) -> OutcomeKind:
        """Of what was generated; an echo of which nothing more was asked is OK, being whole."""
        cut = self.finish is Finish.LENGTH
        if cut and self.echoed is not None and not self.generated:
            return OutcomeKind.OK
        if not self.generated.strip():
            return OutcomeKind.EMPTY
        return OutcomeKind.TRUNCATED if cut else OutcomeKind.OK


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no text; `kind` is REFUSED, FILTERED or ERROR."""

    kind: OutcomeKind
    message: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to one request: its n completions, or a failure and no completion."""

    item: str
    model: str
    completions: tuple[Completion, ...] = ()
    failure: Failure | None = None
    usage: Usage = Usage()
    latency_s: float = 0.0

    @property
    def kind(self) -> OutcomeKind:
        """The kind of the failure, else of the first completion."""
        return self.failure.kind if self.failure else self.completions[0].kind

    @property
    def text(self) -> str:
        """The first completion's text; empty for a failure."""
        return self.completions[0].text if self.completions else ""

    @property
    def generated(self) -> str:
        """The same without an echoed prompt."""
        return self.completions[0].generated if self.completions else ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a streamed completion; sent only for requests with `stream`.

    `logprobs`, where they are asked for, are of tokens that end within the text sent so far; those
    of all chunks begin the completion's.
    """

    item: str
    index: int
    text: str
    logprobs: tuple[TokenLogprob, ...] = ()
