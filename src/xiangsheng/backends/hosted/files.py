"""Files of a service, named by their content: what was sent once is found again, and not sent twice."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from xiangsheng.backends.hosted.failures import RefusedError, explained
from xiangsheng.backends.hosted.http import Http, Json
from xiangsheng.backends.hosted.wire import data_of
from xiangsheng.core.errors import UsageError
from xiangsheng.core.stored_file import last_part

PURPOSE = "fine-tune"
PAGE = 1000


def mark(content: bytes) -> str:
    """What a file's name says of its content."""
    return sha256(content).hexdigest()[:16]


def marked_name(name: str, content: bytes) -> str:
    """`data.jsonl` as `data-0123456789abcdef.jsonl`."""
    path = PurePath(last_part(name))
    return f"{path.stem}-{mark(content)}{path.suffix}"


@dataclass(frozen=True, slots=True)
class HostedFiles:
    http: Http

    def upload(self, name: str, content: bytes, *, again: bool = False) -> tuple[str, bool]:
        """The id of a file of this content, and whether it is new there.

        Unless `again`, one that has it already is found; and so is one whose sending was not answered.
        """
        called = marked_name(name, content)
        with explained(self.http.service):
            before = self._alike(called, len(content))
            if before and not again:
                return str(before[0]["id"]), False
            known = {str(file["id"]) for file in before}

            def found() -> Json | None:
                new = (f for f in self._alike(called, len(content)) if str(f["id"]) not in known)
                return next(new, None)

            # The order in which the clients of 2022 send them.
            sent = {"file": (called, content, "application/octet-stream")}
            made = self.http.post("/files", found, files=sent, data={"purpose": PURPOSE})
            return str(made["id"]), True

    def keep(self, name: str, purpose: str, content: bytes) -> Json:
        """The file as the service tells of it, under its own name; sent once more it is there twice."""
        sent = {"file": (last_part(name), content, "application/octet-stream")}
        with explained(self.http.service):
            return self.http.post("/files", files=sent, data={"purpose": purpose})

    def mark(self, file: str) -> str:
        """The mark of a file that has one, else its id. Raises UsageError (`no_file`)."""
        with explained(self.http.service, "files"):
            try:
                found = self.http.get(f"/files/{quote(file, safe='')}")
            except RefusedError as refused:
                if refused.status != 404 or not refused.enveloped:
                    raise
                raise UsageError(
                    f"{self.http.service.name} has no file {file}",
                    hint="list those there are: xiangsheng api --base-url "
                    f"{self.http.service.typed} files.list",
                    code="no_file",
                ) from refused
        stem = PurePath(str(found.get("filename") or "")).stem
        marked = stem.rpartition("-")[2]
        is_mark = len(marked) == len(mark(b"")) and not marked.strip("0123456789abcdef")
        return marked if is_mark else file

    def content(self, file: str) -> bytes:
        with explained(self.http.service):
            return self.http.raw(f"/files/{quote(file, safe='')}/content")

    def delete(self, file: str) -> None:
        with explained(self.http.service):
            self.http.remove(f"/files/{quote(file, safe='')}")

    def _alike(self, name: str, size: int) -> list[dict[str, Any]]:
        """The newest of the service's files of this name and size that are not broken."""
        params = {"purpose": PURPOSE, "limit": PAGE}
        return [
            file
            for file in data_of(self.http.get("/files", params))
            if file.get("filename") == name
            and file.get("bytes") == size
            and file.get("status") not in {"error", "deleted"}
            and file.get("id")
        ]
