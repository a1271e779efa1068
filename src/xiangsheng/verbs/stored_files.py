"""The home's files: put there, found again, taken away."""

import io
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.stored_file import FileStatus, StoredFile
from xiangsheng.files.text import LIMIT, read_file
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.paging import Page, page
from xiangsheng.verbs.training_files import look_into

FINE_TUNE, RESULTS = "fine-tune", "fine-tune-results"
BATCH, BATCH_OUTPUT = "batch", "batch_output"


def new_file_id() -> str:
    return f"file-{secrets.token_hex(12)}"


def upload(
    name: str,
    purpose: str,
    content: BinaryIO,
    workspace: Workspace,
    clock: Clock,
    *,
    new_id: Callable[[], str] = new_file_id,
    limit: int = LIMIT,
) -> StoredFile:
    """The last part of `name` names it. Raises DataError (`too_large`) above `limit` bytes."""
    return workspace.files.add(
        name, purpose, content, new_id=new_id(), now=int(clock.seconds()), limit=limit
    )


def upload_for(
    name: str,
    purpose: str,
    content: BinaryIO,
    workspace: Workspace,
    clock: Clock,
    *,
    limit: int = LIMIT,
) -> StoredFile:
    """As `upload`; a training file is then looked into: its status says whether it is what it should
    be, and its details at which lines it is not. The requests of a batch are looked into by the batch.
    """
    file = upload(name, purpose, content, workspace, clock, limit=limit)
    if purpose == FINE_TUNE:
        with suppress(DataError):  # which is then known of the file
            look_into(file, workspace)
    else:
        workspace.files.judge(file.id, FileStatus.PROCESSED)
    return workspace.files.find(file.id)


def list_files(
    workspace: Workspace, purpose: str = "", after: str = "", limit: int | None = None
) -> Page[StoredFile]:
    """Newest first. Raises UsageError (`no_file`) where `after` is none of them."""
    if after:
        workspace.files.find(after)
    return page(workspace.files.all(purpose), lambda file: file.id, after, limit)


def upload_path(
    path: Path, workspace: Workspace, clock: Clock, *, again: bool = False
) -> tuple[StoredFile, bool]:
    """A file to train on, and whether it is new: unless `again`, one that has the same name and
    content is found instead. Raises DataError where it cannot be read.
    """
    data = read_file(path, pipes=True)
    if not again and (twin := workspace.files.twin(path.name, FINE_TUNE, data)):
        return twin, False
    return upload(path.name, FINE_TUNE, io.BytesIO(data), workspace, clock), True


def delete_file(file_id: str, workspace: Workspace, clock: Clock) -> StoredFile:
    """Raises UsageError where there is none, or what has not ended needs it."""
    file = workspace.files.find(file_id)
    if batch := workspace.batches(clock).needs(file.id):
        raise UsageError(
            f"{file.id} is needed by {batch.id}, which has not ended",
            hint="wait for it, or cancel it",
            code="file_in_use",
        )
    for job in workspace.jobs(clock).unfinished():
        needed = (job.spec.training, job.spec.validation)
        if any(one and one.id == file.id for one in needed):
            raise UsageError(
                f"{file.id} is needed by {job.legacy_id}, which has not ended",
                hint=f"wait for it, or cancel it: xiangsheng ft cancel {job.legacy_id}",
                code="file_in_use",
            )
    workspace.files.delete(file.id)
    return file
