"""Runs in the database: found by id, or by the beginning of one."""

from dataclasses import dataclass

from sqlalchemy import Engine, Row, insert, select, update

from xiangsheng.core.errors import StoreError, UsageError
from xiangsheng.core.run import Run, RunSpec, RunState
from xiangsheng.store.codec import decode, encode
from xiangsheng.store.database import reading, transaction
from xiangsheng.store.schema import runs


@dataclass(frozen=True, slots=True)
class RunTable:
    engine: Engine

    def add(self, run: Run) -> None:
        with transaction(self.engine) as connection:
            connection.execute(
                insert(runs).values(
                    id=run.id,
                    spec=encode(run.spec),
                    state=run.state.value,
                    created_at=run.created_at,
                    finished_at=run.finished_at,
                    tuned=run.tuned,
                )
            )

    def change(
        self,
        run_id: str,
        *,
        state: RunState | None = None,
        finished_at: str | None = None,
        tuned: str | None = None,
    ) -> None:
        values = {"state": state, "finished_at": finished_at, "tuned": tuned}
        given = {name: value for name, value in values.items() if value is not None}
        with transaction(self.engine) as connection:
            connection.execute(update(runs).where(runs.c.id == run_id).values(given))

    def get(self, run_id: str) -> Run | None:
        with reading(self.engine) as connection:
            row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
        return _run(row) if row else None

    def all(self) -> tuple[Run, ...]:
        """Newest first."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(runs).order_by(runs.c.created_at.desc(), runs.c.id)
            ).all()
        return tuple(_run(row) for row in rows)

    def find(self, beginning: str) -> Run:
        """The run whose id is or begins with `beginning`; the newest for an empty one.

        Raises UsageError, naming the runs there are, when none or several match.
        """
        known = self.all()
        exact = [run for run in known if run.id == beginning]
        matching = exact or [run for run in known if run.id.startswith(beginning)]
        if not beginning:
            matching = matching[:1]
        if len(matching) == 1:
            return matching[0]
        names = ", ".join(run.id for run in (matching or known)[:5])
        raise UsageError(
            f"{len(matching) or 'no'} runs begin with {beginning!r}" if known else "no run yet",
            hint=f"runs here: {names}" if known else "start one with: xiangsheng demo",
            code="unknown_run",
        )


def _run(row: Row[tuple[str, str, str, str, str, str]]) -> Run:
    try:
        spec = decode(RunSpec, row.spec)
    except ValueError as error:
        raise StoreError(
            f"what the database says of the run {row.id} cannot be read",
            hint="it was written by another version, or changed by hand; use that version",
        ) from error
    return Run(
        id=row.id,
        spec=spec,
        state=RunState(row.state),
        created_at=row.created_at,
        finished_at=row.finished_at,
        tuned=row.tuned,
    )
