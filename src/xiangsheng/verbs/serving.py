"""Serving the models of a home: which there are, which are open, and asking them, journalled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from xiangsheng.core.clock import Clock
from xiangsheng.core.generation import (
    Chunk,
    Failure,
    Outcome,
    OutcomeKind,
    Prompt,
    Request,
    Sampling,
)
from xiangsheng.core.ports import Desk, Reply
from xiangsheng.running.collector import settle
from xiangsheng.running.group_commit import GroupCommit
from xiangsheng.running.pool import Pool
from xiangsheng.store.served import Answered, Asked
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.complete import ITEM
from xiangsheng.verbs.models import find_ready
from xiangsheng.verbs.served_models import Listed, find_listed, list_models, missing

Journal = GroupCommit[Asked | Answered]

UNWRITTEN = "journal"
"""The code of a failure that is not the model's: the same may be asked again."""
FRESH_S = 1.0
"""How old the list of models may be, in seconds, when a name is looked up that is in it."""


@dataclass(frozen=True, slots=True)
class Question:
    """Prompts asked together under one id and one sampling; `endpoint` is where."""

    id: str
    endpoint: str
    prompts: Sequence[Prompt]
    sampling: Sampling
    stream: bool = False

    @property
    def rows(self) -> int:
        """How many samples are drawn."""
        asked = self.sampling
        return len(self.prompts) * ((asked.best_of or asked.n) if asked.max_tokens else 1)

    def requests(self) -> tuple[Request, ...]:
        """The first prompt's samples are those of `complete`."""
        return tuple(
            Request(f"{ITEM}/{place}" if place else ITEM, prompt, self.sampling, self.stream)
            for place, prompt in enumerate(self.prompts)
        )

    @staticmethod
    def place(item: str) -> int:
        """Which prompt a chunk or an outcome belongs to."""
        return 0 if item == ITEM else int(item.removeprefix(f"{ITEM}/"))


class Serving:
    """All methods may be called from any thread; only `models` and `open` wait for a disk.

    `asked` counts questions, roughly: who compares it sees whether there have been any.
    """

    def __init__(
        self, workspace: Workspace, clock: Clock, *, most_open: int, journal: bool
    ) -> None:
        self._workspace, self._clock = workspace, clock
        self._pool: Pool[Desk] = Pool(most_open)
        self._journal: Journal | None = GroupCommit(workspace.served.write) if journal else None
        self._listed: dict[str, Listed] = {}
        self._listed_at = float("-inf")
        self.asked = 0

    def models(self) -> tuple[Listed, ...]:
        """Those that can be asked now, newest first."""
        self._listed = list_models(self._workspace)
        self._listed_at = self._clock.monotonic()
        return tuple(self._listed.values())

    def find(self, name: str) -> Listed:
        """By full name or name on the wire; raises UnknownModelError."""
        if self._clock.monotonic() - self._listed_at > FRESH_S:
            self.models()
        if found := find_listed(name, self._listed):
            return found
        self.models()  # it may have been made this moment
        if found := find_listed(name, self._listed):
            return found
        raise missing(name)

    def take(self, model: Listed) -> Desk | None:
        """The model, now in use, where it is open; else it has to be opened. Give it back."""
        return self._pool.take(model.key)

    def open(self, model: Listed) -> Desk:
        """The same, opened where need be.

        Raises BusyError when all that may be open are in use, and what opening raises.
        """
        return self._pool.open(model.key, lambda: self._opened(model))

    def give_back(self, model: Listed) -> None:
        self._pool.give_back(model.key)

    def _opened(self, model: Listed) -> Desk:
        attending = Attending(lambda _event: None, clock=self._clock)
        desk = find_ready(model.name, self._workspace).open(attending).desk
        assert desk is not None  # what is listed can be served
        settle()
        return desk

    def ask(self, desk: Desk, question: Question, reply: Reply) -> Callable[[], None]:
        """Asks, and gives what takes the question back, as a desk does.

        With a journal, an outcome is told once it is durable.
        """
        requests = question.requests()
        self.asked += 1
        if self._journal is None:
            return desk.submit(requests, reply)
        who, now = (question.endpoint, desk.name, desk.digest), self._clock.stamp()
        for place, request in enumerate(requests):
            self._journal.put(Asked(question.id, place, *who, request, now))
        return desk.submit(requests, self._journalled(question, self._journal, reply))

    def _journalled(self, question: Question, journal: Journal, reply: Reply) -> Reply:
        def told(event: Chunk | Outcome) -> None:
            if isinstance(event, Chunk):
                reply(event)
                return
            row = Answered(question.id, question.place(event.item), event, self._clock.stamp())
            journal.put(row, lambda failed: reply(_unwritten(event, failed) if failed else event))

        return told

    def close(self) -> None:
        """Returns when all is written."""
        if self._journal is not None:
            self._journal.close()


def _unwritten(outcome: Outcome, failed: Exception) -> Outcome:
    """Nothing is acknowledged that could be lost."""
    failure = Failure(OutcomeKind.ERROR, f"the answer could not be journalled: {failed}", UNWRITTEN)
    return replace(outcome, completions=(), failure=failure)
