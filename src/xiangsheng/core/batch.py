"""The batch: a file of requests that are answered when there is room, and what may become of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from xiangsheng.core.errors import UsageError
from xiangsheng.core.generation import Usage

WINDOW_S = 24 * 3600
"""How long a batch may take, waiting included."""


class BatchState(StrEnum):
    """As the API names them."""

    VALIDATING = "validating"
    FAILED = "failed"
    IN_PROGRESS = "in_progress"
    FINALIZING = "finalizing"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return not MOVES[self]


MOVES: Mapping[BatchState, frozenset[BatchState]] = {
    BatchState.VALIDATING: frozenset(
        {
            *(BatchState.IN_PROGRESS, BatchState.FAILED),
            *(BatchState.EXPIRED, BatchState.CANCELLING),
        }
    ),
    BatchState.IN_PROGRESS: frozenset(
        {
            *(BatchState.FINALIZING, BatchState.FAILED),
            *(BatchState.EXPIRED, BatchState.CANCELLING),
        }
    ),
    BatchState.FINALIZING: frozenset({BatchState.COMPLETED}),
    BatchState.CANCELLING: frozenset({BatchState.CANCELLED}),
    BatchState.COMPLETED: frozenset(),
    BatchState.FAILED: frozenset(),
    BatchState.EXPIRED: frozenset(),
    BatchState.CANCELLED: frozenset(),
}
"""Where a batch may go from each state; one that has ended stays as it is."""

OPEN = tuple(state for state in BatchState if not state.ended)


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What is asked for: the requests by the id of their file, all of one `endpoint`, a path such as
    `/v1/completions`. `metadata` is the asker's own.
    """

    input_file: str
    endpoint: str
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchFault:
    """Why a batch failed; `param` is the key at fault, `line` counts the lines of its file from 1."""

    code: str
    message: str
    param: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """One request's line of the files to be. `body` is that line; `line` is that of the request."""

    line: int
    failed: bool
    body: str
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True)
class Batch:
    """Times are seconds since 1970; `moments` says when it came into a state. `total` is 0 until its
    file has been looked into.
    """

    id: str
    request: BatchRequest
    state: BatchState
    created_at: int
    expires_at: int
    moments: Mapping[BatchState, int]
    total: int = 0
    completed: int = 0
    failed: int = 0
    usage: Usage = field(default_factory=Usage)
    faults: tuple[BatchFault, ...] = ()
    output_file: str = ""
    error_file: str = ""

    def refuse(self, target: BatchState) -> None:
        """Raises UsageError where the batch cannot go there."""
        if target in MOVES[self.state]:
            return
        raise UsageError(
            f"{self.id} is {self.state.value} and cannot become {target.value}",
            hint="nothing is left to do: it has ended"
            if self.state.ended
            else "wait for it: it is about to end",
            code="batch_state",
        )
