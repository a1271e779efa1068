"""What bodies and replies have in common."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from xiangsheng.core.generation import Usage
from xiangsheng.server.errors import invalid

INT64 = 2**63


class Body(BaseModel):
    """Null means «not given»; what is not known is refused by name."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


Text = Annotated[str, Field(max_length=1 << 21)]
ModelId = Annotated[str, Field(min_length=1, max_length=256, examples=["ada"])]
Stop = Annotated[str, Field(min_length=1, max_length=256)]
Stops = Stop | Annotated[list[Stop], Field(max_length=4)]
Share = Annotated[float, Field(ge=0, le=1)]
Temperature = Annotated[float, Field(ge=0, le=2)]
Penalty = Annotated[float, Field(ge=-2, le=2)]
Choices = Annotated[int, Field(ge=1, le=128)]
Tokens = Annotated[int, Field(ge=0, le=INT64 - 1)]
Seed = Annotated[int, Field(ge=-INT64, le=INT64 - 1)]
Bias = Annotated[dict[str, Annotated[float, Field(ge=-100, le=100)]], Field(max_length=1024)]


class StreamOptions(Body):
    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class DeletedReply(BaseModel):
    id: str
    object: Literal["file", "fine-tune", "model"]
    deleted: Literal[True] = True


class UsageReply(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ErrorBody(BaseModel):
    message: str
    type: str
    param: str | None
    code: str | None


class ErrorReply(BaseModel):
    error: ErrorBody


ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorReply, "description": description}
    for status, description in (
        (400, "What was sent is not what the API takes."),
        (401, "No key, or a wrong one."),
        (404, "There is no such thing."),
        (408, "The body did not come in time."),
        (413, "The body is too large."),
        (429, "Too much at once; ask again in a moment."),
        (500, "The server had an error."),
        (503, "There is no room for the model."),
        (504, "The answer took too long."),
    )
}


EVENTS: dict[str, Any] = {
    "text/event-stream": {
        "schema": {
            "type": "object",
            "properties": {"data": {"type": "string"}},
            "required": ["data"],
        }
    }
}
"""How OpenAPI describes a stream: by one of its events."""


def usage_of(used: list[Usage]) -> dict[str, int]:
    prompt, completion = sum(u.prompt_tokens for u in used), sum(u.completion_tokens for u in used)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def stops_of(given: str | list[str] | None) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given or ())


def streams_of(stream: bool | None, options: StreamOptions | None) -> bool:  # noqa: FBT001
    """Whether usage ends the stream; options without a stream are an error."""
    if options is not None and not stream:
        raise invalid(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            "stream_options",
        )
    return bool(options and options.include_usage)
