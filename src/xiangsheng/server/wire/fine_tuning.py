"""Fine-tuning jobs of today: what is asked for, and how they go out."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from xiangsheng.core.job import JobRequest, JobState
from xiangsheng.core.model import Hyperparameters
from xiangsheng.server.errors import invalid
from xiangsheng.server.wire.common import Body, ModelId
from xiangsheng.server.wire.fine_tunes import BatchSize, Epochs, FileId, Multiplier

Auto = Literal["auto"]
Metadata = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]],
    Field(max_length=16),
]


class HyperparametersBody(Body):
    n_epochs: Epochs | Auto | None = None
    batch_size: BatchSize | Auto | None = None
    learning_rate_multiplier: Multiplier | Auto | None = None


class SupervisedBody(Body):
    hyperparameters: HyperparametersBody | None = None


class MethodBody(Body):
    """`dpo` and `reinforcement` are known to be refused by name."""

    type: Literal["supervised", "dpo", "reinforcement"]
    supervised: SupervisedBody | None = None
    dpo: Any = None
    reinforcement: Any = None


class JobBody(Body):
    training_file: FileId
    model: ModelId
    validation_file: FileId | None = None
    suffix: Annotated[str, Field(max_length=64)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    method: MethodBody | None = None
    hyperparameters: HyperparametersBody | None = None
    metadata: Metadata | None = None
    integrations: Annotated[list[Any], Field(max_length=5)] | None = None

    def require_sense(self) -> None:
        """Raises the API's error for what is known and not there."""
        if self.integrations:
            raise invalid("integrations are not supported here.", "integrations")
        if self.method and self.method.type != "supervised":
            raise invalid(
                f"The method {self.method.type} is not supported here: jobs are supervised.",
                "method",
            )

    def request(self) -> JobRequest:
        supervised = self.method.supervised if self.method else None
        asked = (supervised and supervised.hyperparameters) or self.hyperparameters
        chosen = asked.model_dump(exclude_none=True) if asked else {}
        chosen = {name: value for name, value in chosen.items() if value != "auto"}
        hyper = Hyperparameters(
            epochs=chosen.get("n_epochs", Hyperparameters().epochs),
            batch_size=chosen.get("batch_size"),
            learning_rate_multiplier=chosen.get("learning_rate_multiplier"),
            seed=self.seed or 0,
        )
        return JobRequest(
            self.training_file,
            self.model,
            self.validation_file or "",
            hyper,
            self.suffix or "",
            self.metadata or {},
        )


class HyperparametersReply(BaseModel):
    n_epochs: int
    batch_size: int | None
    learning_rate_multiplier: float | None


class SupervisedReply(BaseModel):
    hyperparameters: HyperparametersReply


class MethodReply(BaseModel):
    type: Literal["supervised"]
    supervised: SupervisedReply


class JobErrorReply(BaseModel):
    code: str
    message: str
    param: str | None


class JobReply(BaseModel):
    """The same job is a fine-tune of 2022: `ft-X` there, `ftjob-X` here."""

    object: Literal["fine_tuning.job"]
    id: str
    model: str
    created_at: int
    finished_at: int | None
    estimated_finish: int | None
    status: JobState
    fine_tuned_model: str | None
    organization_id: str
    result_files: list[str]
    seed: int
    training_file: str
    validation_file: str | None
    trained_tokens: int | None
    hyperparameters: HyperparametersReply
    method: MethodReply
    error: JobErrorReply | None
    integrations: list[Any]
    metadata: dict[str, str] | None


class JobsReply(BaseModel):
    object: Literal["list"] = "list"
    data: list[JobReply]
    has_more: bool


class JobEventReply(BaseModel):
    object: Literal["fine_tuning.job.event"]
    id: str
    created_at: int
    level: Literal["info", "warn", "error"]
    message: str
    type: Literal["message", "metrics"]
    data: dict[str, Any]


class JobEventsReply(BaseModel):
    object: Literal["list"] = "list"
    data: list[JobEventReply]
    has_more: bool


class CheckpointReply(BaseModel):
    object: Literal["fine_tuning.job.checkpoint"]
    id: str
    created_at: int
    fine_tuned_model_checkpoint: str
    fine_tuning_job_id: str
    step_number: int
    metrics: dict[str, float]


class CheckpointsReply(BaseModel):
    object: Literal["list"] = "list"
    data: list[CheckpointReply]
    has_more: bool
    first_id: str | None
    last_id: str | None
