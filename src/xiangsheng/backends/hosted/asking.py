"""A job as it is asked of a service, and what no service can be asked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xiangsheng.core.errors import UsageError
from xiangsheng.core.job import JobRequest
from xiangsheng.core.model import Hyperparameters

LONGEST_SUFFIX = 64


def body_of(request: JobRequest, ours: Mapping[str, str]) -> dict[str, Any]:
    """The body of `POST /fine_tuning/jobs`; `ours` is added to the metadata."""
    hyper = request.hyper
    chosen = {
        "n_epochs": hyper.epochs,
        "batch_size": hyper.batch_size,
        "learning_rate_multiplier": hyper.learning_rate_multiplier,
    }
    given = {name: value for name, value in chosen.items() if value is not None}
    body = {
        "training_file": request.training_file,
        "validation_file": request.validation_file or None,
        "model": request.model,
        "suffix": request.suffix or None,
        "seed": hyper.seed,
        "method": {"type": "supervised", "supervised": {"hyperparameters": given}},
        "metadata": {**request.metadata, **ours},
    }
    return {name: value for name, value in body.items() if value is not None}


def refuse_unknown(request: JobRequest) -> None:
    """Raises UsageError for what the job API has no words for."""
    hyper, usual = request.hyper, Hyperparameters()
    sent = replace(usual, epochs=hyper.epochs, batch_size=hyper.batch_size, seed=hyper.seed)
    sent = replace(sent, learning_rate_multiplier=hyper.learning_rate_multiplier)
    if hyper != sent:
        different = next(n for n in hyper.__slots__ if getattr(hyper, n) != getattr(sent, n))
        raise UsageError(
            f"{different} cannot be told to a service: its job API does not have it",
            hint="leave it out; it can be had on this home, without --base-url",
            code="hyperparameter",
        )
    if len(request.suffix) > LONGEST_SUFFIX:
        raise UsageError(
            f"the suffix has {len(request.suffix)} characters",
            hint=f"give at most {LONGEST_SUFFIX}",
            code="suffix",
        )
    if not request.model:
        raise UsageError(
            "nobody said which model to tune",
            hint="name one that the service has: -m MODEL",
            code="no_model_named",
        )
