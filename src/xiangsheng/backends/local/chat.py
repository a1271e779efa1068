"""Chat messages as tokens: the one template of the ladder's models."""

from collections.abc import Iterator, Sequence

from xiangsheng.core.example import Message
from xiangsheng.tokens.ladder import LadderTokenizer

ROLES = ("system", "user", "assistant")


def spans(
    messages: Sequence[Message], tokenizer: LadderTokenizer
) -> Iterator[tuple[list[int], bool]]:
    """`<|role|>` text `<|end|>` of every message, as (tokens, trained): the role is never trained."""
    end = tokenizer.special("<|end|>")
    for message in messages:
        yield [tokenizer.special(f"<|{message.role}|>")], False
        yield [*tokenizer.encode(message.content), end], message.trained


def asking(messages: Sequence[Message], tokenizer: LadderTokenizer) -> list[int]:
    """A prompt's tokens, up to where the assistant speaks; it goes on with a message of its own."""
    *before, last = messages
    if last.role != "assistant":
        before, last = list(messages), Message("assistant", "")
    tokens = [token for part, _ in spans(before, tokenizer) for token in part]
    tokens += [tokenizer.special("<|assistant|>"), *tokenizer.encode(last.content)]
    return tokens + tokenizer.encode("\n") if last.content else tokens
