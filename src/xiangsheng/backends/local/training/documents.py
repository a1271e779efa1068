"""Examples to documents: tokens with the weight that predicting each of them has in the loss.

A document fits the model's context. A prompt that is too long loses its oldest lines; a text that
is too long is cut into chunks between two lines, each opened by the last lines of the chunk
before, which are seen and not learned again: every line is supervised exactly once.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xiangsheng.backends.local import chat
from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example
from xiangsheng.tokens.ladder import LadderTokenizer

OPENING = 0.125
"""The share of a chunk that repeats the lines before it."""


@dataclass(frozen=True, slots=True)
class Document:
    """`weights[i]` is what predicting `tokens[i]` from those before it counts; the first is 0."""

    tokens: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How examples are read. `closes`: whether an example's end is a text's end, and learned."""

    tokenizer: LadderTokenizer
    context: int
    prompt_weight: float = 0.0
    closes: bool = True

    def documents(self, examples: Iterable[Example]) -> Iterator[Document]:
        """Raises DataError for an example that teaches nothing."""
        for example in examples:
            if not _teaches(example):
                raise DataError(
                    "an example without anything to learn",
                    where=f"script {example.script}",
                    hint="give every example a completion, or an assistant's message",
                )
            chunks = map(self._opened, self._chunks(self._lines(example)))
            yield from (chunk for chunk in chunks if any(chunk.weights))

    def texts(self, texts: Iterable[str]) -> Iterator[Document]:
        """Whole texts, all of them learned."""
        for text in texts:
            lines = [self._line(part, 1.0, learned=True) for part in _with_ends(text)]
            lines.append(_Line([self.tokenizer.end], [1.0], learned=True))
            yield from map(self._opened, self._chunks(lines))

    def _lines(self, example: Example) -> list["_Line"]:
        """A text's lines with their labels, or a chat's messages, each in one piece."""
        end = [_Line([self.tokenizer.end], [1.0], learned=True)] if self.closes else []
        if example.messages:
            parts = list(chat.spans(example.messages, self.tokenizer))
            return [
                _Line(role + text, [0.0] * len(role) + [float(trained)] * len(text), trained)
                for (role, _), (text, trained) in zip(parts[::2], parts[1::2], strict=True)
            ]
        lines = [_Line([], [])]
        for span in example.spans:
            weight = 1.0 if span.trained else self.prompt_weight
            for part in _with_ends(span.text):
                lines[-1] = lines[-1].joined(self._line(part, weight, learned=span.trained))
                if part.endswith("\n"):
                    lines.append(_Line([], []))
        return [line for line in lines + end if line.tokens]

    def _line(self, text: str, weight: float, *, learned: bool) -> "_Line":
        tokens = self.tokenizer.encode(text)
        return _Line(tokens, [weight] * len(tokens), learned)

    def _opened(self, lines: list["_Line"]) -> Document:
        """Every document begins where a text begins, as every prompt does."""
        tokens, weights = [self.tokenizer.end], [0.0]
        for line in lines:
            tokens += line.tokens
            weights += line.weights
        return Document(tuple(tokens), tuple(weights))

    def _chunks(self, lines: list["_Line"]) -> Iterator[list["_Line"]]:
        room = self.context - 1
        lines = [piece for line in lines for piece in line.pieces(int(room * (1 - OPENING)))]
        if _size(lines) <= room:
            yield lines
            return
        asked = next(place for place, line in enumerate(lines) if line.learned)
        if _size(lines[asked:]) <= room * (1 - OPENING):
            yield _last(lines[:asked], room - _size(lines[asked:])) + lines[asked:]
            return
        chunk: list[_Line] = []
        for line in lines:
            if chunk and _size(chunk) + len(line.tokens) > room:
                yield chunk
                most = min(int(room * OPENING), room - len(line.tokens))
                chunk = [seen.unlearned() for seen in _last(chunk, most)]
            chunk.append(line)
        yield chunk


@dataclass(frozen=True, slots=True)
class _Line:
    """`learned` is of an answer or a whole text; a prompt is not, whatever it weighs."""

    tokens: list[int]
    weights: list[float]
    learned: bool = False

    def joined(self, other: "_Line") -> "_Line":
        learned = self.learned or other.learned
        return _Line(self.tokens + other.tokens, self.weights + other.weights, learned)

    def unlearned(self) -> "_Line":
        return _Line(self.tokens, [0.0] * len(self.tokens))

    def pieces(self, most: int) -> Iterator["_Line"]:
        """A line that is longer than a chunk has to be cut after all."""
        for start in range(0, len(self.tokens), most):
            weights = self.weights[start : start + most]
            learned = self.learned and 1.0 in weights
            yield _Line(self.tokens[start : start + most], weights, learned)


def _teaches(example: Example) -> bool:
    return any(span.trained and span.text for span in example.spans) or any(
        message.trained for message in example.messages
    )


def _with_ends(text: str) -> list[str]:
    """Lines with their line feeds; only those end a line."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _size(lines: Iterable[_Line]) -> int:
    return sum(len(line.tokens) for line in lines)


def _last(lines: list[_Line], most: int) -> list[_Line]:
    """As many whole lines from the end as fit."""
    kept = len(lines)
    while kept and _size(lines[kept - 1 :]) <= most:
        kept -= 1
    return lines[kept:]
