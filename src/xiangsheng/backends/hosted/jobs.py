"""A service's fine-tuning jobs, by the job API of OpenAI."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from xiangsheng.backends.hosted.asking import body_of, refuse_unknown
from xiangsheng.backends.hosted.failures import RefusedError, explained, lacking
from xiangsheng.backends.hosted.files import HostedFiles
from xiangsheng.backends.hosted.http import Http, Json
from xiangsheng.backends.hosted.wire import OURS, data_of, event_of, job_of, metadata_of
from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import UsageError
from xiangsheng.core.job import Job, JobEvent, JobRequest, JobState, Stage, job_id
from xiangsheng.core.job_curve import as_csv

JOBS = "/fine_tuning/jobs"
PAGE = 100
IDENTITY, AGAIN = OURS, f"{OURS}_again"
"""Metadata that a job of ours has: what it does, and which it is of several that are to do the same."""


@dataclass(frozen=True, slots=True)
class HostedJobs:
    """A JobService. `draw` makes names that nobody else has.

    Events are numbered as they are first seen here, the oldest first; services only give them ids.
    """

    http: Http
    draw: Callable[[], str]
    _seen: dict[str, dict[str, JobEvent]] = field(default_factory=dict)

    @property
    def files(self) -> HostedFiles:
        return HostedFiles(self.http)

    def create(self, request: JobRequest) -> Job:
        refuse_unknown(request)
        given = (request.training_file, request.validation_file)
        marks = tuple(self.files.mark(file) if file else "" for file in given)
        identity = identity_of(request, marks)
        twin = None if request.again else self.twin(identity)
        return twin or self.add(request, identity)

    def twin(self, identity: str) -> Job | None:
        """The newest job that does the same, that has not failed, and whose model is still there."""
        with explained(self.http.service):
            found = (self._job(one) for one in self._all({IDENTITY: identity}))
            return next((job for job in found if self._lives(job)), None)

    def add(self, request: JobRequest, identity: str) -> Job:
        """A new job. Where the answer is lost it is looked for before it is asked for again."""
        ours = {IDENTITY: identity} | ({AGAIN: self.draw()} if request.again else {})

        def found() -> Json | None:
            made = self._all(ours)
            return next((one for one in made if request.again or self._lives(self._job(one))), None)

        with explained(self.http.service):
            return self._job(self.http.post(JOBS, found, json=body_of(request, ours)))

    def get(self, job: str) -> Job:
        """An id is asked for as it was typed, and then as today's services spell it: `ft-X` and X as
        `ftjob-X`.
        """
        names = dict.fromkeys((job, f"ftjob-{job_id(job)}"))
        with explained(self.http.service):
            for name in names:
                try:
                    return self._job(self.http.get(_path(name)))
                except RefusedError as refused:
                    if refused.status != 404 or not refused.enveloped:
                        raise
            raise UsageError(
                f"Could not find fine tune: ft-{job_id(job)}, at {self.http.service.name}",
                hint=f"list those there are: xiangsheng ft list --base-url {self.http.service.typed}",
                code="no_job",
            )

    def newest(self) -> Job:
        jobs, _ = self.list(limit=1)
        if not jobs:
            raise UsageError(
                f"{self.http.service.name} has no fine-tuning job",
                hint="make one: xiangsheng ft create -t FILE.jsonl -m MODEL --base-url "
                + self.http.service.typed,
                code="no_job",
            )
        return jobs[0]

    def list(self, after: str = "", limit: int | None = None) -> tuple[Sequence[Job], bool]:
        last = self.get(after).elsewhere if after else None
        start = last.job if last else ""
        with explained(self.http.service):
            if limit is None:
                return tuple(map(self._job, self._all({}, start))), False
            found = self.http.get(JOBS, _page(start, limit))
            return tuple(map(self._job, data_of(found))), bool(found.get("has_more"))

    def cancel(self, job: str) -> Job:
        return self._move(job, "cancel")

    def pause(self, job: str) -> Job:
        return self._move(job, "pause")

    def resume(self, job: str) -> Job:
        return self._move(job, "resume")

    def events(self, job: str, after: int = 0) -> Sequence[JobEvent]:
        return self.look(job, after)[1]

    def look(self, job: str, after: int = 0) -> tuple[Job, Sequence[JobEvent]]:
        found = self.get(job)  # first, so that nothing is said after the events of one that ended
        assert found.elsewhere
        seen = self._seen.setdefault(found.elsewhere.job, {})
        for one in reversed(list(self._unseen(found.elsewhere.job, seen))):
            seen[_event_id(one)] = event_of(one, found.id, len(seen) + 1)
        told = list(seen.values())
        return replace(found, stage=_stage(told)), told[after:]

    def results(self, job: str) -> str:
        """The service's own result file, and before there is one the curve of what it told so far."""
        found = self.get(job)
        if not found.result_file:
            return as_csv(self.events(job), held=found.spec.validation is not None)
        return _plain(self.files.content(found.result_file)).decode("utf-8", "replace")

    def delete(self, job: str) -> Job:
        """As `xiangsheng serve` has it from the API of 2022; today's has none."""
        found, service = self.get(job), self.http.service
        with explained(service):
            try:
                self.http.delete(f"/fine-tunes/{quote(found.legacy_id, safe='')}")
            except RefusedError as refused:
                if refused.status not in {404, 405}:
                    raise
                if self._there(found):  # else a first try was not answered, and has done it
                    raise UsageError(
                        f"{service.name} forgets no jobs",
                        hint=f"delete the model alone: xiangsheng api --base-url {service.typed} "
                        f"models.delete -i {shlex.quote(found.fine_tuned_model or 'MODEL')}",
                        code="no_delete",
                    ) from refused
        return found

    def _there(self, job: Job) -> bool:
        try:
            self.get(job.label)
        except UsageError:
            return False
        return True

    def _job(self, found: Json) -> Job:
        return job_of(found, self.http.service.typed)

    def _move(self, job: str, verb: str) -> Job:
        found, service = self.get(job), self.http.service
        path, way = _path(found.label), f"a way to {verb} jobs"
        with explained(service, way):
            try:
                moved = self.http.post(f"{path}/{verb}", lambda: self._moved(path, verb))
            except RefusedError as refused:
                if (
                    refused.status == 404
                ):  # the job was there just now, so it is the way that is not
                    raise lacking(refused, service, way) from refused
                if refused.status != 400:
                    raise
                raise UsageError(
                    refused.message,
                    hint=f"look at it: xiangsheng ft get {found.typed}",
                    code="job_state",
                ) from refused
            return self._job(moved)

    def _moved(self, path: str, verb: str) -> Json | None:
        """The job, where a move that was not answered has been made all the same."""
        job = self.http.get(path)
        state = self._job(job).state
        paused = state is JobState.PAUSED
        done = {"cancel": state is JobState.CANCELLED, "pause": paused, "resume": not paused}
        return job if done[verb] else None

    def _all(self, metadata: Mapping[str, str], after: str = "") -> Iterator[Json]:
        """Every job with this metadata, newest first. Some services do not look at what is asked for."""
        filters = {f"metadata[{name}]": value for name, value in metadata.items()}
        for one in self._pages(JOBS, filters, after):
            if metadata.items() <= metadata_of(one).items():
                yield one

    def _unseen(self, job: str, seen: Mapping[str, JobEvent]) -> Iterator[Json]:
        """Events that are new here, newest first."""
        with explained(self.http.service):
            for one in self._pages(f"{_path(job)}/events", {}):
                if _event_id(one) in seen:
                    return
                yield one

    def _pages(self, path: str, filters: Mapping[str, str], after: str = "") -> Iterator[Json]:
        while True:
            found = self.http.get(path, {**_page(after, PAGE), **filters})
            page = data_of(found)
            yield from page
            last = str(page[-1].get("id") or "") if page else ""
            if not found.get("has_more") or not last or last == after:
                return
            after = last

    def _lives(self, job: Job) -> bool:
        if job.state in {JobState.FAILED, JobState.CANCELLED}:
            return False
        if job.state is not JobState.SUCCEEDED:
            return True
        try:
            self.http.get(f"/models/{quote(job.fine_tuned_model, safe='')}")
        except RefusedError as refused:
            if refused.status == 404:
                return False
            raise
        return True


def identity_of(request: JobRequest, marks: Sequence[str]) -> str:
    """Of everything that decides a job; `marks` are those of its two files."""
    asked = (request.model, request.hyper, request.suffix, request.metadata)
    return digest((tuple(marks), asked))[:32]


def _path(job: str) -> str:
    return f"{JOBS}/{quote(job, safe='')}"


def _page(after: str, limit: int) -> dict[str, Any]:
    return {"limit": limit} | ({"after": after} if after else {})


def _event_id(event: Mapping[str, Any]) -> str:
    return str(event.get("id") or digest((event.get("created_at"), event.get("message"))))


def _stage(events: Sequence[JobEvent]) -> Stage:
    """How far a training is, by its last step that was told of."""
    last = next((event for event in reversed(events) if event.metrics), None)
    if last is None:
        return Stage()
    step, total, loss = (last.data.get(n) for n in ("step", "total_steps", "train_loss"))
    if not isinstance(step, int) or not isinstance(total, int):
        return Stage()
    return Stage("training", step, total, f"loss {loss:.4f}" if isinstance(loss, float) else "")


def _plain(content: bytes) -> bytes:
    """The CSV itself, which some services send in base64."""
    import base64
    import binascii

    try:
        found = base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        return content
    return found if b"," in found.partition(b"\n")[0] else content
