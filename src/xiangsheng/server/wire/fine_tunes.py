"""Fine-tunes of 2022: what is asked for, and how they go out."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from xiangsheng.core.job import JobRequest
from xiangsheng.core.model import Hyperparameters
from xiangsheng.server.errors import invalid
from xiangsheng.server.wire.common import Body, ModelId
from xiangsheng.server.wire.files import FileReply

FileId = Annotated[str, Field(min_length=1, max_length=256)]
Epochs = Annotated[int, Field(ge=1, le=1000)]
BatchSize = Annotated[int, Field(ge=1, le=4096)]
Multiplier = Annotated[float, Field(ge=0, le=100)]

_CLASSIFYING = (
    "compute_classification_metrics",
    "classification_n_classes",
    "classification_positive_class",
    "classification_betas",
)


class FineTuneBody(Body):
    training_file: FileId
    validation_file: FileId | None = None
    model: ModelId | None = None
    suffix: Annotated[str, Field(max_length=40)] | None = None
    n_epochs: Epochs | None = None
    batch_size: BatchSize | None = None
    learning_rate_multiplier: Multiplier | None = None
    prompt_loss_weight: Annotated[float, Field(ge=0, le=1)] | None = None
    compute_classification_metrics: bool | None = None
    classification_n_classes: Any = None
    classification_positive_class: Any = None
    classification_betas: Any = None

    def require_sense(self) -> None:
        """Raises the API's error where a classifier is asked for."""
        for name in _CLASSIFYING:
            if getattr(self, name) not in (None, False):
                raise invalid(f"{name} was for classifiers, which are not made here.", name)

    def request(self) -> JobRequest:
        hyper = Hyperparameters(
            epochs=self.n_epochs or Hyperparameters().epochs,
            batch_size=self.batch_size,
            learning_rate_multiplier=self.learning_rate_multiplier,
            prompt_loss_weight=Hyperparameters().prompt_loss_weight
            if self.prompt_loss_weight is None
            else self.prompt_loss_weight,
        )
        return JobRequest(
            self.training_file,
            self.model or "ada",
            self.validation_file or "",
            hyper,
            self.suffix or "",
        )


class EventReply(BaseModel):
    object: Literal["fine-tune-event"]
    created_at: int
    level: Literal["info", "warn", "error"]
    message: str


class EventsReply(BaseModel):
    object: Literal["list"] = "list"
    data: list[EventReply]


class HyperparamsReply(BaseModel):
    n_epochs: int
    batch_size: int | None
    learning_rate_multiplier: float | None
    prompt_loss_weight: float


class FineTuneReply(BaseModel):
    """Lists leave the events out."""

    object: Literal["fine-tune"]
    id: str
    model: str
    created_at: int
    updated_at: int
    status: Literal["pending", "running", "succeeded", "failed", "cancelled"]
    fine_tuned_model: str | None
    organization_id: str
    hyperparams: HyperparamsReply
    training_files: list[FileReply]
    validation_files: list[FileReply]
    result_files: list[FileReply]


class WholeFineTuneReply(FineTuneReply):
    events: list[EventReply]


class FineTunesReply(BaseModel):
    object: Literal["list"] = "list"
    data: list[FineTuneReply]
