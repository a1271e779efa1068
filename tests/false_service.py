"""A service with the job API, in this process, that does as badly as a test tells it to."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KEY = "sk-of-a-false-service"
Json = dict[str, Any]


@dataclass
class Fault:
    """What happens to the next `times` requests to this method and path.

    `cut` says after how many bytes of its answer the connection ends; the request is done before,
    unless it is `undone`. Else `status` and `body` are answered, and nothing is done.
    """

    method: str
    path: str
    times: int = 1
    cut: int | None = None
    undone: bool = False
    status: int = 500
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FalseService:
    """`asked` is every request that came, as method and path, and `bodies` what each held.

    `filters` says whether it looks for metadata, `forgets` whether jobs can be deleted.
    """

    faults: list[Fault] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    jobs: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    completion: Json = field(default_factory=dict)
    stream: bytes = b""
    filters: bool = True
    forgets: bool = False
    url: str = ""

    def count(self, asked: str) -> int:
        return self.asked.count(asked)

    def job(self, **changed: Any) -> Json:
        """A new job, the newest."""
        number = len(self.jobs) + 1
        made = {
            "object": "fine_tuning.job",
            "id": f"ftjob-{number:04x}",
            "created_at": 1_700_000_000 + number,
            "status": "queued",
            "model": "gpt-x",
            "training_file": "file-1",
            "hyperparameters": {"n_epochs": "auto"},
            **changed,
        }
        self.jobs.insert(0, made)
        return made

    def say(self, message: str, **changed: Any) -> None:
        """One more event of whichever job is asked for."""
        number = len(self.events) + 1
        self.events.insert(
            0,
            {
                "object": "fine_tuning.job.event",
                "id": f"ftevent-{number}",
                "created_at": 1_700_000_000 + number,
                "level": "info",
                "message": message,
                "type": "message",
                **changed,
            },
        )

    def step(self, step: int, total: int, loss: float) -> None:
        data = {"step": step, "total_steps": total, "train_loss": loss}
        self.say(f"Step {step}/{total}", type="metrics", data=data)

    def answer(  # noqa: PLR0911, PLR0912 a table
        self, method: str, path: str, query: dict[str, str], body: bytes
    ) -> Any:
        """What is answered; None is a 404."""
        match [method, *path.strip("/").split("/")[1:]]:
            case ["POST", "fine_tuning", "jobs"]:
                given = json.loads(body)
                return self.job(**{k: v for k, v in given.items() if k in _KEPT})
            case ["GET", "fine_tuning", "jobs"]:
                return _page(self._with_metadata(query), query)
            case ["GET", "fine_tuning", "jobs", job]:
                return self._job(job)
            case ["GET", "fine_tuning", "jobs", job, "events"]:
                return _page(self.events, query) if self._job(job) else None
            case ["POST", "fine_tuning", "jobs", job, "cancel"]:
                found = self._job(job)
                return found and _changed(found, status="cancelled")
            case ["DELETE", "fine-tunes", job] if self.forgets:
                found = self._job(job.replace("ft-", "ftjob-"))
                self.jobs = [one for one in self.jobs if one is not found]
                return found and {"id": job, "deleted": True}
            case ["POST", "files"]:
                return self._keep(body)
            case ["GET", "files"]:
                return _page(self.files, query)
            case ["GET", "files", file]:
                return next((one for one in self.files if one["id"] == file), None)
            case ["DELETE", "files", file]:
                self.files = [one for one in self.files if one["id"] != file]
                return {"id": file, "deleted": True}
            case ["GET", "files", file, "content"]:
                return self.contents.get(file)
            case ["GET", "models"]:
                return {"object": "list", "data": [{"id": "gpt-x", "owned_by": "false"}]}
            case ["GET", "models", model]:
                return {"id": model}
            case ["POST", "completions"]:
                return self.stream if json.loads(body).get("stream") else self.completion
            case ["POST", "chat", "completions"]:
                return self.completion
        return None

    def _job(self, name: str) -> Json | None:
        return next((job for job in self.jobs if job["id"] == name), None)

    def _with_metadata(self, query: dict[str, str]) -> list[Json]:
        wanted = {k[9:-1]: v for k, v in query.items() if k.startswith("metadata[")}
        return [
            job
            for job in self.jobs
            if not self.filters or wanted.items() <= (job.get("metadata") or {}).items()
        ]

    def _keep(self, body: bytes) -> Json:
        found = re.search(
            rb'filename="([^"]+)"\r\n[^\r]*\r\n(?:[^\r]+\r\n)*\r\n(.*?)\r\n--', body, re.DOTALL
        )
        assert found, body
        file = {
            "object": "file",
            "id": f"file-{len(self.files) + 1}",
            "filename": found[1].decode(),
            "bytes": len(found[2]),
            "purpose": "fine-tune",
            "status": "processed",
        }
        self.files.insert(0, file)
        return file


_KEPT = {"model", "training_file", "validation_file", "suffix", "seed", "method", "metadata"}


def _changed(found: Json, **changed: Any) -> Json:
    found.update(changed)
    return found


def _page(things: list[Json], query: dict[str, str]) -> Json:
    ids = [one["id"] for one in things]
    start = ids.index(query["after"]) + 1 if query.get("after") in ids else 0
    end = start + int(query.get("limit", 20))
    return {"object": "list", "data": things[start:end], "has_more": end < len(things)}


@contextmanager
def false_service(port: int = 0) -> Iterator[FalseService]:
    service = FalseService()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            path = unquote(parts.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked = f"{self.command} {path.removeprefix('/v1')}"
            service.asked.append(asked)
            service.bodies.append(body)
            fault = _taken(service.faults, asked)
            if self.headers.get("authorization") != f"Bearer {KEY}":
                self._send(
                    401, _error(f"Incorrect API key provided: {self._key()}", "invalid_api_key")
                )
            elif fault and (fault.cut is None or fault.undone):
                self._send(fault.status, fault.body, fault.headers, cut=fault.cut)
            else:
                self._send_found(service.answer(self.command, path, query, body), fault)

        def _send_found(self, found: Any, fault: Fault | None) -> None:
            cut = fault.cut if fault else None
            if found is None:
                self._send(404, _error("There is no such thing", "not_found"), cut=cut)
            else:
                self._send(200, found, cut=cut)

        def _send(
            self,
            status: int,
            body: Any,
            headers: dict[str, str] | None = None,
            cut: int | None = None,
        ) -> None:
            data = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
            if cut == 0:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[:cut])
            self.close_connection = cut is not None

        def _key(self) -> str:
            return (self.headers.get("authorization") or "").removeprefix("Bearer ")

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 named by the library

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        service.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()


def _taken(faults: list[Fault], asked: str) -> Fault | None:
    for fault in faults:
        if re.fullmatch(f"{fault.method} {fault.path}", asked):
            fault.times -= 1
            if not fault.times:
                faults.remove(fault)
            return fault
    return None


def _error(message: str, code: str | None = None, param: str | None = None) -> Json:
    kind = "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
