"""Tuned models: a folder each, in place only when complete, and a row that names it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from xiangsheng.core.model import TunedModel
from xiangsheng.core.rendering import Rendering
from xiangsheng.files.atomic import full_disk, sync_file, sync_folder
from xiangsheng.store.codec import decode, encode
from xiangsheng.store.database import reading, transaction
from xiangsheng.store.job_rows import lock_queue
from xiangsheng.store.schema import models


@dataclass(frozen=True, slots=True)
class ModelStore:
    """`folder` holds one sub-folder a model, named by the model's digest."""

    engine: Engine
    folder: Path

    @contextmanager
    def workspace(self, place: Path) -> Iterator[Path]:
        """An empty folder at `place` to write a model's files into; gone afterwards.

        What a crash left there goes first, so `place` must belong to one process.
        """
        with full_disk(str(place)):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            try:
                yield place
            finally:
                shutil.rmtree(place, ignore_errors=True)

    def keep(self, model: TunedModel, workspace: Path, now: str) -> None:
        """Moves the finished files in place of any twin by digest, then names the model."""
        sync_model(workspace)
        with transaction(self.engine) as connection:
            lock_queue(connection)
            self.put(connection, model, workspace, now)

    def put(self, connection: Connection, model: TunedModel, workspace: Path, now: str) -> None:
        """The same within the transaction of who has locked the queue, and so is alone with the
        models' folders; the files are on the disk already.
        """
        target = self.path(model)
        aside = target.with_name(f".{target.name}.old")
        shutil.rmtree(aside, ignore_errors=True)
        if target.exists():
            # Equal if whole; if it was damaged, tuning again is how it is mended. Moved, so that who
            # opens it this moment finds it under its name again at once.
            target.rename(aside)
        workspace.rename(target)
        sync_folder(self.folder)
        shutil.rmtree(aside, ignore_errors=True)
        values = {
            "base": model.base,
            "digest": model.digest,
            "rendering": encode(model.rendering),
            "created_at": now,
        }
        row = connection.execute(select(models).where(models.c.name == model.name)).first()
        if row is None:
            connection.execute(insert(models).values(name=model.name, **values))
        elif _model(row) != model:  # it was damaged, and made again where other bits come out
            connection.execute(update(models).where(models.c.name == model.name).values(values))

    def delete(self, name: str) -> None:
        """Forgets the name; the files go when no other name means them."""
        with transaction(self.engine) as connection:
            lock_queue(connection)
            row = connection.execute(select(models).where(models.c.name == name)).first()
            if row is None:
                return
            connection.execute(delete(models).where(models.c.name == name))
            same = select(models.c.name).where(models.c.digest == row.digest)
            if connection.execute(same).first() is None:
                shutil.rmtree(self.path(_model(row)), ignore_errors=True)

    def path(self, model: TunedModel) -> Path:
        return self.folder / model.digest

    def get(self, name: str) -> TunedModel | None:
        with reading(self.engine) as connection:
            row = connection.execute(select(models).where(models.c.name == name)).first()
        return _model(row) if row else None

    def all(self) -> tuple[TunedModel, ...]:
        """Newest first."""
        return tuple(model for model, _ in self.dated())

    def dated(self) -> tuple[tuple[TunedModel, str], ...]:
        """The same, each with the time it was made."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(models).order_by(models.c.created_at.desc(), models.c.name)
            ).all()
        return tuple((_model(row), row.created_at) for row in rows)


def sync_model(folder: Path) -> None:
    """Makes a model's files durable where they are."""
    for file in folder.iterdir():
        sync_file(file)
    sync_folder(folder)


def _model(row: Row[tuple[str, str, str, str, str]]) -> TunedModel:
    return TunedModel(
        name=row.name,
        base=row.base,
        digest=row.digest,
        rendering=decode(Rendering, row.rendering),
    )
