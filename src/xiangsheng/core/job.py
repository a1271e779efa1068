"""The fine-tune job: what was asked for, how far it is, and what may become of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from shlex import quote

from xiangsheng.core.errors import UsageError
from xiangsheng.core.model import Hyperparameters, Machine
from xiangsheng.core.money import Money
from xiangsheng.core.rendering import Rendering


class JobState(StrEnum):
    """As the services name them. PAUSED is ours and the newer services'."""

    VALIDATING = "validating_files"
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return not MOVES[self]


MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.VALIDATING: frozenset({JobState.QUEUED, JobState.FAILED, JobState.CANCELLED}),
    JobState.QUEUED: frozenset(
        {JobState.RUNNING, JobState.PAUSED, JobState.FAILED, JobState.CANCELLED}
    ),
    JobState.RUNNING: frozenset(
        {JobState.PAUSED, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED}
    ),
    JobState.PAUSED: frozenset({JobState.QUEUED, JobState.CANCELLED}),
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
"""Where a job may go from each state; a job that ended stays as it is."""


@dataclass(frozen=True, slots=True)
class TrainingFile:
    """A file to learn from or to hold out, as it was when the job was made.

    `tokens` and `characters` are those of all its `examples`, each once.
    """

    id: str
    name: str
    sha256: str
    examples: int
    tokens: int
    characters: int


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a person asks a service for: files by id, the base by name.

    `hyper` as given, None where the service chooses; `metadata` is the asker's own. `again` makes a
    job although there is one of the same data, base, hyperparameters, suffix and metadata.
    """

    training_file: str
    model: str
    validation_file: str = ""
    hyper: Hyperparameters = Hyperparameters()
    suffix: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    again: bool = False


@dataclass(frozen=True, slots=True)
class JobSpec:
    """All that decides the model, frozen when the job is made.

    `base` is a full name and `base_identity` the digest of what it meant then; `model` is the name
    of the model to be. `seconds` is how long it was thought to take, a base that is to be built
    first included.
    """

    model: str
    base: str
    base_identity: str
    training: TrainingFile
    rendering: Rendering
    hyper: Hyperparameters
    validation: TrainingFile | None = None
    suffix: str = ""
    machine: Machine | None = None
    seconds: float = 0.0
    cost: Money = Money()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed; `param` is the setting at fault, if one was."""

    code: str
    message: str
    param: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a job is at just now, such as building its base; `detail` is for people."""

    name: str = ""
    done: int = 0
    total: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A job of a service that is not this home: what that calls it and whoever owns it; `at` is how a
    person names the service. `hyper` is what it says of hyperparameters, «auto» included.
    """

    job: str
    at: str
    organization: str = ""
    hyper: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One fine-tune job. `id` is what its names share: `ft-ID`, `ftjob-ID` and the model's end.

    Times are seconds since 1970. `ahead` is how many jobs come before it, None unless it waits.
    `working` says whether somebody holds it right now. `step` is the last one told of,
    `trained_tokens` all that were read so far. `estimated_finish` is None when nobody can tell.
    """

    id: str
    spec: JobSpec
    state: JobState
    created_at: int
    updated_at: int
    started_at: int | None = None
    finished_at: int | None = None
    estimated_finish: int | None = None
    ahead: int | None = None
    working: bool = False
    step: int = 0
    trained_tokens: int = 0
    stage: Stage = Stage()
    error: JobError | None = None
    fine_tuned_model: str = ""
    result_file: str = ""
    elsewhere: Elsewhere | None = None

    @property
    def label(self) -> str:
        """The name to show: that of its service, or the one of 2022."""
        return self.elsewhere.job if self.elsewhere else self.legacy_id

    @property
    def typed(self) -> str:
        """What a person types behind a command to mean it; services may call a job anything."""
        label = quote(self.label)
        return f"{label} --base-url {quote(self.elsewhere.at)}" if self.elsewhere else label

    @property
    def legacy_id(self) -> str:
        return f"ft-{self.id}"

    @property
    def modern_id(self) -> str:
        return f"ftjob-{self.id}"

    def refuse(self, target: JobState) -> None:
        """Raises UsageError where the job cannot go there."""
        if target in MOVES[self.state]:
            return
        raise UsageError(
            f"{self.legacy_id} is {self.state.value} and cannot become {target.value}",
            hint="nothing is left to do: it has ended"
            if self.state.ended
            else f"look at it: xiangsheng ft get {self.legacy_id}",
            code="job_state",
        )


class Level(StrEnum):
    INFO = "info"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class JobEvent:
    """Something that happened to a job. `number` counts a job's events from 1.

    `metrics` events tell of one step; the others are what the services of 2022 told.
    """

    job: str
    number: int
    created_at: int
    message: str
    level: Level = Level.INFO
    metrics: bool = False
    data: Mapping[str, object] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"ftevent-{self.job}-{self.number:06d}"


@dataclass(frozen=True, slots=True)
class JobCheckpoint:
    """A model kept from within a training, at the end of an epoch; `metrics` as of that step."""

    job: str
    step: int
    created_at: int
    model: str
    metrics: Mapping[str, float]

    @property
    def id(self) -> str:
        return f"ftckpt_{self.job}-{self.step:06d}"


def job_id(name: str) -> str:
    """What `ft-X`, `ftjob-X` and X have in common: X."""
    return name.removeprefix("ftjob-").removeprefix("ft-")
