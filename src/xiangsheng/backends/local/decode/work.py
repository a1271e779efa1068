"""A request on its way through the engine, and its outcome in the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from xiangsheng.backends.local.decode.strand import Strand
from xiangsheng.core.generation import (
    Chunk,
    Completion,
    Failure,
    Finish,
    Outcome,
    OutcomeKind,
    Request,
    TokenLogprob,
    Usage,
)
from xiangsheng.core.ports import Reply


@dataclass(slots=True, eq=False)
class Work:
    """`tokens` are those of the prompt, the one that begins every text included.

    Whoever no longer waits for the outcome sets `dropped`; there may then be none.
    """

    request: Request
    reply: Reply
    tokens: tuple[int, ...]
    strands: tuple[Strand, ...]
    started: float
    echoed: tuple[TokenLogprob, ...] = ()
    dropped: bool = False
    answered: bool = False
    live: bool = field(init=False)

    def __post_init__(self) -> None:
        self.live = self.request.stream and len(self.strands) == self.request.sampling.n

    @property
    def finished(self) -> bool:
        return all(strand.finish is not None for strand in self.strands)

    def say(self, strand: Strand, text: str) -> None:
        """Streams what is sure to stay."""
        if self.live and text:
            self.reply(Chunk(self.request.item, strand.index, text, strand.told(text)))

    def echo(self, strand: Strand) -> None:
        """Streams the prompt."""
        if self.live and (text := self.request.prompt.text):
            self.reply(Chunk(self.request.item, strand.index, text, self.echoed))

    def answer(self, model: str, now: float) -> None:
        """Sends the outcome, and before it the chunks that had to wait for a comparison."""
        kept = [self._echo(strand.completion) for strand in self._best()]
        if not self.strands:
            kept = [self._echo(Completion("", Finish.LENGTH))] * self.request.sampling.n
        for index, completion in enumerate(kept):
            if self.request.stream and not self.live:
                prompt, before = completion.text[: completion.echoed or 0], len(self.echoed)
                for text, logprobs in (
                    (prompt, completion.logprobs[:before]),
                    (completion.generated, completion.logprobs[before:]),
                ):
                    if text:
                        self.reply(Chunk(self.request.item, index, text, logprobs))
        drawn = sum(strand.counts.total() for strand in self.strands)
        self.answered = True
        self.reply(
            Outcome(
                self.request.item,
                model,
                tuple(kept),
                usage=Usage(len(self.tokens) - 1, drawn),
                latency_s=now - self.started,
            )
        )

    def fail(self, model: str, message: str, code: str) -> None:
        """Sends a failure, unless the outcome has been sent."""
        if not self.answered:
            self.answered = True
            failure = Failure(OutcomeKind.ERROR, message, code)
            self.reply(Outcome(self.request.item, model, failure=failure))

    def _best(self) -> Sequence[Strand]:
        """The n of highest mean log-probability, best first; all of them stay in their order."""
        n = self.request.sampling.n
        if len(self.strands) <= n:
            return self.strands
        return sorted(self.strands, key=lambda strand: -strand.mean_logprob)[:n]

    def _echo(self, completion: Completion) -> Completion:
        if not self.request.sampling.echo:
            return completion
        return completion.after(self.request.prompt.text, self.echoed)
