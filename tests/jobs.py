"""Homes with jobs in them, small enough for tests. Every line here was invented for this file."""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from xiangsheng.core.clock import Clock
from xiangsheng.core.job import Job, JobRequest, JobState
from xiangsheng.core.model import Hyperparameters, Precision
from xiangsheng.store.home import Home
from xiangsheng.store.workspace import Workspace, open_workspace
from xiangsheng.verbs.home_jobs import HomeJobs
from xiangsheng.verbs.stored_files import FINE_TUNE, upload
from xiangsheng.verbs.workers import work

BEGUN = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
NOTHING: Mapping[str, str] = MappingProxyType({})
TURNS = (
    ("0: 您这是上哪儿去？\n1:", " 上哪儿也不去。\n"),
    ("0: 那您拿着伞干什么？\n1:", " 等雨。\n"),
    ("0: 今天没雨。\n1:", " 所以得等。\n"),
    ("0: 等到什么时候？\n1:", " 等到您把伞还我。\n"),
    ("0: 我说怎么眼熟呢！\n1:", " 您才看出来？\n"),
    ("0: 您贵姓？\n1:", " 免贵，姓甲。\n"),
    ("0: 咱们谁先说？\n1:", " 您先。\n"),
    ("0: 我先说什么？\n1:", " 说您忘了什么。\n"),
)


@dataclass
class Time:
    """A clock that stands until somebody moves it."""

    passed: float = 0.0

    def clock(self) -> Clock:
        return Clock(lambda: BEGUN + timedelta(seconds=self.passed), lambda: self.passed)


def rows(turns: Sequence[tuple[str, str]] = TURNS) -> str:
    """A training file."""
    return "".join(
        json.dumps({"prompt": prompt, "completion": completion}, ensure_ascii=False) + "\n"
        for prompt, completion in turns
    )


@dataclass
class JobHome:
    """A home, its jobs, and the workers that were asked for; nobody works unless told to."""

    workspace: Workspace
    time: Time = field(default_factory=Time)
    asked_for: list[Home] = field(default_factory=list)
    number: int = 0

    @property
    def jobs(self) -> HomeJobs:
        return HomeJobs(self.workspace, self.time.clock(), self.asked_for.append, self._new_id)

    def _new_id(self) -> str:
        self.number += 1
        return f"{self.number:08x}"

    def file(self, text: str | None = None, name: str = "data.jsonl") -> str:
        """The id of an uploaded training file."""
        content = io.BytesIO((rows() if text is None else text).encode())
        return upload(name, FINE_TUNE, content, self.workspace, self.time.clock()).id

    def request(
        self, model: str = "ngram:3", *, again: bool = False, **hyper: object
    ) -> JobRequest:
        settings = Hyperparameters(**({"precision": Precision.FP32} | hyper))  # type: ignore[arg-type]
        return JobRequest(self.file(), model, hyper=settings, again=again)

    def job(self, model: str = "ngram:3", **hyper: object) -> Job:
        """A new one, waiting in the queue."""
        return self.jobs.create(self.request(model, again=True, **hyper))

    def told(self, job: Job) -> list[str]:
        """What a person is told of it."""
        return [event.message for event in self.jobs.events(job.id) if not event.metrics]

    def state(self, job: Job) -> JobState:
        return self.jobs.get(job.id).state


@contextmanager
def job_home(folder: Path, environment: Mapping[str, str] = NOTHING) -> Iterator[JobHome]:
    folder.mkdir(parents=True, exist_ok=True)
    with open_workspace(folder, environment) as workspace:
        yield JobHome(workspace)


def never() -> bool:
    return False


def after(times: int) -> Callable[[], bool]:
    """False so many times, and then True."""
    left = iter(range(times))
    return lambda: next(left, None) is None


def do_all(home: JobHome) -> None:
    """A worker of this process does all that is in the queue."""
    work(home.workspace, home.time.clock(), never, idle=0, log=lambda _text: None)
