"""Asking: unanswered requests go out, intents first; outcomes are journalled as they come."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from xiangsheng.core.clock import Clock
from xiangsheng.core.events import OnEvent, Progress
from xiangsheng.core.generation import Chunk, Outcome, OutcomeKind, Request
from xiangsheng.core.ports import Generator
from xiangsheng.running.keys import request_key
from xiangsheng.store.journal import Intent, Journal, Settled

GROUP = 32
"""Requests whose intents share one commit."""

PAUSE_S = 0.25
"""The longest an outcome waits for its commit while others arrive."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What surrounds the asking: who owns time, who may stop it, who is told."""

    stage: str
    replicate: int
    clock: Clock
    cancelled: Callable[[], bool]
    on_event: OnEvent
    reuse: bool = False


def keyed(generator: Generator, requests: Sequence[Request], replicate: int) -> dict[str, Request]:
    """Requests by key, in order."""
    return {
        request_key(
            request, model=generator.name, model_digest=generator.digest, replicate=replicate
        ): request
        for request in requests
    }


def ask(
    generator: Generator, requests: Sequence[Request], journal: Journal, asking: Asking
) -> dict[str, Outcome]:
    """The outcomes by item, of all requests that have one when this returns.

    Only requests without an answer are sent; an ERROR is not an answer. Raises DiskFullError
    with everything committed before kept.
    """
    wanted = keyed(generator, requests, asking.replicate)
    known = journal.answered()
    answered = {
        key: known[key]
        for key in wanted
        if key in known and known[key].kind is not OutcomeKind.ERROR
    }
    todo = {key: request for key, request in wanted.items() if key not in answered}
    desk = _Desk(generator, journal, asking, len(wanted), answered, journal.attempts())
    if asking.reuse:
        desk.take_from_elsewhere(todo)
    desk.tell()
    try:
        for reply in generator.generate(desk.leaving(todo), asking.cancelled):
            if not isinstance(reply, Chunk):
                desk.receive(reply)
    finally:
        desk.close()
    return {wanted[key].item: outcome for key, outcome in desk.answered.items()}


@dataclass(slots=True)
class _Desk:
    """The mutable middle of `ask`: intents that left, answers not yet committed."""

    generator: Generator
    journal: Journal
    asking: Asking
    total: int
    answered: dict[str, Outcome]
    attempts: dict[str, int]
    reused: int = 0
    left: dict[str, Intent] = field(default_factory=dict)  # by item
    waiting: list[Intent] = field(default_factory=list)  # written, not yet taken
    settled: list[Settled] = field(default_factory=list)
    kinds: Counter[OutcomeKind] = field(default_factory=Counter)
    committed_at: float = 0.0

    def __post_init__(self) -> None:
        self.reused = len(self.answered)
        self.kinds.update(outcome.kind for outcome in self.answered.values())
        self.committed_at = self.asking.clock.monotonic()

    def intent(self, key: str, request: Request) -> Intent:
        attempt = self.attempts.get(key, 0) + 1
        return Intent(key, attempt, request.item, self.generator.name)

    def take_from_elsewhere(self, todo: dict[str, Request]) -> None:
        found = [
            Settled(
                self.intent(key, todo.pop(key)),
                outcome,
                self.generator.price.cost(outcome.usage),
                reused_from=run,
            )
            for key, run, outcome in self.journal.elsewhere(tuple(todo))
        ]
        self.commit([answer.intent for answer in found], found)
        for answer in found:
            self.count(answer.intent.key, answer.outcome)
        self.reused += len(found)

    def leaving(self, todo: dict[str, Request]) -> Iterator[Request]:
        """Requests one by one, each group's intents committed before its first leaves."""
        items = list(todo.items())
        for start in range(0, len(items), GROUP):
            group = items[start : start + GROUP]
            self.waiting = [self.intent(key, request) for key, request in group]
            self.commit(self.waiting, self.drain())
            for _, request in group:
                intent = self.waiting.pop(0)
                self.left[intent.item] = intent
                yield request

    def receive(self, outcome: Outcome) -> None:
        intent = self.left.pop(outcome.item)
        self.settled.append(Settled(intent, outcome, self.generator.price.cost(outcome.usage)))
        self.count(intent.key, outcome)
        if self.asking.clock.monotonic() - self.committed_at > PAUSE_S:
            self.commit([], self.drain())
        self.tell()

    def close(self) -> None:
        """The last commit; intents that never left are withdrawn, or they would count as spent."""
        self.commit([], self.drain())
        if self.waiting:
            self.journal.withdraw(self.waiting)

    def drain(self) -> list[Settled]:
        settled, self.settled = self.settled, []
        return settled

    def commit(self, asked: Sequence[Intent], settled: Sequence[Settled]) -> None:
        if asked or settled:
            self.journal.commit(asked, settled, self.asking.clock.stamp())
        self.committed_at = self.asking.clock.monotonic()

    def count(self, key: str, outcome: Outcome) -> None:
        self.answered[key] = outcome
        self.kinds[outcome.kind] += 1

    def tell(self) -> None:
        self.asking.on_event(
            Progress(
                self.asking.stage, len(self.answered), self.total, self.reused, dict(self.kinds)
            )
        )
