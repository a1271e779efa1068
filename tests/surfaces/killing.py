"""A study that is killed, resumed, and compared with one that was not."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STUDY = ("run", "exp2", "-m", "ngram:5", "--set", "sampling.n=4", "--set", "sampling.max_tokens=96")
PATIENCE_S = 120


@dataclass
class Home:
    """One home, with its tables at `address` or else in it, and the journal as last looked at."""

    folder: Path
    study: tuple[str, ...] = STUDY
    address: str = ""
    answered: dict[str, str] = field(default_factory=dict)

    @property
    def completions(self) -> Path | None:
        return next(self.folder.glob("runs/*/completions.jsonl"), None)

    def begun(self) -> str | None:
        """The run's id, once the database lists it."""
        rows = self.rows("SELECT id FROM runs")
        return rows[0][0] if rows else None

    def look(self) -> None:
        """No answer may ever change or go, and no answered key may be asked again."""
        found = {row[0]: row[1] for row in self.rows("SELECT key, body FROM outcomes")}
        assert self.answered.items() <= found.items()
        again = self.rows(
            "SELECT i.item FROM intents i JOIN outcomes o ON o.run = i.run AND o.key = i.key "
            "AND i.attempt > o.attempt"
        )
        assert not again, "an answered request was asked again"
        assert len(self.rows("SELECT name FROM models")) <= 1, "a model was made twice"
        self.answered = found

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        if self.address:
            return _rows_of_postgres(self.address, query)
        database = self.folder / "xiangsheng.db"
        if not database.is_file():
            return []
        with closing(sqlite3.connect(database, timeout=30)) as connection:
            try:
                return connection.execute(query).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise

    def start(self, output: Path) -> subprocess.Popen[bytes]:
        begun = self.begun()
        arguments = ("resume", begun) if begun else self.study
        with output.open("ab") as stream:
            return subprocess.Popen(
                [sys.executable, "-m", "xiangsheng.cli.main", *arguments],
                env=os.environ
                | {"XIANGSHENG_HOME": str(self.folder), "XIANGSHENG_DATABASE": self.address},
                stdout=stream,
                stderr=stream,
                cwd=output.parent,
            )


def _rows_of_postgres(address: str, query: str) -> Sequence[tuple[Any, ...]]:
    import psycopg

    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        try:
            return connection.execute(query.encode()).fetchall()
        except psycopg.errors.UndefinedTable:
            return []


def finish(home: Home, output: Path) -> tuple[bytes, float]:
    """Lets the study go on to its end; the completions, and how long that took.

    Ends as soon as they are written: the report that follows is not what is tested here.
    """
    started = time.monotonic()
    process = home.start(output)
    while home.completions is None and time.monotonic() - started < PATIENCE_S:
        if process.poll() not in (None, 0):
            break
        time.sleep(0.005)
    seconds = time.monotonic() - started
    _kill(process)
    assert home.completions is not None, output.read_text()
    home.look()
    return home.completions.read_bytes(), seconds


def kill_after(home: Home, seconds: float, output: Path) -> None:
    """Starts or resumes the study and kills it with SIGKILL at that moment."""
    process = home.start(output)
    time.sleep(seconds)
    _kill(process)
    home.look()


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def torture(
    folder: Path,
    kills: int,
    seed: int,
    *,
    kills_per_run: int = 5,
    study: tuple[str, ...] = STUDY,
    address: Callable[[], str] = str,
) -> None:
    """Kills at `kills` random moments; every run ends with the uninterrupted run's bytes."""
    chance, output = random.Random(seed), folder / "output.txt"
    expected, seconds = finish(Home(folder / "reference", study, address()), output)
    for number in range(0, kills, kills_per_run):
        home = Home(folder / f"home-{number}", study, address())
        for _ in range(min(kills_per_run, kills - number)):
            kill_after(home, chance.uniform(0, 1.1 * seconds), output)
        completions, _ = finish(home, output)
        assert completions == expected
