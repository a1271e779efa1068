"""What a job makes, listed together with the job's own change: all of it, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select

from xiangsheng.core.clock import Clock
from xiangsheng.core.job import JobCheckpoint, JobState
from xiangsheng.core.model import TunedModel
from xiangsheng.core.stored_file import StoredFile
from xiangsheng.store.codec import encode
from xiangsheng.store.job_leases import Claim
from xiangsheng.store.job_rows import Said, say
from xiangsheng.store.model_store import sync_model
from xiangsheng.store.schema import job_checkpoints
from xiangsheng.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Made:
    """A model whose files are in `place`."""

    model: TunedModel
    place: Path


def succeed(
    workspace: Workspace,
    clock: Clock,
    claim: Claim,
    made: Made,
    *,
    result: StoredFile,
    said: Sequence[Said],
) -> None:
    """The model and the result file, which is a draft, are the job's.

    Raises LeaseLostError, and does nothing, where the job is not the claim's any more.
    """
    sync_model(made.place)
    leases = workspace.leases(clock)
    with leases.held(claim) as connection:
        workspace.models.put(connection, made.model, made.place, clock.stamp())
        workspace.files.publish(connection, result)
        leases.end(
            connection,
            claim,
            JobState.SUCCEEDED,
            said,
            fine_tuned_model=made.model.name,
            result_file=result.id,
        )


def keep_checkpoint(
    workspace: Workspace,
    clock: Clock,
    claim: Claim,
    made: Made,
    *,
    checkpoint: JobCheckpoint,
    said: Sequence[Said],
) -> None:
    """Keeps a model from within the training; one that was kept before is left as it is."""
    sync_model(made.place)
    leases = workspace.leases(clock)
    with leases.held(claim, running=False, queue=True) as connection:
        there = select(job_checkpoints.c.step).where(
            job_checkpoints.c.job == checkpoint.job, job_checkpoints.c.step == checkpoint.step
        )
        if connection.execute(there).first():
            return
        workspace.models.put(connection, made.model, made.place, clock.stamp())
        connection.execute(
            insert(job_checkpoints).values(
                job=checkpoint.job,
                step=checkpoint.step,
                created_at=checkpoint.created_at,
                model=checkpoint.model,
                metrics=encode(dict(checkpoint.metrics)),
            )
        )
        say(connection, claim.job.id, said, clock.seconds())
