"""The slowest obvious way to answer a request with a local model: the whole text for every token."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from tiny_networks import ENDS, TOKENIZER
from xiangsheng.backends import sampling
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.uniform import uniform
from xiangsheng.core.generation import Completion, Finish, Request, Sampling, TokenLogprob
from xiangsheng.tokens.ladder import Decoder

Vector = NDArray[np.float64]
Read = tuple[str, float, tuple[tuple[str, float], ...]]


@dataclass
class Sample:
    """`tokens` are all that were drawn, an end included; `close` says of each of them whether
    rounding may have decided it.
    """

    completion: Completion
    mean_logprob: float
    tokens: list[int] = field(default_factory=list)
    close: list[bool] = field(default_factory=list)

    @property
    def usage(self) -> int:
        return sum(token not in ENDS for token in self.tokens)

    def allows(self, tokens: list[int]) -> bool:
        """Whether other tokens come from the same model, as far as rounding lets one see."""
        pairs = zip(self.tokens, tokens, self.close, strict=False)
        return next((close for own, other, close in pairs if own != other), False)


def logits_of(network: Network, tokens: list[int]) -> Vector:
    """Logits after every token of one text."""
    with torch.inference_mode():
        states = network(torch.tensor([tokens]), torch.arange(len(tokens)))[0]
        logits: Vector = network.logits(states).double().numpy()
    return logits


def log_softmax(logits: Vector) -> Vector:
    result: Vector = logits - logits.max() - np.log(np.exp(logits - logits.max()).sum())
    return result


def top(own: Vector, count: int) -> tuple[tuple[str, float], ...]:
    best = np.lexsort((np.arange(len(own)), -own))[:count]  # by chance, then by id
    return tuple((TOKENIZER.token(int(token)), float(own[token])) for token in best)


def is_close(logits: Vector, weights: Vector, asked: Sampling, draw: float) -> bool:
    """Two logits within 1e-4 where the most likely is taken; else two cumulative probabilities
    within 1e-5 of the draw, that is: a boundary between two tokens.
    """
    if asked.temperature == 0:
        second, first = np.sort(logits)[-2:]
        return bool(first - second < 1e-4)
    return bool(np.abs(np.cumsum(weights)[weights > 0][:-1] - draw).min(initial=1.0) < 1e-5)


def prompt_tokens(request: Request) -> list[int]:
    return [TOKENIZER.end, *TOKENIZER.encode(request.prompt.text)]


def sample(network: Network, request: Request, index: int) -> Sample:
    asked, tokens = request.sampling, prompt_tokens(request)
    bias = {TOKENIZER.id_of(token) or 0: value for token, value in asked.logit_bias.items()}
    room = min(asked.max_tokens, network.shape.context - len(tokens))
    decoder, counts = Decoder(), Counter[int]()
    read: list[Read] = []
    drawn: list[int] = []
    close: list[bool] = []
    text, total, finish = "", 0.0, Finish.LENGTH
    for step in range(room):
        logits = logits_of(network, tokens)[-1]
        generated = np.zeros(TOKENIZER.size)
        generated[list(counts)] = list(counts.values())
        adjusted = sampling.adjusted(
            logits,
            generated,
            presence=asked.presence_penalty,
            frequency=asked.frequency_penalty,
            bias=bias,
        )
        weights = sampling.probabilities(adjusted, asked.temperature, asked.top_p)
        target = uniform(asked.seed, request.item, index, step)
        token = sampling.draw(weights, target)
        drawn.append(token)
        close.append(is_close(adjusted, weights, asked, target))
        own = log_softmax(logits)
        total += own[token]
        if token in ENDS:
            finish = Finish.STOP
            break
        tokens.append(token)
        counts[token] += 1
        piece = decoder.push(token)
        read.append((piece, own[token], top(own, asked.logprobs or 0)))
        text += piece
        if cut(text, asked.stop) is not None:
            break
    if cut(text, asked.stop) is None and (rest := decoder.finish()):
        text += rest
        read[-1] = (read[-1][0] + rest, *read[-1][1:])
    shown = cut(text, asked.stop)
    if shown is not None:
        text, finish = shown, Finish.STOP
    spelt = spelling(text, read) if asked.logprobs is not None else ()
    return Sample(Completion(text, finish, spelt), total / len(drawn), drawn, close)


def cut(text: str, stops: tuple[str, ...]) -> str | None:
    """What comes before the first stop to be complete, the longest of several; None without one."""
    for upto in range(1, len(text) + 1):
        if ends := [stop for stop in stops if text[:upto].endswith(stop)]:
            return text[: upto - max(map(len, ends))]
    return None


def spelling(text: str, read: list[Read]) -> tuple[TokenLogprob, ...]:
    """The tokens of a text; of one that was cut only those that begin before its end."""
    spelt, at = list[TokenLogprob](), 0
    whole = text == "".join(piece for piece, _, _ in read)
    for piece, logprob, likely in read:
        if at == len(text) and not whole:
            break
        spelt.append(TokenLogprob(text[at : at + len(piece)], logprob, likely))
        at = min(at + len(piece), len(text))
    return tuple(spelt)


def echo(network: Network, request: Request) -> tuple[TokenLogprob, ...]:
    """The tokens of a prompt; those within a character complete nothing."""
    count = request.sampling.logprobs
    if count is None:
        return ()
    pieces = [
        piece
        for character in request.prompt.text
        for piece in ("", "", "", character)[-TOKENIZER.count(character) :]
    ]
    tokens = prompt_tokens(request)
    owns = [log_softmax(row) for row in logits_of(network, tokens)[:-1]]
    return tuple(
        TokenLogprob(piece, own[token], top(own, count))
        for piece, own, token in zip(pieces, owns, tokens[1:], strict=True)
    )


def samples(network: Network, request: Request) -> list[Sample]:
    asked = request.sampling
    if asked.max_tokens == 0:
        return [Sample(Completion("", Finish.LENGTH), 0.0)] * asked.n
    return [sample(network, request, index) for index in range(asked.best_of or asked.n)]


def kept(network: Network, request: Request, found: list[Sample]) -> tuple[Completion, ...]:
    """The completions of those that `best_of` keeps, after the prompt where it is echoed."""
    asked = request.sampling
    if len(found) > asked.n:
        found = sorted(found, key=lambda one: -one.mean_logprob)[: asked.n]
    completions = tuple(one.completion for one in found)
    if not asked.echo:
        return completions
    before = echo(network, request)
    return tuple(completion.after(request.prompt.text, before) for completion in completions)


def differences(ours: Completion, theirs: Completion, within: float) -> list[str]:
    """What two completions do not have in common; log-probabilities are equal `within` that."""
    found = [
        name
        for name in ("text", "finish", "echoed")
        if getattr(ours, name) != getattr(theirs, name)
    ]
    if [token.token for token in ours.logprobs] != [token.token for token in theirs.logprobs]:
        return [*found, "tokens"]
    for one, other in zip(ours.logprobs, theirs.logprobs, strict=True):
        pairs = [(one.logprob, other.logprob)]
        pairs += zip((p for _, p in one.top), (p for _, p in other.top), strict=False)
        if len(one.top) != len(other.top) or any(abs(p - q) > within for p, q in pairs):
            found.append(f"log-probability of {one.token!r}")
        elif [name for name, _ in one.top] != [name for name, _ in other.top]:
            chances = [p for _, p in one.top]
            gaps = [p - q for p, q in pairwise(chances)]
            if min(gaps, default=1.0) > within:
                found.append(f"the likeliest beside {one.token!r}")
    return found
