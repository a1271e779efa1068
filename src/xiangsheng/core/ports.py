"""The ports: what the inside asks of the outside. Synchronous; no async twins.

Implementations inherit from nothing; contract suites in `tests/contract` hold them to this.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, Self, TypeVar

from xiangsheng.core.example import Example
from xiangsheng.core.generation import Chunk, Outcome, Prompt, Request
from xiangsheng.core.job import Job, JobEvent, JobRequest
from xiangsheng.core.model import Control, TuneEvent, TuneSpec
from xiangsheng.core.money import Price
from xiangsheng.core.score import Pair


class Generator(Protocol):
    """A model that answers prompts."""

    @property
    def name(self) -> str:
        """The full name, as output prints it."""

    @property
    def digest(self) -> str:
        """Changes whenever the same request could be answered differently; part of every key."""

    @property
    def price(self) -> Price:
        """What the ledger settles with."""

    def generate(
        self, requests: Iterable[Request], cancelled: Callable[[], bool]
    ) -> Iterator[Chunk | Outcome]:
        """One outcome a request, in completion order; chunks only where asked.

        Requests are taken as they are needed, so that their intents can be written first.
        Once `cancelled` answers True no further request is taken; those taken are answered.
        A failed request is an outcome with a failure; nothing a request holds makes this raise.
        """


Reply = Callable[[Chunk | Outcome], None]


class Desk(Protocol):
    """A model that is served: its queue, which any thread may feed, and its tokens by number."""

    @property
    def name(self) -> str: ...

    @property
    def digest(self) -> str:
        """As a generator's."""

    @property
    def context(self) -> int | None:
        """The most tokens that prompt and answer may have together; None where there is no limit."""

    @property
    def chats(self) -> bool:
        """Whether it takes messages; another takes text."""

    def count(self, prompt: Prompt) -> int:
        """How many tokens a prompt has."""

    def token(self, number: int) -> str | None:
        """How a token is shown, and named in `logit_bias`; None for one that is none."""

    def text_of(self, tokens: Sequence[int]) -> str | None:
        """The text that becomes exactly these tokens; None where there is none."""

    def submit(self, requests: Sequence[Request], reply: Reply) -> Callable[[], None]:
        """Hands requests over, together, and gives what takes them back.

        `reply`, which must not raise, is called with chunks where asked and then one outcome for each
        request, mostly on another thread. Once they are taken back there may be no more, or some.
        """


class Tuner(Protocol):
    """Makes a tuned model out of a base and examples."""

    @property
    def digest(self) -> str:
        """Changes whenever the same examples could make another model."""

    def tune(
        self,
        spec: TuneSpec,
        examples: Iterable[Example],
        folder: Path,
        checkpoint: Path,
        control: Callable[[], Control],
    ) -> Iterator[TuneEvent]:
        """Trains; writes the model's files into `folder`, which exists and is empty.

        The last event carries the model unless `control` said cancel. Whatever `checkpoint` holds
        of an earlier try, stopped or killed, is gone on with: the model is the same, and the
        events of its steps come again.
        """


class JobService(Protocol):
    """Makes tuned models elsewhere or later: a queue of jobs, ours or a service's.

    Jobs go by any of their names. All raise UsageError (`no_job`) for one that is not there, and
    ServiceError where a service cannot be reached or does not do what is asked.
    """

    def create(self, request: JobRequest) -> Job:
        """A new job; or, unless `again`, one that does the same and has not failed.

        Raises UsageError for a base, a file id or a setting that cannot be, and DataError that
        points at the lines of a file that are wrong. Nothing is made then.
        """

    def get(self, job: str) -> Job: ...

    def newest(self) -> Job:
        """Raises UsageError (`no_job`) where there is none."""

    def list(self, after: str = "", limit: int | None = None) -> tuple[Sequence[Job], bool]:
        """Newest first, at most `limit` of those after the job `after`; whether there are more."""

    def cancel(self, job: str) -> Job:
        """The job, cancelled. Raises UsageError (`job_state`) for one that has ended."""

    def pause(self, job: str) -> Job:
        """The job, which will not go on until it is resumed."""

    def resume(self, job: str) -> Job: ...

    def events(self, job: str, after: int = 0) -> Sequence[JobEvent]:
        """Those numbered above `after`, oldest first; what was once given stays as it is."""

    def look(self, job: str, after: int = 0) -> tuple[Job, Sequence[JobEvent]]:
        """The job and its events at once: all of them are there when it has ended."""

    def results(self, job: str) -> str:
        """The training curve as CSV, so far or whole."""

    def delete(self, job: str) -> Job:
        """The job as it was: it is forgotten, and its model removed. It must have ended."""


class Stats(Protocol):
    """What a metric needs to remember of some pairs; adding two is seeing both."""

    def __add__(self, other: Self, /) -> Self: ...


S = TypeVar("S", bound=Stats)


class Metric(Protocol[S]):
    """One number about many pairs; its options are its fields.

    `observe` may be called once a pair and the results added in any order.
    """

    @property
    def name(self) -> str: ...

    def observe(self, pair: Pair) -> S: ...

    def conclude(self, stats: S) -> float: ...
