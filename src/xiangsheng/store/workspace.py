"""An opened home: the database and everything kept in and beside it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from xiangsheng.core.clock import Clock
from xiangsheng.store.base_store import BaseStore
from xiangsheng.store.batch_leases import BatchLeases
from xiangsheng.store.batch_table import BatchTable
from xiangsheng.store.belonging import HomeOwner, remember
from xiangsheng.store.database import open_database
from xiangsheng.store.file_store import FileStore
from xiangsheng.store.home import Home, find_home
from xiangsheng.store.job_folder import JobFolder
from xiangsheng.store.job_leases import Leases
from xiangsheng.store.job_table import JobTable
from xiangsheng.store.journal import Journal
from xiangsheng.store.model_store import ModelStore
from xiangsheng.store.run_folder import RunFolder
from xiangsheng.store.run_table import RunTable
from xiangsheng.store.served import ServedTable


@dataclass(frozen=True, slots=True)
class Workspace:
    home: Home
    engine: Engine

    @property
    def runs(self) -> RunTable:
        return RunTable(self.engine)

    @property
    def models(self) -> ModelStore:
        return ModelStore(self.engine, self.home.models)

    @property
    def bases(self) -> BaseStore:
        return BaseStore(self.home.bases)

    @property
    def files(self) -> FileStore:
        return FileStore(self.engine, self.home.files)

    def jobs(self, clock: Clock) -> JobTable:
        return JobTable(self.engine, clock.seconds)

    def leases(self, clock: Clock) -> Leases:
        return Leases(self.engine, clock.seconds)

    def job_folder(self, job: str) -> JobFolder:
        return JobFolder(self.home.jobs / job)

    def batches(self, clock: Clock) -> BatchTable:
        return BatchTable(self.engine, clock.seconds)

    def batch_leases(self, clock: Clock) -> BatchLeases:
        return BatchLeases(self.engine, clock.seconds)

    @property
    def served(self) -> ServedTable:
        return ServedTable(self.engine)

    def journal(self, run_id: str) -> Journal:
        return Journal(self.engine, run_id)

    def folder(self, run_id: str) -> RunFolder:
        return RunFolder(self.home.runs / run_id)


@contextmanager
def open_workspace(
    start: Path, environment: Mapping[str, str], *, make: bool = True
) -> Iterator[Workspace]:
    """The home that belongs to the folder `start`, opened and migrated; closed on leaving.

    Raises StoreError when it cannot be used, or when there is none and none is to be made.
    """
    home = find_home(start, environment, make=make)
    engine = open_database(home.database, home.address, HomeOwner(home) if home.address else None)
    try:
        if home.address:
            remember(home, engine)
        yield Workspace(home, engine)
    finally:
        engine.dispose()
