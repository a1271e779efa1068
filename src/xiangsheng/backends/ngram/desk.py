"""An n-gram model with a queue, and its characters by number."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from xiangsheng.backends.ngram.generate import NgramGenerator
from xiangsheng.backends.queued import Queued
from xiangsheng.core.generation import Prompt, Request
from xiangsheng.core.ports import Reply


@dataclass(frozen=True, slots=True)
class NgramDesk:
    """Token 0 ends a text, as in the model; its text has no end within."""

    generator: NgramGenerator
    context: int | None = None
    chats: bool = False
    _queue: Queued = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_queue", Queued(self.generator))

    @property
    def name(self) -> str:
        return self.generator.name

    @property
    def digest(self) -> str:
        return self.generator.digest

    def count(self, prompt: Prompt) -> int:
        return len(prompt.text)

    def token(self, number: int) -> str | None:
        model = self.generator.model
        return model.token(number) if 0 <= number <= len(model.characters) else None

    def text_of(self, tokens: Sequence[int]) -> str | None:
        characters = self.generator.model.characters
        if not all(1 <= token <= len(characters) for token in tokens):
            return None
        return "".join(characters[token - 1] for token in tokens)

    def submit(self, requests: Sequence[Request], reply: Reply) -> Callable[[], None]:
        return self._queue.submit(requests, reply)
