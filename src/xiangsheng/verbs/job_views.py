"""Jobs, events and files as the fine-tuning API names their parts, in 2022 and today."""

from collections.abc import Sequence
from typing import Any

from xiangsheng.core.job import Job, JobCheckpoint, JobEvent, JobState
from xiangsheng.core.stored_file import StoredFile
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.stored_files import FINE_TUNE
from xiangsheng.verbs.stored_models import ListedModel

ORGANIZATION = "org-xiangsheng"
OWNER = "xiangsheng"
"""Of the models that come with the package: by this one server knows another."""
_LEGACY_STATES = {
    JobState.VALIDATING: "pending",
    JobState.QUEUED: "pending",
    JobState.PAUSED: "running",
}


def file_view(file: StoredFile) -> dict[str, Any]:
    return {
        "object": "file",
        "id": file.id,
        "purpose": file.purpose,
        "filename": file.name,
        "bytes": file.bytes,
        "created_at": file.created_at,
        "status": file.status.value,
        "status_details": file.details or None,
    }


def legacy_view(job: Job, workspace: Workspace) -> dict[str, Any]:
    """A `fine-tune` of 2022, without its events; files that are gone are named all the same."""
    spec, hyper = job.spec, job.spec.hyper
    held = [spec.validation.id] if spec.validation else []
    return {
        "object": "fine-tune",
        "id": job.legacy_id,
        "model": wire_name(spec.base),
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "status": _LEGACY_STATES.get(job.state, job.state.value),
        "fine_tuned_model": wire_name(job.fine_tuned_model) or None,
        "organization_id": ORGANIZATION,
        "hyperparams": {
            "n_epochs": hyper.epochs,
            "batch_size": hyper.batch_size,
            "learning_rate_multiplier": hyper.learning_rate_multiplier,
            "prompt_loss_weight": hyper.prompt_loss_weight,
        },
        "training_files": [_file(spec.training.id, workspace)],
        "validation_files": [_file(file, workspace) for file in held],
        "result_files": [_file(job.result_file, workspace)] if job.result_file else [],
    }


def legacy_whole(job: Job, events: Sequence[JobEvent], workspace: Workspace) -> dict[str, Any]:
    """With its events, as one job alone was shown."""
    return {**legacy_view(job, workspace), "events": legacy_events(events)}


def legacy_events(events: Sequence[JobEvent]) -> list[dict[str, Any]]:
    """Those of 2022: without the metrics of steps."""
    return [legacy_event(event) for event in events if not event.metrics]


def legacy_event(event: JobEvent) -> dict[str, Any]:
    return {
        "object": "fine-tune-event",
        "created_at": event.created_at,
        "level": event.level.value,
        "message": event.message,
    }


def modern_view(job: Job) -> dict[str, Any]:
    """A `fine_tuning.job` of today; one of another service under the names that it has there."""
    spec, hyper, elsewhere = job.spec, job.spec.hyper, job.elsewhere
    ours = {
        "n_epochs": hyper.epochs,
        "batch_size": hyper.batch_size,
        "learning_rate_multiplier": hyper.learning_rate_multiplier,
    }
    chosen = dict(elsewhere.hyper) if elsewhere else ours
    return {
        "object": "fine_tuning.job",
        "id": elsewhere.job if elsewhere else job.modern_id,
        "model": wire_name(spec.base),
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "estimated_finish": job.estimated_finish,
        "status": job.state.value,
        "fine_tuned_model": wire_name(job.fine_tuned_model) or None,
        "organization_id": elsewhere.organization if elsewhere else ORGANIZATION,
        "result_files": [job.result_file] if job.result_file else [],
        "seed": hyper.seed,
        "training_file": spec.training.id,
        "validation_file": spec.validation.id if spec.validation else None,
        "trained_tokens": job.trained_tokens or None,
        "hyperparameters": chosen,
        "method": {"type": "supervised", "supervised": {"hyperparameters": chosen}},
        "error": {
            "code": job.error.code,
            "message": job.error.message,
            "param": job.error.param or None,
        }
        if job.error
        else None,
        "integrations": [],
        "metadata": dict(spec.metadata) or None,
    }


def modern_event(event: JobEvent) -> dict[str, Any]:
    return {
        "object": "fine_tuning.job.event",
        "id": event.id,
        "created_at": event.created_at,
        "level": event.level.value,
        "message": event.message,
        "type": "metrics" if event.metrics else "message",
        "data": dict(event.data),
    }


def modern_checkpoint(checkpoint: JobCheckpoint) -> dict[str, Any]:
    """The whole validation file is what validation is on, so its figures go by both names."""
    found = checkpoint.metrics
    metrics = {
        name: found[name]
        for name in (
            *("train_loss", "train_mean_token_accuracy"),
            *("valid_loss", "valid_mean_token_accuracy"),
        )
        if name in found
    }
    metrics |= {f"full_{name}": value for name, value in metrics.items() if name[:5] == "valid"}
    return {
        "object": "fine_tuning.job.checkpoint",
        "id": checkpoint.id,
        "created_at": checkpoint.created_at,
        "fine_tuned_model_checkpoint": wire_name(checkpoint.model),
        "fine_tuning_job_id": f"ftjob-{checkpoint.job}",
        "step_number": checkpoint.step,
        "metrics": {"step": checkpoint.step, **metrics},
    }


def model_view(model: ListedModel) -> dict[str, Any]:
    """Whatever is not known, such as when a base was first thought of, is 0."""
    return {
        "object": "model",
        "id": wire_name(model.name),
        "created": 0,
        "owned_by": ORGANIZATION,
        "root": wire_name(model.name),
        "parent": wire_name(model.base) or None,
        "permission": [],
    }


def wire_name(model: str) -> str:
    """What a model is called over the wire: `ada:ft-…` as in 2022."""
    return model.removeprefix("local:")


def _file(file_id: str, workspace: Workspace) -> dict[str, Any]:
    if file := workspace.files.get(file_id):
        return file_view(file)
    gone = StoredFile(file_id, "", FINE_TUNE, 0, "", 0)
    return {**file_view(gone), "status": "deleted"}
