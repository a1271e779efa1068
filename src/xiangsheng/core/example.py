"""Example: what a model learns from, with the trained characters marked."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; only `trained` runs count in the loss."""

    text: str
    trained: bool


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message; `trained` is meaningful for the assistant's only."""

    role: str
    content: str
    trained: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A training example of one script: spans of text, or chat messages (one of them empty)."""

    script: str
    spans: tuple[Span, ...] = ()
    messages: tuple[Message, ...] = ()
    split: str = "train"

    @property
    def prompt(self) -> str:
        """Everything before the first trained span."""
        before = []
        for span in self.spans:
            if span.trained:
                break
            before.append(span.text)
        return "".join(before)

    @property
    def completion(self) -> str:
        """Everything from the first trained span on."""
        return "".join(span.text for span in self.spans)[len(self.prompt) :]
