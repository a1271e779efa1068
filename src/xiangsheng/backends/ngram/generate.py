"""Completions from an n-gram model, under the semantics of the hosted completions API."""

import math
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter

import numpy as np

from xiangsheng.backends import sampling
from xiangsheng.backends.ngram.counts import END
from xiangsheng.backends.ngram.logprobs import of_draw, of_text
from xiangsheng.backends.ngram.model import END_OF_TEXT, NgramModel
from xiangsheng.backends.ngram.smoothing import State, Vector
from xiangsheng.backends.serial import one_by_one
from xiangsheng.backends.stopping import Stopper
from xiangsheng.backends.uniform import uniform
from xiangsheng.core.generation import (
    Chunk,
    Completion,
    Failure,
    Finish,
    Outcome,
    OutcomeKind,
    Request,
    Sampling,
    TokenLogprob,
    Usage,
)
from xiangsheng.core.money import LOCAL, Price

VERSION = 1
"""Goes up when the same model would answer the same request differently."""


@dataclass(frozen=True, slots=True)
class NgramGenerator:
    """Tokens are characters, and so is usage: those of the prompt, and those drawn.

    Drawn are also the characters of a stop sequence and of `best_of` candidates that were not
    kept. A stream with `best_of` above `n` is sent once its candidates have been compared.
    """

    name: str
    model: NgramModel
    price: Price = LOCAL
    clock: Callable[[], float] = perf_counter

    @property
    def digest(self) -> str:
        return sha256(f"{VERSION}:{self.model.digest}".encode()).hexdigest()

    def generate(
        self, requests: Iterable[Request], cancelled: Callable[[], bool]
    ) -> Iterator[Chunk | Outcome]:
        return one_by_one(requests, cancelled, self._answer)

    def _answer(self, request: Request) -> Iterator[Chunk | Outcome]:
        started = self.clock()
        if failure := unservable(request, self.model):
            yield Outcome(request.item, self.name, failure=failure)
            return
        count = request.sampling.best_of or request.sampling.n
        live = request.stream and count == request.sampling.n
        states = self.model.read(request.prompt.text)
        spelt = _spelt(self.model, request)
        candidates: list[Candidate] = []
        for index in range(count):
            if live:
                yield from opening(request, index, spelt)
            candidate = yield from continuation(self.model, states, request, index, live=live)
            candidates += [candidate]
        kept = best(candidates, request.sampling.n)
        if request.stream and not live:
            for index, candidate in enumerate(kept):
                yield from opening(request, index, spelt)
                if text := candidate.completion.text:
                    yield Chunk(request.item, index, text, candidate.completion.logprobs)
        yield Outcome(
            request.item,
            self.name,
            completed(request, kept, spelt),
            usage=Usage(len(request.prompt.text), sum(c.characters for c in candidates)),
            latency_s=self.clock() - started,
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A completion, the mean log-probability of all that was drawn for it, and how much that is."""

    completion: Completion
    mean_logprob: float
    characters: int


def unservable(request: Request, model: NgramModel) -> Failure | None:
    """Why a character model cannot answer, or None."""
    if request.prompt.messages:
        return Failure(
            OutcomeKind.ERROR,
            "an n-gram model completes text: render the messages as labelled lines first",
            "needs_text_prompt",
        )
    for token, bias in request.sampling.logit_bias.items():
        if known(token, model):
            continue
        if len(token) != 1:
            reason = f"logit_bias: {token!r} is neither one character nor {END_OF_TEXT}"
            return Failure(OutcomeKind.ERROR, reason, "unknown_token")
        if bias > 0:
            reason = f"logit_bias: this model never saw {token!r}, so it cannot favour it"
            return Failure(OutcomeKind.ERROR, reason, "unknown_token")
    return None


def opening(request: Request, index: int, spelt: tuple[TokenLogprob, ...]) -> Iterator[Chunk]:
    """The prompt as a stream's first chunk, where it is echoed and not empty."""
    if request.sampling.echo and request.prompt.text:
        yield Chunk(request.item, index, request.prompt.text, spelt)


def _spelt(model: NgramModel, request: Request) -> tuple[TokenLogprob, ...]:
    """The log-probabilities of a prompt, where they are asked for."""
    asked = request.sampling
    if not asked.echo or asked.logprobs is None:
        return ()
    return of_text(model, request.prompt.text, asked.logprobs)


def completed(
    request: Request, kept: Iterable[Candidate], spelt: tuple[TokenLogprob, ...]
) -> tuple[Completion, ...]:
    """The completions of those kept, after the prompt where it is echoed."""
    completions = tuple(candidate.completion for candidate in kept)
    if not request.sampling.echo:
        return completions
    return tuple(completion.after(request.prompt.text, spelt) for completion in completions)


def best(candidates: list[Candidate], n: int) -> list[Candidate]:
    """The `n` of highest mean log-probability, best first; all of them stay in their order."""
    if len(candidates) == n:
        return candidates
    return sorted(candidates, key=lambda candidate: -candidate.mean_logprob)[:n]


def continuation(
    model: NgramModel,
    states: tuple[State, ...],
    request: Request,
    index: int,
    *,
    live: bool = False,
) -> Generator[Chunk, None, Candidate]:
    """Draws sample `index` and returns it; `live` yields its text as soon as it is sure to stay."""
    asked = request.sampling
    bias = {model.ids.get(t, END): b for t, b in asked.logit_bias.items() if known(t, model)}
    generated = np.zeros(len(model.characters) + 1)
    stopper = Stopper(asked.stop)
    shown: list[str] = []
    logprobs: list[TokenLogprob] = []
    total, step, said, finish = 0.0, 0, 0, Finish.STOP
    for step in range(asked.max_tokens):
        chances = model.distribution(states)
        weights = _weights(chances, generated, bias, asked)
        token = sampling.draw(weights, uniform(asked.seed, request.item, index, step))
        total += math.log(chances[token])
        if token == END:
            break
        generated[token] += 1
        if asked.logprobs is not None:
            logprobs.append(of_draw(model, chances, token, asked.logprobs))
        released, stopped = stopper.push(model.token(token))
        shown.append(released)
        if released and live:
            yield Chunk(request.item, index, released, tuple(logprobs[said:][: len(released)]))
        said += len(released)
        if stopped:
            break
        states = model.advance(states, token)
    else:
        finish = Finish.LENGTH
    held = stopper.finish()
    if held and live:
        yield Chunk(request.item, index, held, tuple(logprobs[said:]))
    text = "".join(shown) + held
    return Candidate(
        Completion(text, finish, tuple(logprobs[: len(text)])),
        mean_logprob=total / (step + 1),
        characters=int(generated.sum()),
    )


def known(token: str, model: NgramModel) -> bool:
    return token == END_OF_TEXT or token in model.ids


def _weights(
    chances: Vector, generated: Vector, bias: Mapping[int, float], asked: Sampling
) -> Vector:
    """What step's token is drawn from, given the model's own `chances`."""
    changed = bool(bias or asked.presence_penalty or asked.frequency_penalty)
    if asked.temperature == 1 and not changed:  # spares the logarithm and its undoing
        whole = asked.top_p == 1
        return chances if whole else sampling.nucleus(chances / chances.sum(), asked.top_p)
    logits = sampling.adjusted(
        np.log(chances),
        generated,
        presence=asked.presence_penalty,
        frequency=asked.frequency_penalty,
        bias=bias,
    )
    return sampling.probabilities(logits, asked.temperature, asked.top_p)
