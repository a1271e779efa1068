"""Uploaded files: contents in a folder under ids that we make, and a row each."""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from hashlib import file_digest, sha256
from itertools import count
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.stored_file import FileStatus, StoredFile, last_part
from xiangsheng.files.atomic import sync_folder, writing_errors
from xiangsheng.files.text import LIMIT
from xiangsheng.store.database import reading, transaction
from xiangsheng.store.schema import files

PIECE = 1 << 20
ABANDONED_S = 24 * 3600
"""After so long what an upload left behind is nobody's any more."""
_CHANGED = "is not what was uploaded any more"


@dataclass(frozen=True, slots=True)
class FileStore:
    engine: Engine
    folder: Path

    def add(
        self,
        name: str,
        purpose: str,
        content: BinaryIO,
        *,
        new_id: str,
        now: int,
        limit: int = LIMIT,
    ) -> StoredFile:
        """There as a whole when this returns, or not at all.

        Raises DataError (`too_large`) above `limit` bytes, DiskFullError.
        """
        self._sweep(now)
        pieces = _bounded(iter(lambda: content.read(PIECE), b""), limit, last_part(name))
        place = self.path(new_id)
        digest, size = self._kept(pieces, place)
        made = StoredFile(new_id, last_part(name), purpose, size, digest, now)
        try:
            with transaction(self.engine) as connection:
                self._list(connection, made)
        except BaseException:
            place.unlink(missing_ok=True)
            raise
        return made

    def draft(
        self, name: str, purpose: str, pieces: Iterable[bytes], *, new_id: str, now: int
    ) -> StoredFile:
        """A content that has no name yet: `publish` gives it its own, `discard` takes it away."""
        with writing_errors(self.path(new_id)):
            digest, size = _copied(pieces, self._draft(new_id))
        return StoredFile(new_id, last_part(name), purpose, size, digest, now, FileStatus.PROCESSED)

    def publish(self, connection: Connection, file: StoredFile) -> None:
        """The row and the content of a draft, within somebody's transaction."""
        self._list(connection, file)
        with writing_errors(self.path(file.id)):
            self._draft(file.id).replace(self.path(file.id))
            sync_folder(self.folder)

    def discard(self, file_id: str) -> None:
        self._draft(file_id).unlink(missing_ok=True)

    def _draft(self, file_id: str) -> Path:
        return self.folder / f".{file_id}.draft"

    def _kept(self, pieces: Iterable[bytes], place: Path) -> tuple[str, int]:
        """The digest and the size of what is then there, as a whole."""
        making = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
        with writing_errors(place):
            try:
                found = _copied(pieces, making)
                making.replace(place)
            finally:
                making.unlink(missing_ok=True)
            sync_folder(self.folder)
        return found

    def _list(self, connection: Connection, file: StoredFile) -> None:
        """Its row; the content is there already."""
        connection.execute(
            insert(files).values(
                id=file.id,
                filename=file.name,
                purpose=file.purpose,
                bytes=file.bytes,
                sha256=file.sha256,
                status=file.status.value,
                status_details=file.details,
                created_at=file.created_at,
            )
        )

    def judge(self, file_id: str, status: FileStatus, details: str = "") -> None:
        """What was found when it was looked into."""
        values = {"status": status.value, "status_details": details}
        with transaction(self.engine) as connection:
            connection.execute(update(files).where(files.c.id == file_id).values(values))

    def get(self, file_id: str) -> StoredFile | None:
        with reading(self.engine) as connection:
            row = connection.execute(select(files).where(files.c.id == file_id)).first()
        return _file(row) if row else None

    def find(self, file_id: str) -> StoredFile:
        """Raises UsageError (`no_file`) where there is none."""
        if found := self.get(file_id):
            return found
        raise UsageError(
            f"No such File object: {file_id}",
            hint="list those there are: xiangsheng api files.list",
            code="no_file",
        )

    def twin(self, name: str, purpose: str, content: bytes) -> StoredFile | None:
        """The newest one of the same name, purpose and content."""
        digest = sha256(content).hexdigest()
        named = (file for file in self.all(purpose) if file.name == last_part(name))
        return next((file for file in named if file.sha256 == digest), None)

    def all(self, purpose: str = "") -> tuple[StoredFile, ...]:
        """Newest first; of one second, in the order of their ids."""
        query = select(files).order_by(files.c.created_at.desc(), files.c.id)
        if purpose:
            query = query.where(files.c.purpose == purpose)
        with reading(self.engine) as connection:
            return tuple(_file(row) for row in connection.execute(query))

    def path(self, file_id: str) -> Path:
        return self.folder / file_id

    def content(self, file: StoredFile) -> bytes:
        """Raises DataError where somebody has changed or removed it."""
        try:
            data = self.path(file.id).read_bytes()
        except OSError as error:
            raise _gone(file, self.path(file.id), "cannot be read") from error
        if sha256(data).hexdigest() != file.sha256:
            raise _gone(file, self.path(file.id), _CHANGED)
        return data

    def opened(self, file: StoredFile) -> BinaryIO:
        """Its content from the beginning, read once to see that it is as it was; a piece in memory.

        Raises DataError where somebody has changed or removed it.
        """
        with ExitStack() as trouble:
            try:
                stream = trouble.enter_context(self.path(file.id).open("rb"))
                found = file_digest(stream, "sha256").hexdigest()
                stream.seek(0)
            except OSError as error:
                raise _gone(file, self.path(file.id), "cannot be read") from error
            if found != file.sha256:
                raise _gone(file, self.path(file.id), _CHANGED)
            trouble.pop_all()
        return stream

    def lines(self, file: StoredFile, longest: int) -> Iterator[bytes]:
        """Its lines as they are, their ends included, a few of them in memory.

        Raises DataError: `too_large` at a line of more than `longest` bytes; where somebody removed
        the file, and, after the last line, where somebody changed it.
        """
        found = sha256()
        try:
            with self.path(file.id).open("rb") as stream:
                for number in count(1):
                    line = stream.readline(longest + 1)
                    if not line:
                        break
                    if len(line) > longest:
                        raise DataError(
                            f"a line of more than {longest:,} bytes",
                            where=f"{file.name}:{number}",
                            hint="split it",
                            code="too_large",
                        )
                    found.update(line)
                    yield line
        except OSError as error:
            raise _gone(file, self.path(file.id), "cannot be read") from error
        if found.hexdigest() != file.sha256:
            raise _gone(file, self.path(file.id), _CHANGED)

    def delete(self, file_id: str) -> None:
        """The row first, so that no row ever names a content that is gone."""
        with transaction(self.engine) as connection:
            connection.execute(delete(files).where(files.c.id == file_id))
        self.path(file_id).unlink(missing_ok=True)

    def _sweep(self, now: int) -> None:
        for left in self.folder.glob(".file-*"):
            with suppress(OSError):  # somebody else sweeps too
                if now - left.stat().st_mtime > ABANDONED_S:
                    left.unlink()


def _bounded(pieces: Iterable[bytes], limit: int, name: str) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limit:
            raise DataError(
                f"larger than {limit:,} bytes", where=name, hint="split it", code="too_large"
            )
        yield piece


def _copied(pieces: Iterable[bytes], place: Path) -> tuple[str, int]:
    """The digest and the size of what is now on the disk."""
    found, size = sha256(), 0
    with place.open("xb") as stream:
        for piece in pieces:
            size += len(piece)
            found.update(piece)
            stream.write(piece)
        stream.flush()
        os.fsync(stream.fileno())
    return found.hexdigest(), size


def _gone(file: StoredFile, place: Path, why: str) -> DataError:
    return DataError(
        f"the content of {file.id} ({file.name}) {why}",
        where=str(place),
        hint="upload the file again",
        code="file_damaged",
    )


def _file(row: Row[tuple[str, str, str, int, str, str, str, int]]) -> StoredFile:
    return StoredFile(
        id=row.id,
        name=row.filename,
        purpose=row.purpose,
        bytes=row.bytes,
        sha256=row.sha256,
        created_at=row.created_at,
        status=FileStatus(row.status),
        details=row.status_details,
    )
