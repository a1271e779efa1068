"""All that is done with a batch besides answering it: looking into its file, and ending it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from hashlib import sha256

import orjson

from xiangsheng.core.batch import Batch, BatchFault, BatchState
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import DataError
from xiangsheng.core.stored_file import StoredFile
from xiangsheng.store.batch_leases import MOST_TRIES, BatchClaim
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.batch_input import check_rows, rows_of
from xiangsheng.verbs.stored_files import BATCH_OUTPUT

_UNASKED = {
    BatchState.EXPIRED: (
        "batch_expired",
        "This request could not be executed before the completion window expired.",
    ),
    BatchState.CANCELLED: (
        "batch_cancelled",
        "This request was not executed: the batch was cancelled.",
    ),
    BatchState.FAILED: ("batch_failed", "This request was not executed: the batch failed."),
}
"""What is said of requests that have no answer when a batch ends so."""


def settle(claim: BatchClaim, workspace: Workspace, clock: Clock) -> None:
    """What is to be done with a batch that is not to be answered now. The claim is given up.

    Raises LeaseLostError, and changes nothing, where it is not the claim's any more.
    """
    batch = claim.batch
    match batch.state:
        case BatchState.FINALIZING:
            end(claim, BatchState.COMPLETED, workspace, clock)
        case BatchState.CANCELLING:
            end(claim, BatchState.CANCELLED, workspace, clock)
        case _ if clock.seconds() >= batch.expires_at:
            end(claim, BatchState.EXPIRED, workspace, clock)
        case _ if claim.tries > MOST_TRIES:
            said = f"{MOST_TRIES} tries in a row broke off over this batch."
            fail(claim, [BatchFault("server_error", said)], workspace, clock)
        case _:
            total, faults = check_rows(batch, workspace)
            if faults:
                fail(claim, faults, workspace, clock)
            else:
                workspace.batch_leases(clock).begin(claim, total)


def fail(
    claim: BatchClaim, faults: Sequence[BatchFault], workspace: Workspace, clock: Clock
) -> None:
    end(claim, BatchState.FAILED, workspace, clock, faults)


def end(
    claim: BatchClaim,
    state: BatchState,
    workspace: Workspace,
    clock: Clock,
    faults: Sequence[BatchFault] = (),
) -> None:
    """Writes what was answered, and what was not, to files, which are then the batch's."""
    leases = workspace.batch_leases(clock)
    good = (_line(body) for body in leases.answers(claim, failed=False))
    bad = (_line(body) for body in leases.answers(claim, failed=True))
    unasked = _unasked(claim, state, workspace, clock)
    output = _file(claim.batch, "output", good, workspace, clock)
    errors = _file(claim.batch, "error", _both(bad, unasked), workspace, clock)
    leases.end(claim, state, faults, (output, errors), workspace.files.list_in)


def _unasked(
    claim: BatchClaim, state: BatchState, workspace: Workspace, clock: Clock
) -> Iterator[bytes]:
    batch = claim.batch
    if state not in _UNASKED or not batch.total:
        return
    code, message = _UNASKED[state]
    answered = workspace.batch_leases(clock).answered(claim)
    with suppress(DataError):  # what is left of the file is all that can be told of
        for row in rows_of(batch, workspace):
            if row.line not in answered:
                yield (
                    orjson.dumps(
                        {
                            "id": row_id(batch, row.line),
                            "custom_id": row.custom_id,
                            "response": None,
                            "error": {"code": code, "message": message},
                        }
                    )
                    + b"\n"
                )


def row_id(batch: Batch, line: int) -> str:
    return f"batch_req_{batch.id.removeprefix('batch_')}{line:06d}"


def _both(first: Iterable[bytes], second: Iterable[bytes]) -> Iterator[bytes]:
    yield from first
    yield from second


def _line(body: str) -> bytes:
    return body.encode() + b"\n"


def _file(
    batch: Batch, kind: str, lines: Iterator[bytes], workspace: Workspace, clock: Clock
) -> StoredFile | None:
    """None where there is nothing to write. Of one batch always the same id, so that a second try
    makes no second file.
    """
    first = next(lines, None)
    if first is None:
        return None
    return workspace.files.write(
        f"{batch.id}_{kind}.jsonl",
        BATCH_OUTPUT,
        _both([first], lines),
        new_id=f"file-{sha256(f'{batch.id} {kind}'.encode()).hexdigest()[:24]}",
        now=int(clock.seconds()),
    )
