"""A home with small models, and `xiangsheng serve` in a process of its own."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx

from jobs import NOTHING
from tiny_networks import ENDS, TOKENIZER, tiny
from xiangsheng.backends.local import folder as folders
from xiangsheng.core.model import BuiltBase, TunedModel
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.results import Tuning
from xiangsheng.store.workspace import Workspace, open_workspace

KEY = "sk-of-the-tests"
TUNED = "local:ada:ft-told-2026-01-02-03-04-05-0a1b2c3d"
CHAT = "local:ada:ft-chat-2026-01-02-03-04-06-0a1b2c3e"
PATIENCE_S = 60
JOB_PATIENCE_S = 180
"""For a job to end: its worker is nice, so on a busy machine it has what the others leave."""
NEVER_ENDS = {str(token): -100 for token in ENDS}
"""A bias under which an answer is as long as it may be."""
CONTEXT, LONG = 255, 8191
"""Tokens that `ada` and its children see, and that `babbage` does, which takes seconds to say so much."""


def make_home(folder: Path, environment: Mapping[str, str] = NOTHING) -> Path:
    """`ada` and `babbage`, a child of `ada` that takes text and one that takes messages."""
    with open_workspace(folder, environment) as workspace:
        for number, (name, context) in enumerate((("ada", CONTEXT + 1), ("babbage", LONG + 1)), 1):
            _base(workspace, f"local:{name}", number, context)
        _tuned(workspace, TUNED, 3, Rendering())
        _tuned(workspace, CHAT, 4, Rendering(Format.CHAT))
        return workspace.home.folder


def _base(workspace: Workspace, name: str, seed: int, context: int) -> None:
    digest = f"{seed:x}" * 64
    with workspace.bases.making(digest) as (files, _):
        folders.save(tiny(seed, context=context, loud=True), TOKENIZER, files, chats=False)
        made = Tuning(name, "", 1.0, 1)
        workspace.bases.keep(BuiltBase(name, digest, "noise", "2026-01-02T03:04:05Z", made), files)


def _tuned(workspace: Workspace, name: str, seed: int, rendering: Rendering) -> None:
    place = workspace.home.models / f".making-{seed}"
    with workspace.models.workspace(place) as files:
        network = tiny(seed, context=CONTEXT + 1, loud=True)
        folders.save(network, TOKENIZER, files, chats=rendering.format is Format.CHAT)
        model = TunedModel(name, "local:ada", f"{seed:x}" * 64, rendering)
        workspace.models.keep(model, files, "2026-01-02T03:04:05Z")


@dataclass
class Server:
    """`url` ends in /v1; `ready` is what it said of itself, and `log` where it says the rest."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    home: Path
    log: Path
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        key = self.ready.get("api_key", KEY)
        headers = {"authorization": f"Bearer {key}"}
        self.http = httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE_S)

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    def post(self, path: str, **body: object) -> httpx.Response:
        return self.http.post(path, json=body)

    def complete(self, **body: object) -> dict[str, Any]:
        """The completion of a request that is in order."""
        return good(self.post("/completions", **{"model": "ada", **body}))

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and what it said."""
        self.process.send_signal(number)
        return self.end()

    def end(self) -> tuple[int, str]:
        """The same, when it has ended."""
        return self.process.wait(PATIENCE_S), self.said()

    def said(self) -> str:
        """So far."""
        return self.log.read_text(encoding="utf-8")

    def upload(
        self, content: str, name: str = "data.jsonl", purpose: str = "fine-tune"
    ) -> dict[str, Any]:
        sent = {"file": (name, content.encode())}
        return good(self.http.post("/files", files=sent, data={"purpose": purpose}))

    def ended(self, job: str) -> dict[str, Any]:
        """A job of 2022, when it has ended."""

        def look() -> dict[str, Any] | None:
            found = good(self.http.get(f"/fine-tunes/{job}"))
            return None if found["status"] in {"pending", "running"} else found

        found: dict[str, Any] = until(look, JOB_PATIENCE_S)
        return found


def good(response: httpx.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def events(lines: Iterator[str]) -> list[dict[str, Any]]:
    """The events of a stream that ends as it must; what stands between them is nothing."""
    said = [line for line in lines if line]
    assert said[-1] == "data: [DONE]", said[-3:]
    return [json.loads(line.removeprefix("data: ")) for line in said[:-1]]


def start(
    home: Path, *options: str, log: int | IO[bytes] = subprocess.PIPE, **environment: str
) -> subprocess.Popen[str]:
    """`log` is where its standard error goes."""
    return subprocess.Popen(
        [sys.executable, "-m", "xiangsheng.cli.main", "serve", "--port", "0", *options],
        env={**os.environ, "XIANGSHENG_HOME": str(home), **environment},
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )


@contextmanager
def serving(home: Path, *options: str, **environment: str) -> Iterator[Server]:
    """A server that is ready; ended when the test is. Its log is a file: a pipe may fill up."""
    given = {"XIANGSHENG_API_KEY": KEY, "XIANGSHENG_WORKER_IDLE_S": "5", **environment}
    given = {name: value for name, value in given.items() if value}
    with tempfile.NamedTemporaryFile() as log:
        process = start(home, "--json", *options, log=log.file, **given)
        try:
            ready = _ready(process, Path(log.name))
            server = Server(process, ready, home, Path(log.name))
            with server.http:
                yield server
        finally:
            if process.poll() is None:
                process.terminate()
            process.communicate(timeout=PATIENCE_S)
            _end_worker(home)


def _ready(process: subprocess.Popen[str], log: Path) -> dict[str, Any]:
    """What it says of itself when it is."""
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if line == "}\n":
            found: dict[str, Any] = json.loads(told)
            return found
    process.wait(PATIENCE_S)
    raise AssertionError(f"no server: {told}{log.read_text(encoding='utf-8')}")


def _end_worker(home: Path) -> None:
    """The worker that the server started outlives it, and must not outlive the test."""
    with suppress(OSError, ValueError):
        number = int((home / "jobs" / "worker-cpu.pid").read_text())
        if b"ft\0work" in Path(f"/proc/{number}/cmdline").read_bytes():
            os.kill(number, signal.SIGTERM)


def rows_of(home: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    """Of a server's tables, which it may just be writing to."""
    with closing(sqlite3.connect(home / "xiangsheng.db", timeout=30)) as database:
        return database.execute(query, values).fetchall()


def until(what: Any, patience: float = PATIENCE_S) -> Any:
    """Waits until `what()` is true, and gives it.

    It rests three times as long as it took to look, so as not to keep a nice worker from working,
    and no longer than a quarter of a second, so as not to miss what passes.
    """
    deadline = time.monotonic() + patience
    while True:
        began = time.monotonic()
        if found := what():
            return found
        now = time.monotonic()
        assert now < deadline, "it never came true"
        time.sleep(min(max(0.02, 3 * (now - began)), 0.25))
