"""Atomic writing: a reader sees the old file or the new one, never a part."""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from xiangsheng.core.errors import DataError, DiskFullError, UsageError


def write_bytes(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Temporary file in the same folder, fsync, rename, fsync of the folder.

    `mode` is what others may do at most; the umask may take more away. Raises DiskFullError, or
    DataError when the place cannot be written to.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with writing_errors(path):
        try:
            with open(
                temporary, "xb", opener=lambda name, flags: os.open(name, flags, mode)
            ) as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_text(path: Path, text: str, *, mode: int = 0o666) -> None:
    """UTF-8, line endings as given."""
    write_bytes(path, text.encode("utf-8"), mode=mode)


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """A hidden folder in `folder` for files that get their names by `claim`; it goes at the end.

    What a process that was killed left of its own goes too. Raises DiskFullError, or DataError when
    the place cannot be written to.
    """
    with writing_errors(folder):
        for left in folder.glob(f"{_STAGE}*"):
            if re.fullmatch("[0-9a-f]{16}", left.name.removeprefix(_STAGE)):
                with _held(left, otherwise=False) as abandoned:
                    if abandoned:
                        shutil.rmtree(left, ignore_errors=True)
        with _new_stage(folder) as stage:
            try:
                yield stage
            finally:
                shutil.rmtree(stage, ignore_errors=True)


_STAGE = ".xiangsheng-making-"


@contextmanager
def _new_stage(folder: Path) -> Iterator[Path]:
    """It is ours once it is held and still there: until then another may think it abandoned."""
    while True:
        stage = folder / f"{_STAGE}{secrets.token_hex(8)}"
        stage.mkdir()
        with _held(stage, otherwise=True) as ours:
            if ours and stage.is_dir():
                yield stage
                return


@contextmanager
def _held(folder: Path, *, otherwise: bool) -> Iterator[bool]:
    """Whether this process now has the folder's lock, which the system lets go when it ends.

    `otherwise` where it cannot be known: on systems without such locks.
    """
    if os.name != "posix":
        yield otherwise
        return
    import fcntl

    descriptor = -1
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held = True
    except BlockingIOError:
        held = False
    except OSError:
        held = otherwise
    try:
        yield held
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def claim(made: Path, path: Path) -> None:
    """Makes a finished file durable and gives it its name; UsageError where somebody has it."""
    with writing_errors(path):
        sync_file(made)
        try:
            os.link(made, path)  # which fails where a rename would replace
        except FileExistsError:
            refuse_existing(path)
            raise
        except OSError:  # a file system without links
            refuse_existing(path)
            made.rename(path)
        sync_folder(path.parent)


def claim_all(files: Sequence[tuple[Path, Path]]) -> None:
    """`claim` for each finished file and its name: all of them, or none."""
    try:
        for made, path in files:
            claim(made, path)
    except BaseException:
        for made, path in files:
            if not made.exists():  # on a file system without links
                path.rename(made)
            elif path.exists() and path.samefile(made):
                path.unlink()
        raise


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to write to, which becomes `path` when all has been written; its parents are made.

    If something fails, nothing of it is left. Raises UsageError where something has this name
    already, DiskFullError, or DataError when the place cannot be written to.
    """
    making = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with writing_errors(path):
        making.mkdir(parents=True)
        try:
            yield making
            sync_folder(making)
            refuse_existing(path)
            making.rename(path)
            sync_folder(path.parent)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise


def write_new_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """A folder with these files, there as a whole or not at all; errors as of `new_folder`."""
    with new_folder(folder) as making:
        for name, content in files.items():
            with (making / name).open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())


def refuse_existing(path: Path) -> None:
    if path.exists() or path.is_symlink():
        raise UsageError(
            "exists already, and is left as it is",
            where=str(path),
            hint="name another place, or remove it first",
            code="exists",
        )


def sync_file(path: Path) -> None:
    """Makes what others wrote durable."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Makes a rename durable; a no-op where folders cannot be opened (Windows)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def full_disk(where: str) -> Iterator[None]:
    """Within it a full disk or quota is DiskFullError; other trouble passes."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFullError(
                "the disk is full; nothing was half-written",
                where=where,
                hint="make room, then do the same again",
            ) from error
        raise


@contextmanager
def writing_errors(path: Path) -> Iterator[None]:
    """Within it a system's refusal is DiskFullError, or DataError that names `path`."""
    try:
        with full_disk(str(path)):
            yield
    except OSError as error:
        raise DataError(
            f"cannot be written: {error.strerror}",
            where=str(path),
            hint="check that the folder exists and may be written to",
        ) from error
