"""Completions of a local model: requests to the engine, and its replies back."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from queue import SimpleQueue
from time import perf_counter

from xiangsheng.backends.local import chat
from xiangsheng.backends.local.decode.engine import Engine
from xiangsheng.backends.local.decode.strand import Strand
from xiangsheng.backends.local.decode.work import Work
from xiangsheng.core.generation import (
    Chunk,
    Failure,
    Outcome,
    OutcomeKind,
    Prompt,
    Request,
    Sampling,
)
from xiangsheng.core.money import LOCAL, Price
from xiangsheng.core.ports import Reply

VERSION = 1
"""Goes up when the same model would answer the same request differently."""
AHEAD = 2
"""How many times the engine's rows are asked for before their turn, so that it is never idle."""


@dataclass(frozen=True, slots=True)
class LocalGenerator:
    """A generator and a desk. Tokens are the ladder's; usage counts those of the prompt, and those drawn.

    `chats` says whether the model was trained on chat messages: it takes those, others take text.
    `weights` is the digest of the model's weights.
    """

    name: str
    engine: Engine
    weights: str
    chats: bool = False
    price: Price = LOCAL
    clock: Callable[[], float] = perf_counter

    @property
    def digest(self) -> str:
        kind = str(self.engine.network.embeddings.dtype)
        return sha256(ascii((VERSION, self.weights, kind)).encode()).hexdigest()

    def generate(
        self, requests: Iterable[Request], cancelled: Callable[[], bool]
    ) -> Iterator[Chunk | Outcome]:
        """Takes requests ahead of their turn, as many as keep the engine busy."""
        replies: SimpleQueue[Chunk | Outcome] = SimpleQueue()
        waiting = iter(requests)
        away: dict[str, Work | None] = {}
        more = True
        try:
            while more or away:
                together: list[Work] = []
                while more and sum(map(_rows, away.values())) < AHEAD * self.engine.limits.rows:
                    request = None if cancelled() else next(waiting, None)
                    if request is None:
                        more = False
                    else:
                        work = away[request.item] = self._made(request, replies.put)
                        together += [work] if work else []
                self.engine.submit(*together)
                if away:
                    reply = replies.get()
                    if isinstance(reply, Outcome):
                        away.pop(reply.item)
                    yield reply
        finally:  # nobody listens to those still away
            self.engine.withdraw(filter(None, away.values()))

    @property
    def context(self) -> int:
        """One token of the network's begins every text."""
        return self.engine.network.shape.context - 1

    def count(self, prompt: Prompt) -> int:
        return len(self._tokens(prompt)) - 1

    def token(self, number: int) -> str | None:
        tokenizer = self.engine.tokenizer
        return tokenizer.token(number) if 0 <= number < tokenizer.size else None

    def text_of(self, tokens: Sequence[int]) -> str | None:
        tokenizer = self.engine.tokenizer
        if not all(0 <= token < tokenizer.size for token in tokens):
            return None
        text = tokenizer.decode(tokens)
        return text if tokenizer.encode(text) == list(tokens) else None

    def submit(self, requests: Sequence[Request], reply: Reply) -> Callable[[], None]:
        """As `Desk`; a request that cannot be served is answered at once, on the caller's thread."""
        works = [work for request in requests if (work := self._made(request, reply))]
        self.engine.submit(*works)
        return lambda: self.engine.withdraw(works)

    def _made(self, request: Request, reply: Reply) -> Work | None:
        if failure := self._unservable(request):
            reply(Outcome(request.item, self.name, failure=failure))
            return None
        tokens = self._tokens(request.prompt)
        context = self.engine.network.shape.context
        room = min(request.sampling.max_tokens, context - len(tokens))
        if len(tokens) > context or (room < 1 and request.sampling.max_tokens):
            reply(Outcome(request.item, self.name, failure=_too_long(len(tokens) - 1, context)))
            return None
        return Work(request, reply, tokens, self._strands(request, room), self.clock())

    def _tokens(self, prompt: Prompt) -> tuple[int, ...]:
        tokenizer = self.engine.tokenizer
        if prompt.messages:
            return (tokenizer.end, *chat.asking(prompt.messages, tokenizer))
        return (tokenizer.end, *tokenizer.encode(prompt.text))

    def _strands(self, request: Request, room: int) -> tuple[Strand, ...]:
        tokenizer, asked = self.engine.tokenizer, request.sampling
        bias = {self._known(token): value for token, value in asked.logit_bias.items()}
        ends = frozenset((tokenizer.end, tokenizer.special("<|end|>")))
        return tuple(
            Strand(request.item, index, asked, room, bias, ends) for index in range(_samples(asked))
        )

    def _known(self, token: str) -> int:
        found = self.engine.tokenizer.id_of(token)
        assert found is not None  # `_unservable` has looked
        return found

    def _unservable(self, request: Request) -> Failure | None:
        """Why a local model cannot answer, or None."""
        if bool(request.prompt.messages) != self.chats:
            takes = "chat messages" if self.chats else "text"
            return Failure(
                OutcomeKind.REFUSED,
                f"{self.name} was trained on another rendering: it takes {takes}",
                "rendering",
            )
        for message in request.prompt.messages:
            if message.role not in chat.ROLES:
                reason = f"there is no role {message.role!r}: give {', '.join(chat.ROLES)}"
                return Failure(OutcomeKind.REFUSED, reason, "rendering")
        for token in request.sampling.logit_bias:
            if self.engine.tokenizer.id_of(token) is None:
                reason = f"logit_bias: {token!r} is not one token of this model"
                return Failure(OutcomeKind.REFUSED, reason, "unknown_token")
        return None


def _rows(work: Work | None) -> int:
    return len(work.strands) or 1 if work else 1


def _samples(asked: Sampling) -> int:
    return (asked.best_of or asked.n) if asked.max_tokens else 0


def _too_long(tokens: int, context: int) -> Failure:
    return Failure(
        OutcomeKind.REFUSED,
        f"the prompt has {tokens:,} tokens and the model sees {context - 1:,}, its answer included: "
        "shorten it" + (", or choose local:curie, which sees 2,047" if context < 2048 else ""),
        "context_length",
    )
