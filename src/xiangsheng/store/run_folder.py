"""A run's folder: all that resuming, scoring and reporting need, whatever happens to the source."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from xiangsheng.core.errors import StoreError
from xiangsheng.files.atomic import write_text
from xiangsheng.store.codec import decode, encode

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RunFolder:
    folder: Path

    def create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        return self.folder / name

    def save(self, name: str, values: Iterable[object]) -> None:
        """One noun a line, atomically."""
        write_text(self.path(name), "".join(encode(value) + "\n" for value in values))

    def load(self, name: str, kind: type[T]) -> tuple[T, ...]:
        """Raises StoreError naming the line that is damaged, or the file that is gone."""
        path = self.path(name)
        values = []
        try:
            # Only "\n" ends a line: texts may hold U+2028 and its like.
            lines = path.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(
                f"the run's file cannot be read: {error}",
                where=str(path),
                hint="run the same study again: it writes the file anew and asks nothing twice",
            ) from error
        for number, line in enumerate(lines, 1):
            if line:
                try:
                    values.append(decode(kind, line))
                except ValueError as error:
                    raise StoreError(
                        "the run's file is damaged", where=f"{path}:{number}"
                    ) from error
        return tuple(values)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the run's lock, so that two processes never pay for one answer.

        The system frees it when the process ends, however it ends. Raises StoreError when held.
        """
        lock = FileLock(self.path("lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise StoreError(
                "another process is working on this run",
                where=str(self.folder),
                hint="wait for it to end, or stop it first",
            ) from error
        try:
            yield
        finally:
            lock.release()
