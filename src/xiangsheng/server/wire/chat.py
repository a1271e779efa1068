"""Bodies and replies of `POST /v1/chat/completions`."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from xiangsheng.core.example import Message
from xiangsheng.core.generation import Completion, Prompt, Sampling, TokenLogprob
from xiangsheng.core.ports import Desk
from xiangsheng.server.errors import invalid
from xiangsheng.server.wire.asking import bias_of, sampling_of, too_long
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

_UNSUPPORTED = (
    *("audio", "function_call", "functions", "prediction", "tool_choice", "tools"),
    "web_search_options",
)


class TextPart(Body):
    type: Literal["text"]
    text: Text


class MessageBody(Body):
    role: Literal["system", "developer", "user", "assistant"]
    content: Text | list[TextPart]
    name: str | None = None
    refusal: str | None = None

    @property
    def message(self) -> Message:
        parts = self.content
        text = parts if isinstance(parts, str) else "".join(part.text for part in parts)
        return Message("system" if self.role == "developer" else self.role, text)


class ResponseFormat(Body):
    type: Literal["text"]


class ChatBody(Body):
    """Of today's parameters those that mean something here; others are refused, or say nothing."""

    model: ModelId
    messages: Annotated[list[MessageBody], Field(min_length=1, max_length=2048)]
    max_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None
    temperature: Temperature | None = None
    top_p: Share | None = None
    n: Choices | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    stop: Stops | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    logit_bias: Bias | None = None
    seed: Seed | None = None
    response_format: ResponseFormat | None = None
    user: str | None = None
    # Taken because clients send them, and without effect on what is said.
    metadata: dict[str, str] | None = None
    modalities: list[Literal["text"]] | None = None
    parallel_tool_calls: bool | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    reasoning_effort: str | None = None
    safety_identifier: str | None = None
    service_tier: str | None = None
    store: bool | None = None
    verbosity: str | None = None
    # Refused by name.
    audio: Any = None
    function_call: Any = None
    functions: Any = None
    prediction: Any = None
    tool_choice: Any = None
    tools: Any = None
    web_search_options: Any = None

    @property
    def top(self) -> int | None:
        return (self.top_logprobs or 0) if self.logprobs else None

    def prompt(self) -> Prompt:
        return Prompt(messages=tuple(message.message for message in self.messages))

    def require_sense(self) -> None:
        """Raises the API's error for what makes none, whichever model is asked."""
        for name in _UNSUPPORTED:
            if getattr(self, name) not in (None, [], "none"):
                raise invalid(
                    f"'{name}' is not supported: these models only speak.",
                    name,
                    "unsupported_parameter",
                )
        if self.top_logprobs is not None and not self.logprobs:
            raise invalid(
                "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
                "top_logprobs",
            )

    def sampling(self, desk: Desk, prompt: Prompt, seed: int) -> Sampling:
        """Without a limit an answer may be as long as what the model still sees."""
        most = self.max_tokens if self.max_completion_tokens is None else self.max_completion_tokens
        if most == 0:
            raise invalid(
                "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 "
                "instead.",
                "max_tokens",
                "integer_below_min_value",
            )
        if most is None and desk.context is not None:
            count = desk.count(prompt)
            if (most := desk.context - count) < 1:
                raise too_long(desk.context, count, 1)
        return sampling_of(
            temperature=self.temperature,
            top_p=self.top_p,
            n=self.n,
            max_tokens=most,
            presence_penalty=self.presence_penalty,
            frequency_penalty=self.frequency_penalty,
            stop=stops_of(self.stop),
            logit_bias=bias_of(self.logit_bias, desk),
            logprobs=self.top,
            seed=seed if self.seed is None else self.seed,
        )


class TopReply(BaseModel):
    token: str
    logprob: float
    bytes: list[int] | None


class TokenReply(TopReply):
    top_logprobs: list[TopReply]


class ChatLogprobsReply(BaseModel):
    content: list[TokenReply] | None
    refusal: list[TokenReply] | None


class SaidReply(BaseModel):
    role: Literal["assistant"]
    content: str
    refusal: None


class ChatChoiceReply(BaseModel):
    index: int
    message: SaidReply
    logprobs: ChatLogprobsReply | None
    finish_reason: Literal["stop", "length"]


class ChatReply(BaseModel):
    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    system_fingerprint: str
    choices: list[ChatChoiceReply]
    usage: UsageReply


def delta(
    index: int,
    said: dict[str, Any],
    logprobs: dict[str, Any] | None = None,
    finish: str | None = None,
) -> dict[str, Any]:
    return {"index": index, "delta": said, "logprobs": logprobs, "finish_reason": finish}


def whole(index: int, completion: Completion, *, top: int | None) -> dict[str, Any]:
    """A choice that is not streamed."""
    return {
        "index": index,
        "message": {"role": "assistant", "content": completion.text, "refusal": None},
        "logprobs": None if top is None else logprobs_of(completion.logprobs),
        "finish_reason": completion.finish.value,
    }


def logprobs_of(tokens: Sequence[TokenLogprob]) -> dict[str, Any]:
    return {
        "content": [
            _told(t.token, t.logprob) | {"top_logprobs": [_told(*top) for top in t.top]}
            for t in tokens
        ],
        "refusal": None,
    }


def _told(token: str, logprob: float) -> dict[str, Any]:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode())}
