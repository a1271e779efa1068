"""What both kinds of completions make of a body: token numbers, and whether it fits the model."""

from collections.abc import Mapping, Sequence

from xiangsheng.core.errors import UsageError
from xiangsheng.core.generation import Prompt, Sampling
from xiangsheng.core.ports import Desk
from xiangsheng.server.errors import ApiError, invalid, of_ours
from xiangsheng.verbs.served_models import on_the_wire


def bias_of(given: Mapping[str, float] | None, desk: Desk) -> dict[str, float]:
    """From numbers of tokens to how they are shown."""
    found = dict[str, float]()
    for key, value in (given or {}).items():
        shown = desk.token(int(key)) if key.isascii() and key.isdigit() and len(key) < 10 else None
        if shown is None:
            raise invalid(
                f"Invalid key in 'logit_bias': {key[:40]}. Keys are numbers of tokens of "
                f"{on_the_wire(desk.name)}.",
                "logit_bias",
                "invalid_logit_bias_key",
            )
        found[shown] = value
    return found


def sampling_of(**settings: object) -> Sampling:
    """The settings that are given; null and absent are the same."""
    given = {name: value for name, value in settings.items() if value is not None}
    try:
        return Sampling(**given)  # type: ignore[arg-type]
    except UsageError as error:
        raise of_ours(error) from error


def require_fit(desk: Desk, prompts: Sequence[Prompt], sampling: Sampling, most: int) -> None:
    """Raises the API's error for what is longer than the model sees, or than one request may be."""
    total, asked = 0, sampling.max_tokens
    for prompt in prompts:
        count = desk.count(prompt)
        if desk.context is not None and count + asked > desk.context:
            raise too_long(desk.context, count, asked)
        total += count + asked * (sampling.best_of or sampling.n)
    if total > most:
        raise invalid(
            f"This request reads and writes up to {total:,} tokens, and this server gives at most "
            f"{most:,} to one: lower max_tokens, n, best_of or the number of prompts.",
            "max_tokens",
            "request_too_large",
        )


def too_long(context: int, prompt: int, completion: int) -> ApiError:
    return invalid(
        f"This model's maximum context length is {context} tokens, however you requested "
        f"{prompt + completion} tokens ({prompt} in your prompt; {completion} for the completion). "
        "Please reduce your prompt; or completion length.",
        None,
        "context_length_exceeded",
    )


def require_chat(desk: Desk, *, chats: bool) -> None:
    """Raises the API's error for a model of the other kind."""
    if desk.chats != chats:
        kind = "not a chat model" if chats else "a chat model"
        other = "completions" if chats else "chat/completions"
        here = "chat/completions" if chats else "completions"
        raise ApiError(
            404,
            f"{on_the_wire(desk.name)} is {kind} and thus not supported in the v1/{here} endpoint. "
            f"Did you mean to use v1/{other}?",
            param="model",
        )
