"""A real PostgreSQL for the tests: a cluster of their own, on this machine, which goes with them."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from support import free_port, missing

ADMIN = "postgres"
PASSWORD = "what:only/the@tests%know"
PATIENCE_S = 60
NOT_DURABLE = ("fsync=off", "full_page_writes=off", "max_connections=200")
"""Its data outlives no test; the code under test asks for `synchronous_commit` as ever."""


@dataclass
class Cluster:
    """Local connections are trusted; those by TCP need the password."""

    binaries: Path
    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None
    _numbers: Iterator[int] = field(default_factory=count)

    def start(self) -> None:
        options = (
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            f"unix_socket_directories={self.folder}",
            *NOT_DURABLE,
        )
        flags = [part for option in options for part in ("-c", option)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.folder / "data", *flags],
                stdout=log,
                stderr=log,
                **_not_root(),
            )
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            told = (self.folder / "log").read_text(errors="replace")
            assert self.process.poll() is None, told
            assert time.monotonic() < deadline, told
            time.sleep(0.02)

    def stop(self) -> None:
        """At once, as when the power goes; all that was committed is there at the next start."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(PATIENCE_S)
            self.process = None

    def new_database(self, options: str = "") -> str:
        """The URL of an empty one."""
        name = f"home_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} {options}")
        return self.url(name)

    @contextmanager
    def for_a_home(self) -> Iterator[dict[str, str]]:
        """The environment of a home that keeps its tables in a database of their own."""
        address = self.new_database()
        yield {"XIANGSHENG_DATABASE": address}
        self.drop(address)

    def drop(self, url: str) -> None:
        name = url.partition("?")[0].rpartition("/")[2]
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{ADMIN}@/{database}?host={self.folder}&port={self.port}"

    def by_password(self, url: str, password: str, user: str = ADMIN) -> str:
        """The same database by TCP."""
        name = url.partition("?")[0].rpartition("/")[2]
        return f"postgresql+psycopg://{user}:{password}@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str, database: str = "postgres") -> Sequence[tuple[object, ...]]:
        place = {"host": str(self.folder), "port": self.port, "user": ADMIN}
        with psycopg.connect(dbname=database, autocommit=True, **place) as connection:  # type: ignore[arg-type]
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else ()

    def _answers(self) -> bool:
        try:
            return bool(self.execute("SELECT 1"))
        except psycopg.OperationalError:
            return False


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Skips, loudly, where there is no PostgreSQL to run."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="xs-pg-"))  # short: a socket's path holds 107 bytes
    try:
        (folder / "password").write_text(PASSWORD + "\n")
        for path in (folder, folder / "password"):
            _give_away(path)
        options = ("--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8")
        places = ("--pgdata", folder / "data", "--pwfile", folder / "password")
        done = subprocess.run(
            [binaries / "initdb", *places, "-U", ADMIN, "-N", *options, *_collation(binaries)],
            capture_output=True,
            check=False,
            cwd=folder,
            **_not_root(),
        )
        assert done.returncode == 0, done.stderr
        cluster = Cluster(binaries, folder, free_port())
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    """The newest of Debian's, or what is on the PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    found = str(debian[-1]) if debian else shutil.which("initdb")
    if not found:
        missing("PostgreSQL", "no initdb; install Debian's package postgresql")
    return Path(str(found)).parent


def _version(initdb: Path) -> int:
    number = initdb.parts[-3]
    return int(number) if number.isdigit() else 0


def _collation(binaries: Path) -> tuple[str, ...]:
    """That of Chinese dictionaries, where the server can: nothing may depend on the server's own."""
    said = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    major = re.search(r"\d+", said)
    assert major, said
    icu = ("--locale-provider=icu", "--icu-locale=zh") if int(major[0]) >= 15 else ()
    return ("--locale=C", *icu)


def _not_root() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as the user its package made."""
    if os.geteuid():
        return {}
    user = _user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _user() -> pwd.struct_passwd:
    for name in (ADMIN, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("this system has no user but root")


def _give_away(path: Path) -> None:
    if not os.geteuid():
        user = _user()
        os.chown(path, user.pw_uid, user.pw_gid)
