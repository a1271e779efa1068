"""Bodies and replies of `POST /v1/completions`."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from xiangsheng.core.generation import Completion, Prompt, Sampling, TokenLogprob
from xiangsheng.core.ports import Desk
from xiangsheng.server.errors import invalid
from xiangsheng.server.wire.asking import bias_of, sampling_of
from xiangsheng.server.wire.common import (
    Bias,
    Body,
    Choices,
    ModelId,
    Penalty,
    Seed,
    Share,
    Stops,
    StreamOptions,
    Temperature,
    Text,
    Tokens,
    UsageReply,
    stops_of,
)

Ids = Annotated[list[Tokens], Field(min_length=1)]
Prompts = (
    Text
    | Ids
    | Annotated[list[Text], Field(min_length=1, max_length=2048)]
    | Annotated[list[Ids], Field(min_length=1, max_length=2048)]
)


class CompletionBody(Body):
    model: ModelId | None = None
    prompt: Prompts | None = None
    suffix: str | None = None
    max_tokens: Tokens | None = None
    temperature: Temperature | None = None
    top_p: Share | None = None
    n: Choices | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    logprobs: Annotated[int, Field(ge=0, le=5)] | None = None
    echo: bool | None = None
    stop: Stops | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    best_of: Annotated[int, Field(ge=0, le=20)] | None = None
    logit_bias: Bias | None = None
    seed: Seed | None = None
    user: str | None = None

    @property
    def bare(self) -> bool:
        """Nothing is asked for, and no echo: core reads such a prompt only to echo it."""
        return self.max_tokens == 0 and not self.echo

    def prompts(self, desk: Desk) -> tuple[Prompt, ...]:
        """Texts, or tokens of the model's own as the text that they are."""
        given = self.prompt if self.prompt is not None else ""
        if isinstance(given, str):
            return (Prompt(given),)
        if isinstance(given[0], int):
            return (Prompt(_text(given, desk)),)
        return tuple(Prompt(p if isinstance(p, str) else _text(p, desk)) for p in given)

    def sampling(self, desk: Desk, seed: int) -> Sampling:
        """`seed` is what is drawn with where none is given."""
        return sampling_of(
            temperature=self.temperature,
            top_p=self.top_p,
            n=self.n,
            max_tokens=self.max_tokens,
            presence_penalty=self.presence_penalty,
            frequency_penalty=self.frequency_penalty,
            stop=stops_of(self.stop),
            logit_bias=bias_of(self.logit_bias, desk),
            best_of=self.best_of,
            logprobs=self.logprobs,
            seed=seed if self.seed is None else self.seed,
            echo=self.echo or self.bare,
        )

    def require_sense(self) -> None:
        """Raises the API's error for what makes none, whichever model is asked."""
        n = self.n or 1
        if self.suffix:
            raise invalid(
                "Completions between a prompt and a 'suffix' are not supported: these models only "
                "write on from a prompt.",
                "suffix",
                "unsupported_parameter",
            )
        if self.best_of is not None and self.best_of < n:
            raise invalid(
                "You requested that the server return more choices than it will generate (HINT: you "
                f"must set 'n' (currently {n}) to be at most 'best_of' (currently {self.best_of}), or "
                "omit either parameter if you don't specifically want to use them.)",
                "best_of",
            )
        if self.stream and (self.best_of or n) > n:
            raise invalid(
                f"The server cannot stream the best of several completions (HINT: with 'stream', "
                f"'best_of' (currently {self.best_of}) must be 'n' (currently {n}), or be omitted.)",
                "best_of",
            )


def _text(tokens: Any, desk: Desk) -> str:
    text = desk.text_of(tokens)
    if text is None:
        raise invalid(
            "Invalid 'prompt': these are not the numbers of the tokens of any text. Models here have "
            "tokens of their own, not those of GPT-3.",
            "prompt",
            "invalid_tokens",
        )
    return text


class LogprobsReply(BaseModel):
    tokens: list[str]
    token_logprobs: list[float | None]
    top_logprobs: list[dict[str, float] | None] | None
    text_offset: list[int]


class ChoiceReply(BaseModel):
    text: str
    index: int
    logprobs: LogprobsReply | None
    finish_reason: Literal["stop", "length"]


class CompletionReply(BaseModel):
    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    system_fingerprint: str
    choices: list[ChoiceReply]
    usage: UsageReply


def choice(
    index: int,
    text: str,
    logprobs: dict[str, Any] | None = None,
    finish: str | None = None,
) -> dict[str, Any]:
    return {"text": text, "index": index, "logprobs": logprobs, "finish_reason": finish}


def whole(
    index: int, completion: Completion, prompt: str, *, top: int | None, bare: bool
) -> dict[str, Any]:
    """A choice that is not streamed."""
    echoed = completion.echoed is not None and not bare
    text = completion.text if echoed else completion.generated
    tokens = () if bare else completion.logprobs
    offset = 0 if echoed else len(prompt)
    told = None if top is None else logprobs_of(tokens, offset, top, first=echoed)
    return choice(index, text, told, completion.finish.value)


def logprobs_of(
    tokens: Sequence[TokenLogprob], offset: int, top: int, *, first: bool
) -> dict[str, Any]:
    """`offset` is where the text begins, counted from the beginning of the prompt.

    The `first` token of a prompt has no logprob, there being nothing before it.
    """
    offsets = list[int]()
    for token in tokens:
        offsets.append(offset)
        offset += len(token.token)
    logprobs = [None if first and not place else t.logprob for place, t in enumerate(tokens)]
    tops = [None if first and not place else _top(t) for place, t in enumerate(tokens)]
    return {
        "tokens": [token.token for token in tokens],
        "token_logprobs": logprobs,
        "top_logprobs": tops if top else None,
        "text_offset": offsets,
    }


def _top(token: TokenLogprob) -> dict[str, float]:
    """The likeliest tokens, and the one that was drawn if it is none of them."""
    found = dict(token.top)
    if token.logprob not in found.values():
        found[token.token] = token.logprob
    return found
