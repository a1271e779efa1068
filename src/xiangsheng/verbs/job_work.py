"""Doing a job: its base is opened or built, its files are learned, and what comes of it is kept."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import DiskFullError, InterruptedRunError, LeaseLostError, StoreError
from xiangsheng.core.example import Example
from xiangsheng.core.job import Job, JobCheckpoint
from xiangsheng.core.job_curve import as_csv
from xiangsheng.core.model import TunedModel, TuneEvent, TuneSpec
from xiangsheng.core.stored_file import StoredFile
from xiangsheng.running.worker import Watch
from xiangsheng.store.job_leases import Claim
from xiangsheng.store.job_results import Made, keep_checkpoint, succeed
from xiangsheng.store.job_rows import Said
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.job_teller import Teller, metrics_of
from xiangsheng.verbs.models import OpenedModel, find_same
from xiangsheng.verbs.stored_files import RESULTS
from xiangsheng.verbs.training_files import examples_of
from xiangsheng.verbs.tune import require_tuner

KEPT_EPOCHS = 2
"""Models kept from within a training, of its last epochs but one."""


@dataclass(frozen=True, slots=True)
class JobWork:
    """Called with a claim, does the claimed job to its end.

    Raises InterruptedRunError when the watch says so, with a checkpoint left, LeaseLostError where
    the job is another's, and any other error where it cannot be done.
    """

    workspace: Workspace
    clock: Clock

    def __call__(self, claim: Claim, watch: Watch) -> None:
        folder = self.workspace.job_folder(claim.job.id)
        place = folder.take(claim.token)
        try:
            self._do(claim, watch, place)
        except DiskFullError:
            raise  # a person makes room, and it goes on
        except InterruptedRunError:
            if watch.lost:
                folder.leave(place)
            raise
        except LeaseLostError as error:
            if error.code == LeaseLostError.code:  # and not merely paused
                folder.leave(place)
            raise
        except Exception:
            folder.leave(place)
            raise
        folder.remove()

    def _do(self, claim: Claim, watch: Watch, place: Path) -> None:
        spec, teller = claim.job.spec, Teller(self.workspace.leases(self.clock), claim, self.clock)
        base = self._opened(claim.job, watch, teller)
        assert base.tuner is not None  # `_opened` has looked
        wanted = TuneSpec(
            spec.model, spec.base, spec.rendering, spec.hyper, spec.machine, KEPT_EPOCHS
        )
        with self.workspace.models.workspace(place / "making") as making:
            examples = tuple(self._examples(claim.job))
            tuning = base.tuner.tune(wanted, examples, making, place / "checkpoint", watch.control)
            for event in tuning:
                teller.take(event)
                if event.kept:
                    teller.write()
                    self._keep(claim, event, event.kept, making)
                if event.model:
                    teller.write()
                    self._finish(claim, event.model, making)
                    return
        teller.write()
        raise InterruptedRunError("stopped while training; what it has learned so far is kept")

    def _opened(self, job: Job, watch: Watch, teller: Teller) -> OpenedModel:
        """The base that was meant; waits while another process builds it."""
        found = find_same(job.spec.base, job.spec.base_identity, self.workspace)
        require_tuner(found)
        attending = Attending(teller.on_event, watch.interrupted, self.clock)
        said = False
        while not watch.interrupted():
            try:
                return found.open(attending)
            except StoreError as error:
                if error.code != "building":
                    raise
            if not said:
                teller.say(Said(f"Waiting for another process that builds {job.spec.base}"))
                said = True
            time.sleep(1.0)
        raise InterruptedRunError("stopped before training")

    def _examples(self, job: Job) -> Iterator[Example]:
        yield from examples_of(job.spec.training, self.workspace)
        if job.spec.validation:
            for example in examples_of(job.spec.validation, self.workspace):
                yield replace(example, split="valid")

    def _keep(self, claim: Claim, event: TuneEvent, kept: TunedModel, making: Path) -> None:
        checkpoint = JobCheckpoint(
            claim.job.id, event.step, int(self.clock.seconds()), kept.name, metrics_of(event)
        )
        keep_checkpoint(
            self.workspace,
            self.clock,
            claim,
            Made(kept, making / f"step-{event.step}"),
            checkpoint=checkpoint,
            said=[Said(f"Checkpoint created at step {event.step}: {kept.name}")],
        )

    def _finish(self, claim: Claim, model: TunedModel, making: Path) -> None:
        result, files = self._result(claim), self.workspace.files
        said: Sequence[Said] = (
            Said(f"Uploaded model: {model.name}", data={"fine_tuned_model": model.name}),
            Said(f"Uploaded result file: {result.id}", data={"result_file": result.id}),
            Said("Fine-tune succeeded"),
        )
        try:
            made = Made(model, making)
            succeed(self.workspace, self.clock, claim, made, result=result, said=said)
        finally:
            files.discard(result.id)

    def _result(self, claim: Claim) -> StoredFile:
        """The curve as a draft of the claim's own: whoever has slept through its lease must not write
        over another's.
        """
        job, token = claim.job, claim.token
        events = self.workspace.jobs(self.clock).look(job.id)[1]
        return self.workspace.files.draft(
            "compiled_results.csv",
            RESULTS,
            [as_csv(events, held=job.spec.validation is not None).encode()],
            new_id=f"file-{sha256(f'{job.spec.model}/{token}'.encode()).hexdigest()[:24]}",
            now=int(self.clock.seconds()),
        )
