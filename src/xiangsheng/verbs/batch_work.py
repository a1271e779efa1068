"""All that is done with a batch besides answering it: looking into its file, and ending it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from threading import Event, Thread

import orjson

from xiangsheng.core.batch import Batch, BatchFault, BatchState
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import DataError, XiangshengError
from xiangsheng.core.stored_file import StoredFile
from xiangsheng.store.batch_leases import MOST_TRIES, BatchClaim, BatchLeases
from xiangsheng.store.file_store import FileStore
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.batch_input import check_rows, rows_of
from xiangsheng.verbs.stored_files import BATCH_OUTPUT

BEAT_S = 1.0
"""How often the lease is renewed while a batch is settled."""
_KINDS = ("output", "error")
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
    with _beating(claim, workspace.batch_leases(clock)):
        _settle(claim, workspace, clock)


def fail(
    claim: BatchClaim, faults: Sequence[BatchFault], workspace: Workspace, clock: Clock
) -> None:
    with _beating(claim, workspace.batch_leases(clock)):
        _end(claim, BatchState.FAILED, workspace, clock, faults)


@contextmanager
def _beating(claim: BatchClaim, leases: BatchLeases) -> Iterator[None]:
    """Within it the lease is renewed, however long the disk takes."""
    over = Event()

    def beat() -> None:
        while not over.wait(BEAT_S):
            with suppress(XiangshengError):  # the next one may come through
                leases.renew(claim)

    thread = Thread(target=beat, name="batch-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _settle(claim: BatchClaim, workspace: Workspace, clock: Clock) -> None:
    batch = claim.batch
    match batch.state:
        case BatchState.FINALIZING:
            _end(claim, BatchState.COMPLETED, workspace, clock)
        case BatchState.CANCELLING:
            _end(claim, BatchState.CANCELLED, workspace, clock)
        case _ if clock.seconds() >= batch.expires_at:
            _end(claim, BatchState.EXPIRED, workspace, clock)
        case _ if claim.tries > MOST_TRIES:
            said = f"{MOST_TRIES} tries in a row broke off over this batch."
            fault = BatchFault("server_error", said)
            _end(claim, BatchState.FAILED, workspace, clock, [fault])
        case _:
            total, faults = check_rows(batch, workspace)
            if faults:
                _end(claim, BatchState.FAILED, workspace, clock, faults)
            else:
                workspace.batch_leases(clock).begin(claim, total)


def _end(
    claim: BatchClaim,
    state: BatchState,
    workspace: Workspace,
    clock: Clock,
    faults: Sequence[BatchFault] = (),
) -> None:
    """Writes what was answered, and what was not, to files, which are then the batch's.

    The files are the claim's own until they are the batch's: whoever has slept through its lease
    meanwhile reads what another is taking away, and must not spoil the other's.
    """
    leases, files = workspace.batch_leases(clock), workspace.files
    good = (_line(body) for body in leases.answers(claim, failed=False))
    bad = (_line(body) for body in leases.answers(claim, failed=True))
    unasked = _unasked(claim, state, workspace, clock)
    _sweep(claim, files)
    try:
        made = (
            _file(claim, "output", good, files, clock),
            _file(claim, "error", _both(bad, unasked), files, clock),
        )
        leases.end(claim, state, faults, made, files.publish)
    finally:
        for kind in _KINDS:
            files.discard(_file_id(claim.batch, claim.token, kind))


def _sweep(claim: BatchClaim, files: FileStore) -> None:
    """What earlier claims left. None of them ended the batch, or it could not have been claimed."""
    for token in range(1, claim.token):
        for kind in _KINDS:
            left = _file_id(claim.batch, token, kind)
            with suppress(OSError):
                files.discard(left)
                files.path(left).unlink(missing_ok=True)


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
    claim: BatchClaim, kind: str, lines: Iterator[bytes], files: FileStore, clock: Clock
) -> StoredFile | None:
    """A draft; None where there is nothing to write."""
    first = next(lines, None)
    if first is None:
        return None
    return files.draft(
        f"{claim.batch.id}_{kind}.jsonl",
        BATCH_OUTPUT,
        _both([first], lines),
        new_id=_file_id(claim.batch, claim.token, kind),
        now=int(clock.seconds()),
    )


def _file_id(batch: Batch, token: int, kind: str) -> str:
    """Of one claim always the same, and of no other."""
    named = f"{batch.id} {kind} {token}"
    return f"file-{sha256(named.encode()).hexdigest()[:24]}"
