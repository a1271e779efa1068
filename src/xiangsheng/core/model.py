"""Tuned models and the intention to make one."""

from dataclasses import dataclass, field
from enum import StrEnum

from xiangsheng.core.errors import UsageError
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.results import Tuning


@dataclass(frozen=True, slots=True)
class TunedModel:
    """A model made here: its full name, its base, how it must be prompted.

    `digest` covers everything that made it: base, data, rendering, hyperparameters.
    """

    name: str
    base: str
    digest: str
    rendering: Rendering


class Schedule(StrEnum):
    """How the learning rate falls after the warm-up: to a tenth, or not at all."""

    COSINE = "cosine"
    LINEAR = "linear"
    CONSTANT = "constant"


class Precision(StrEnum):
    """What is multiplied; weights are kept and added up in 32 bits. AUTO is BF16 where the
    processor has it.
    """

    AUTO = "auto"
    FP32 = "fp32"
    BF16 = "bf16"


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """How a model is trained. None leaves it to the tuner, which says what it chose.

    `learning_rate` is multiplied by `learning_rate_multiplier`; left alone it is the rate that the
    base was trained with, as in the fine-tuning API of 2022. `batch_size` counts examples.
    `prompt_loss_weight` is what an untrained token of a text counts beside a trained one's 1.
    `warmup` is a share of all steps. `clip` bounds the gradient's norm; 0 does not. Training ends early when
    the validation loss has not fallen for `patience` epochs in a row.
    """

    epochs: int = 4
    batch_size: int | None = None
    learning_rate: float | None = None
    learning_rate_multiplier: float | None = None
    prompt_loss_weight: float = 0.01
    warmup: float = 0.1
    schedule: Schedule = Schedule.COSINE
    clip: float = 1.0
    weight_decay: float = 0.1
    patience: int | None = None
    precision: Precision = Precision.AUTO
    seed: int = 0

    def __post_init__(self) -> None:
        for name in (
            *("learning_rate", "learning_rate_multiplier", "prompt_loss_weight"),
            *("warmup", "clip", "weight_decay"),
        ):
            if (value := getattr(self, name)) is not None:
                # 1 and 1.0 are one setting, and must have one digest.
                object.__setattr__(self, name, float(value))
        for name, low, high in (
            ("epochs", 1, 1000),
            ("batch_size", 1, 4096),
            ("learning_rate", 0, 1),
            ("learning_rate_multiplier", 0, 100),
            ("prompt_loss_weight", 0, 1),
            ("warmup", 0, 1),
            ("clip", 0, 1000),
            ("weight_decay", 0, 1),
            ("patience", 1, 1000),
            ("seed", 0, 2**63 - 1),
        ):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise UsageError(
                    f"{name} is {value:g}, outside {low} to {high}",
                    hint=f"give {name} a value from {low} to {high}",
                    code="hyperparameter",
                )


@dataclass(frozen=True, slots=True)
class Machine:
    """What a training's last bits depend on, besides what is trained: threads, what is multiplied,
    the device, the library and the processor's instructions.
    """

    threads: int
    precision: str
    device: str
    torch: str
    processor: str


@dataclass(frozen=True, slots=True)
class TuneSpec:
    """What to make: `name` is the full name of the model to be.

    `machine` is what it was meant for; None is this one as it is when the training begins. `keeps`
    is of how many epochs before the last the model is kept too, where the tuner can.
    """

    name: str
    base: str
    rendering: Rendering
    hyper: Hyperparameters = Hyperparameters()
    machine: Machine | None = None
    keeps: int = 0


@dataclass(frozen=True, slots=True)
class BuiltBase:
    """A base of the ladder, `local:ada` to `local:davinci`, as it was built in a home.

    `digest` covers all that decides its weights but the machine. `text` says what it has read.
    """

    name: str
    digest: str
    text: str
    created_at: str
    making: Tuning


class Control(StrEnum):
    """What the owner of a tuning wants it to do next."""

    RUN = "run"
    PAUSE = "pause"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class TuneEvent:
    """One moment of a tuning; the last event carries the model.

    `metrics` holds named numbers: `loss` and `valid_loss` in nats per token, `accuracy` and
    `valid_accuracy` (shares of tokens that were the likeliest), `whole` and `valid_whole` (shares of
    examples all of whose tokens were), `perplexity`, `valid_perplexity`, `rate` (the learning
    rate), `tokens` and `examples` read so far. `settings` says once what was chosen. `kept` is the
    model as it is after this step, its files in `step-N` within the model's folder until the next
    event is asked for.
    """

    step: int
    total: int
    message: str = ""
    metrics: dict[str, float] = field(default_factory=dict)
    model: TunedModel | None = None
    settings: dict[str, str] = field(default_factory=dict)
    kept: TunedModel | None = None
