"""The home's batches: made, looked at, cancelled. A server of the home answers them."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xiangsheng.core.batch import Batch, BatchRequest, BatchState
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import UsageError
from xiangsheng.store.batch_table import BatchTable
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.stored_files import BATCH

MOST_BYTES = 200 << 20
"""Of an input file."""
_TIMES = (
    *(BatchState.IN_PROGRESS, BatchState.FINALIZING, BatchState.COMPLETED, BatchState.FAILED),
    *(BatchState.EXPIRED, BatchState.CANCELLING, BatchState.CANCELLED),
)


def new_batch_id() -> str:
    return f"batch_{secrets.token_hex(12)}"


@dataclass(frozen=True, slots=True)
class HomeBatches:
    workspace: Workspace
    clock: Clock
    new_id: Callable[[], str] = new_batch_id

    @property
    def table(self) -> BatchTable:
        return self.workspace.batches(self.clock)

    def create(self, request: BatchRequest, most: int) -> Batch:
        """A new one; what is wrong with its requests is found later.

        Raises UsageError where the file is not there or is no file for batches, and BusyError where
        `most` batches have not ended yet.
        """
        file = self.workspace.files.find(request.input_file)
        if file.purpose != BATCH:
            raise UsageError(
                f"{file.id} was uploaded for the purpose {file.purpose}, not {BATCH}",
                hint=f"upload it again with the purpose {BATCH}",
                code="invalid_purpose",
            )
        if file.bytes > MOST_BYTES:
            raise UsageError(
                f"{file.id} is larger than {MOST_BYTES:,} bytes",
                hint="make several batches of it",
                code="file_too_large",
            )
        return self.table.add(self.new_id(), request, most)

    def get(self, batch: str) -> Batch:
        """Raises UsageError (`no_batch`) where there is none."""
        return self.table.get(batch)

    def list(self, after: str, limit: int) -> tuple[Sequence[Batch], bool]:
        """Newest first, those made before the batch `after`; and whether there are more."""
        return self.table.list(after, limit)

    def cancel(self, batch: str) -> Batch:
        """What has been answered is kept. Raises UsageError (`batch_state`) where it has ended."""
        return self.table.cancel(batch)


def batch_view(batch: Batch) -> dict[str, Any]:
    """As the API names its parts."""
    used = batch.usage
    faults = [
        {
            "code": fault.code,
            "message": fault.message,
            "param": fault.param or None,
            "line": fault.line,
        }
        for fault in batch.faults
    ]
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.request.endpoint,
        "input_file_id": batch.request.input_file,
        "completion_window": "24h",
        "status": batch.state.value,
        "created_at": batch.created_at,
        "expires_at": batch.expires_at,
        **{f"{state.value}_at": batch.moments.get(state) for state in _TIMES},
        "output_file_id": batch.output_file or None,
        "error_file_id": batch.error_file or None,
        "errors": {"object": "list", "data": faults} if faults else None,
        "request_counts": {
            "total": batch.total,
            "completed": batch.completed,
            "failed": batch.failed,
        },
        "metadata": dict(batch.request.metadata) or None,
        "usage": {
            "input_tokens": used.prompt_tokens,
            "input_tokens_details": {"cached_tokens": used.cached_tokens},
            "output_tokens": used.completion_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": used.prompt_tokens + used.completion_tokens,
        },
    }
