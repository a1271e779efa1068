"""One sample of one request while it is being generated: its text, its ends, its randomness."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from xiangsheng.backends.stopping import Stopper
from xiangsheng.backends.uniform import uniform
from xiangsheng.core.generation import Completion, Finish, Sampling, TokenLogprob
from xiangsheng.tokens.ladder import Decoder


@dataclass(slots=True, eq=False)
class Strand:
    """`room` is how many tokens may be generated; `bias` is keyed by token, `biases` is the same as
    tokens and values.
    """

    item: str
    index: int
    asked: Sampling
    room: int
    bias: dict[int, float]
    ends: frozenset[int]
    step: int = 0
    counts: Counter[int] = field(default_factory=Counter)
    finish: Finish | None = None
    total_logprob: float = 0.0
    logprobs: list[TokenLogprob] = field(default_factory=list)
    _shown: list[str] = field(default_factory=list)
    _told: int = 0
    _beyond: int = 0
    _decoder: Decoder = field(default_factory=Decoder)
    _stopper: Stopper = field(init=False)
    biases: tuple[NDArray[np.int64], NDArray[np.float64]] = field(init=False)

    def __post_init__(self) -> None:
        self._stopper = Stopper(self.asked.stop)
        self.biases = np.array([*self.bias], np.int64), np.array([*self.bias.values()], np.float64)

    def uniform(self) -> float:
        """The random number of this step."""
        return uniform(self.asked.seed, self.item, self.index, self.step)

    @property
    def wants_logprob(self) -> bool:
        """Whether the log-probability of what is drawn will be asked for."""
        asked = self.asked
        return asked.logprobs is not None or (asked.best_of or asked.n) > asked.n

    def push(
        self, token: int, logprob: float = 0.0, top: tuple[tuple[str, float], ...] = ()
    ) -> str:
        """Takes the token drawn; gives the text that is sure to stay. `finish` says if it ends."""
        self.step += 1
        self.total_logprob += logprob
        if token in self.ends:
            self.finish = Finish.STOP
            return self._close()
        self.counts[token] += 1
        text = self._decoder.push(token)
        if self.asked.logprobs is not None:
            self.logprobs.append(TokenLogprob(text, logprob, top))
        released = self._release(text)
        if self.finish is None and self.step == self.room:
            self.finish = Finish.LENGTH
            released += self._close()
        return released

    def _release(self, text: str) -> str:
        if not self.asked.stop:
            self._shown.append(text)
            return text
        released = ""
        for character in text:
            part, stopped = self._stopper.push(character)
            released += part
            if stopped:
                self.finish = Finish.STOP
                break
        self._shown.append(released)
        return released

    def _close(self) -> str:
        """What was held back: half a character, and the beginning of a stop sequence."""
        rest = self._decoder.finish()
        if rest and self.logprobs:
            last = self.logprobs[-1]
            self.logprobs[-1] = TokenLogprob(last.token + rest, last.logprob, last.top)
        released = self._release(rest)
        if held := self._stopper.finish():
            self._shown.append(held)
        return released + held

    def told(self, text: str) -> tuple[TokenLogprob, ...]:
        """The log-probabilities that go with a text just shown: of tokens that end within it.

        One that ended within a character may still be given its text, so it waits for what follows.
        """
        before, self._beyond = self._told, self._beyond + len(text)
        left = self._beyond
        for place in range(self._told, len(self.logprobs)):
            size = len(self.logprobs[place].token)
            if size > left:
                break
            left -= size
            if size:
                self._told, self._beyond = place + 1, left
        return tuple(self.logprobs[before : self._told])

    @property
    def completion(self) -> Completion:
        """The text without its stop sequence, and the tokens that spell it."""
        assert self.finish is not None
        text = "".join(self._shown)
        return Completion(text, self.finish, tuple(_spelling(text, self.logprobs)))

    @property
    def mean_logprob(self) -> float:
        return self.total_logprob / max(1, self.step)


def _spelling(text: str, logprobs: list[TokenLogprob]) -> Iterator[TokenLogprob]:
    """The tokens that spell a text, the last one cut where a stop sequence cut it."""
    left = len(text)
    cut = left < sum(len(logprob.token) for logprob in logprobs)
    for logprob in logprobs:
        if cut and not left:
            return
        yield TokenLogprob(logprob.token[:left], logprob.logprob, logprob.top)
        left -= min(left, len(logprob.token))
