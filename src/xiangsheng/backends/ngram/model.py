"""A character n-gram language model: counts of one text, or of several with a weight each."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np

from xiangsheng.backends.ngram.counts import END, REACH, UNKNOWN, Piece, Trie, count, stream
from xiangsheng.backends.ngram.smoothing import Smoothed, State, Vector
from xiangsheng.core.errors import DataError

END_OF_TEXT = "<|endoftext|>"


@dataclass(frozen=True, eq=False)
class NgramModel:
    """Tries over one vocabulary, mixed with `weights` that sum to 1.

    Token 0 ends a text, token i is `characters[i - 1]`. A base model has one trie; each tuning
    adds one, appends the characters it brings, and shrinks the weights before its own.
    """

    characters: str
    tries: tuple[Trie, ...]
    weights: tuple[float, ...] = (1.0,)

    @classmethod
    def train(cls, texts: Iterable[str], order: int) -> "NgramModel":
        """A base model of whole texts; raises DataError where there are no characters."""
        pieces = [Piece(text) for text in texts]
        characters = _characters(pieces)
        return cls(characters, (_trie(pieces, characters, order),))

    def tuned(self, pieces: Iterable[Piece], weight: float) -> "NgramModel":
        """A mixture of this model and one of `pieces`, which gets `weight`, above 0 and at most 1."""
        pieces = list(pieces)
        characters = self.characters + _characters(pieces, known=self.characters)
        return NgramModel(
            characters,
            (*self.tries, _trie(pieces, characters, self.order)),
            (*(share * (1 - weight) for share in self.weights), weight),
        )

    @property
    def order(self) -> int:
        """The longest run counted, in characters; one less is seen of what came before."""
        return self.tries[0].order

    @cached_property
    def ids(self) -> dict[str, int]:
        return {character: place for place, character in enumerate(self.characters, 1)}

    @cached_property
    def _parts(self) -> tuple[Smoothed, ...]:
        return tuple(Smoothed(trie, len(self.characters) + 1) for trie in self.tries)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that decides the probabilities."""
        whole = sha256(ascii(("kneser-ney", self.characters, self.weights)).encode())
        for trie in self.tries:
            for array in (*trie.tokens, *trie.first, *trie.weights):
                whole.update(len(array).to_bytes(8, "little"))
                whole.update(array.astype("<i8").tobytes())
        return whole.hexdigest()

    def token(self, place: int) -> str:
        return END_OF_TEXT if place == END else self.characters[place - 1]

    def read(self, text: str) -> tuple[State, ...]:
        """The state after a text's beginning; an unknown character is like the end of another."""
        tail = text[-(self.order - 1) :]
        states = tuple(part.start() if len(text) < self.order - 1 else (0,) for part in self._parts)
        for character in tail:
            states = self.advance(states, self.ids.get(character, UNKNOWN))
        return states

    def advance(self, states: tuple[State, ...], token: int) -> tuple[State, ...]:
        return tuple(
            part.advance(state, token) for part, state in zip(self._parts, states, strict=True)
        )

    def distribution(self, states: tuple[State, ...]) -> Vector:
        """The probability of every token next; what is missing to 1 is for unseen characters."""
        mixed = self._parts[0].distribution(states[0])
        if len(states) > 1:
            mixed *= self.weights[0]
            for weight, part, state in zip(
                self.weights[1:], self._parts[1:], states[1:], strict=True
            ):
                mixed += weight * part.distribution(state)
        return mixed

    def unseen(self, states: tuple[State, ...]) -> float:
        """The probability that a character never seen is next, whichever it is."""
        return sum(
            weight * part.unseen(state)
            for weight, part, state in zip(self.weights, self._parts, states, strict=True)
        )

    def chances(self, pieces: Iterable[Piece]) -> Vector:
        """The probability of each of the pieces' characters and ends, after all before it.

        A character never seen gets its share of 1 / (V + 1).
        """
        tokens, counts = stream(pieces, self.characters, self.order)
        mixed = np.zeros(len(tokens))
        for weight, part in zip(self.weights, self._parts, strict=True):
            mixed += weight * part.score(tokens)
        return mixed[counts]

    def nats_per_character(self, pieces: Iterable[Piece]) -> float:
        """Mean negative log-probability of the pieces' characters and ends; 0 without pieces.

        Perplexity is its exponential.
        """
        chances = self.chances(pieces)
        return float(-np.log(chances).mean()) if len(chances) else 0.0


def _characters(pieces: Iterable[Piece], known: str = "") -> str:
    seen: set[str] = set()
    for piece in pieces:
        seen.update(piece.before[-REACH:], piece.text)
    return "".join(sorted(seen - set(known)))


def _trie(pieces: list[Piece], characters: str, order: int) -> Trie:
    if not any(piece.text for piece in pieces):
        raise DataError(
            "there is no text to learn from", hint="give at least one text that is not empty"
        )
    return count(*stream(pieces, characters, order), order)
