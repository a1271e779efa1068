"""Models of this home as the API of 2022 lists them, and taken away."""

from dataclasses import dataclass

from xiangsheng.backends.names import SIZES, parse_model_name
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import UsageError
from xiangsheng.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ListedModel:
    """`base` is empty for one of the ladder's own."""

    name: str
    base: str


def listed_models(workspace: Workspace) -> tuple[ListedModel, ...]:
    """The ladder's rungs, built or not, and the tuned models, newest first."""
    rungs = (ListedModel(f"local:{size}", "") for size in SIZES)
    tuned = (ListedModel(model.name, model.base) for model in workspace.models.all())
    return (*rungs, *tuned)


def listed_model(name: str, workspace: Workspace) -> ListedModel:
    """Raises UnknownModelError, or UsageError (`no_model`) where there is none."""
    full = parse_model_name(name, [model.name for model in workspace.models.all()]).full
    found = next((model for model in listed_models(workspace) if model.name == full), None)
    if found is None:
        raise UsageError(
            f"The model {name!r} does not exist",
            hint="list those there are: xiangsheng models",
            code="no_model",
        )
    return found


def delete_model(name: str, workspace: Workspace, clock: Clock) -> ListedModel:
    """A tuned model's name, and its files where nothing else needs them.

    Raises UsageError for a base (`not_tuned`), and for one that a job needs (`model_in_use`).
    """
    model = listed_model(name, workspace)
    if not model.base:
        raise UsageError(
            f"{model.name} is a base, and only a tuned model can be deleted",
            hint="list those there are: xiangsheng models",
            code="not_tuned",
        )
    refuse_needed(model.name, workspace, clock)
    workspace.models.delete(model.name)
    return model


def refuse_needed(name: str, workspace: Workspace, clock: Clock) -> None:
    """Raises UsageError where a job that has not ended is to be tuned from it."""
    for job in workspace.jobs(clock).unfinished():
        if job.spec.base == name:
            raise UsageError(
                f"{name} is the base of {job.legacy_id}, which has not ended",
                hint=f"wait for it, or cancel it: xiangsheng ft cancel {job.legacy_id}",
                code="model_in_use",
            )
