"""The home's own fine-tuning service: a queue in its database, and a worker that is started for it."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from xiangsheng.backends.names import tuned_name
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import UsageError
from xiangsheng.core.job import Job, JobCheckpoint, JobEvent, JobRequest, JobState
from xiangsheng.core.job_curve import as_csv
from xiangsheng.store.job_rows import Said, estimated
from xiangsheng.store.job_table import JobTable, Waiting
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.job_plan import JobPlan, plan_job
from xiangsheng.verbs.paging import Page, page
from xiangsheng.verbs.stored_models import refuse_needed
from xiangsheng.verbs.workers import DEVICE, Starter, ensure_worker, start_worker, worker_alive


def new_job_id() -> str:
    return secrets.token_hex(4)


@dataclass(frozen=True, slots=True)
class HomeJobs:
    """A JobService. `start` is how a worker is started where none is alive."""

    workspace: Workspace
    clock: Clock
    start: Starter = start_worker
    new_id: Callable[[], str] = new_job_id

    @property
    def table(self) -> JobTable:
        return self.workspace.jobs(self.clock)

    def create(self, request: JobRequest) -> Job:
        return self.add(self.plan(request), again=request.again)

    def plan(self, request: JobRequest) -> JobPlan:
        """What `create` would do; nothing is made yet. Raises as `create` does."""
        return plan_job(request, self.workspace, self.table)

    def add(self, plan: JobPlan, *, again: bool = False) -> Job:
        """Makes the planned job, or finds its twin."""
        spec, job_id = plan.spec, self._free_id()
        spec = replace(spec, model=tuned_name(spec.base, spec.suffix, self.clock.now(), job_id))
        job, _ = self.table.add(
            job_id,
            spec,
            plan.identity,
            lambda waiting: _told(job_id, plan, waiting),
            again=again,
        )
        self.tend(job)
        return job

    def get(self, job: str) -> Job:
        """By `ft-X`, `ftjob-X` or X. Raises UsageError (`no_job`) where there is none."""
        return self.table.get(job)

    def attended(self, job: str) -> Job:
        """As `get`, by who waits for it: where its worker has died, another one is started."""
        found = self.get(job)
        self.tend(found)
        return found

    def newest(self) -> Job:
        """Raises UsageError (`no_job`) where there is none."""
        jobs = self.table.all()
        if not jobs:
            raise UsageError(
                "no fine-tune has been made in this home",
                hint="make one: xiangsheng ft create -t FILE.jsonl",
                code="no_job",
            )
        return jobs[0]

    def list(
        self,
        after: str = "",
        limit: int | None = None,
        metadata: Mapping[str, str] = MappingProxyType({}),
    ) -> tuple[Sequence[Job], bool]:
        """Newest first, those after the job `after`; and whether there are more than `limit`.

        Only those that were made with all of `metadata`.
        """
        last = self.table.get(after).id if after else ""
        jobs = tuple(
            job
            for job in self.table.all()
            if metadata.items() <= job.spec.metadata.items() or job.id == last
        )
        found = page(jobs, lambda job: job.id, last, limit)
        return found.items, found.more

    def event_page(self, job: str, after: str = "", limit: int | None = None) -> Page[JobEvent]:
        """Newest first, those after the event `after`."""
        return page(self.events(job)[::-1], lambda event: event.id, after, limit)

    def checkpoints(
        self, job: str, after: str = "", limit: int | None = None
    ) -> Page[JobCheckpoint]:
        """Newest first, those after the checkpoint `after`."""
        return page(self.table.checkpoints(job), lambda kept: kept.id, after, limit)

    def events(self, job: str, after: int = 0) -> Sequence[JobEvent]:
        return self.look(job, after)[1]

    def look(self, job: str, after: int = 0) -> tuple[Job, Sequence[JobEvent]]:
        return self.table.look(job, after)

    def results(self, job: str) -> str:
        """The result file of a job that has one, and of any other its curve so far, as CSV."""
        found = self.table.get(job)
        if found.result_file and (file := self.workspace.files.get(found.result_file)):
            return self.workspace.files.content(file).decode()
        return as_csv(self.events(found.id), held=found.spec.validation is not None)

    def cancel(self, job: str) -> Job:
        """Whoever works on it hears of it soon; what it has left is removed by that one, or here
        where nobody works on it.
        """
        worked_on = self.table.get(job).working
        cancelled = self.table.move(job, JobState.CANCELLED)
        if not (worked_on and worker_alive(self.workspace.home)):
            self.workspace.job_folder(cancelled.id).remove()
        return cancelled

    def pause(self, job: str) -> Job:
        """Its worker leaves a checkpoint and goes on with the next job."""
        return self.table.move(job, JobState.PAUSED)

    def resume(self, job: str) -> Job:
        """It waits in its old place of the queue."""
        resumed = self.table.move(job, JobState.QUEUED)
        self.tend(resumed)
        return resumed

    def delete(self, job: str) -> Job:
        """Forgets a job that has ended, with its model, its checkpoints and its result file.

        Raises UsageError where a job that has not ended is to be tuned from its model.
        """
        found = self.table.get(job)
        names = {found.spec.model, *(kept.model for kept in self.table.checkpoints(found.id))}
        for name in names:
            refuse_needed(name, self.workspace, self.clock)
        self.table.delete(found.id)
        for name in names:
            self.workspace.models.delete(name)
        if found.result_file:
            self.workspace.files.delete(found.result_file)
        self.workspace.job_folder(found.id).remove()
        return found

    def tend(self, job: Job) -> None:
        """Starts a worker where the job needs one and none is alive."""
        if not job.state.ended and job.state is not JobState.PAUSED:
            ensure_worker(self.workspace.home, self.start)

    def tend_all(self) -> None:
        """The same for whatever is in the queue."""
        if self.workspace.leases(self.clock).anything(DEVICE):
            ensure_worker(self.workspace.home, self.start)

    def _free_id(self) -> str:
        """One that no job has, and no model's name ends with."""
        taken = {job.id for job in self.table.all()}
        names = [model.name for model in self.workspace.models.all()]
        while (made := self.new_id()) in taken or any(name.endswith(made) for name in names):
            continue
        return made


def _told(job: str, plan: JobPlan, waiting: Waiting) -> Sequence[Said]:
    spec = plan.spec
    cost, davinci = spec.cost.amount, plan.davinci.amount
    held = spec.validation
    return (
        Said(
            f"Created fine-tune: ft-{job}",
            data={
                "model": spec.base,
                "training_file": spec.training.id,
                "validation_file": held.id if held else None,
            },
        ),
        Said(
            f"Fine-tune costs ${cost:.2f}. On GPT-3 davinci in 2022: about ${davinci:.2f}",
            data={"usd": str(cost), "usd_davinci_2022": str(davinci)},
        ),
        Said(
            f"Fine-tune enqueued. Queue number: {waiting.ahead}",
            data={"queue_number": waiting.ahead},
        ),
        estimated(waiting.seconds, spec.seconds),
    )
