"""Bases of the ladder built in this home: a folder each, named by what made it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from xiangsheng.core.errors import StoreError
from xiangsheng.core.model import BuiltBase
from xiangsheng.files.atomic import full_disk, sync_file, sync_folder, write_text
from xiangsheng.store.codec import decode, encode

ABOUT = "base.json"


@dataclass(frozen=True, slots=True)
class BaseStore:
    """`folder` holds one sub-folder a base; `base.json` in it is written last."""

    folder: Path

    def path(self, digest: str) -> Path:
        return self.folder / digest[:16]

    def get(self, digest: str) -> BuiltBase | None:
        return _about(self.path(digest))

    def all(self) -> tuple[BuiltBase, ...]:
        """Newest first; of one second, the one written last."""
        files = sorted(self.folder.glob(f"*/{ABOUT}"), key=_written, reverse=True)
        found = filter(None, (_about(file.parent) for file in files))
        return tuple(sorted(found, key=lambda base: base.created_at, reverse=True))

    def newest(self, name: str) -> BuiltBase | None:
        return next((base for base in self.all() if base.name == name), None)

    @contextmanager
    def making(self, digest: str) -> Iterator[tuple[Path, Path]]:
        """An empty folder for the files of a base to be, and its checkpoints, which outlive a stop.

        Raises StoreError while another process makes the same base.
        """
        place = self.folder / f".making-{digest[:16]}"
        with full_disk(str(place)):
            self.folder.mkdir(parents=True, exist_ok=True)
            # Beside the place, which goes: a lock that is removed while it is held is none.
            lock = FileLock(self.folder / f".{digest[:16]}.lock", timeout=0)
            try:
                lock.acquire()
            except Timeout as error:
                raise StoreError(
                    "another process is building this base",
                    where=str(place),
                    hint="wait for it to end, or stop it first",
                    code="building",
                ) from error
            try:
                files, checkpoints = place / "model", place / "checkpoint"
                shutil.rmtree(files, ignore_errors=True)
                files.mkdir(parents=True)
                checkpoints.mkdir(exist_ok=True)
                yield files, checkpoints
            finally:
                lock.release()

    def keep(self, base: BuiltBase, files: Path) -> None:
        """Moves the finished files in place; their checkpoints have served."""
        target = self.path(base.digest)
        write_text(files / ABOUT, encode(base) + "\n")
        for file in files.iterdir():
            sync_file(file)
        sync_folder(files)
        shutil.rmtree(target, ignore_errors=True)  # damaged, or it would not have been made again
        files.rename(target)
        sync_folder(self.folder)
        shutil.rmtree(files.parent, ignore_errors=True)


def _written(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:  # it has just gone
        return 0


def _about(folder: Path) -> BuiltBase | None:
    try:
        return decode(BuiltBase, (folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
