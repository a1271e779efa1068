"""Files over the wire: their names, their limits, their lists."""

import asyncio
import io
import tracemalloc
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message

from jobs import TURNS, rows
from served import KEY, Server, good
from xiangsheng.core.clock import SYSTEM_CLOCK
from xiangsheng.server.app import ENVELOPE, make_app
from xiangsheng.server.state import Limits, State
from xiangsheng.store.file_store import PIECE
from xiangsheng.store.workspace import Workspace, open_workspace
from xiangsheng.verbs.home_jobs import HomeJobs
from xiangsheng.verbs.serving import Serving


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/data/a b/训练.jsonl", "训练.jsonl"),
        ("../../etc/passwd", "passwd"),
        ("C:\\scripts\\one.jsonl", "one.jsonl"),
        ("..", "file"),
    ],
)
def test_a_name_is_its_last_part(live: Server, typed: str, kept: str) -> None:
    made = live.upload(rows(TURNS[:1]), typed)
    assert made["filename"] == kept
    content = live.http.get(f"/files/{made['id']}/content")
    assert content.text == rows(TURNS[:1])
    assert good(live.http.delete(f"/files/{made['id']}"))["deleted"] is True
    assert live.http.get(f"/files/{made['id']}/content").status_code == 404


def test_the_list_comes_in_pages(live: Server) -> None:
    made = {live.upload(rows(TURNS[:2]), f"{number}.jsonl")["id"] for number in range(5)}
    seen, after = list[str](), ""
    while True:
        reply = good(live.http.get("/files", params={"limit": 2, "after": after}))
        assert len(reply["data"]) <= 2
        seen += [file["id"] for file in reply["data"]]
        after = reply["last_id"]
        if not reply["has_more"]:
            break
    assert made <= set(seen)
    assert len(seen) == len(set(seen))
    assert good(live.http.get("/files", params={"purpose": "batch"}))["data"] == []
    assert live.http.get("/files", params={"after": "file-none"}).status_code == 404


@pytest.mark.parametrize(
    "path", ["%2Ftmp%2Fx%2Ftrain.jsonl", "%2Ftmp%2Fcontent", "a+b.jsonl", "..%2F..%2Fetc", "%00"]
)
def test_a_path_is_no_file_and_says_so_in_the_usual_shape(live: Server, path: str) -> None:
    answer = live.http.get(f"/files/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["message"].startswith("No such File object")


def test_what_is_no_upload_is_refused(live: Server) -> None:
    file = {"file": ("a.jsonl", rows().encode())}
    for answer in (
        live.http.post("/files", files=file),
        live.http.post("/files", files=file, data={"purpose": "answers"}),
        live.http.post("/files", data={"purpose": "fine-tune"}),
        live.http.post("/files", json={"purpose": "fine-tune"}),
        live.http.post("/files", content=b"--x", headers={"content-type": "multipart/form-data"}),
    ):
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]["type"] == "invalid_request_error"


def test_what_is_too_large_is_413_whether_its_size_is_told_or_not(tmp_path: Path) -> None:
    with open_workspace(tmp_path, {}) as workspace:

        async def ask() -> None:
            async with client_of(workspace, Limits(upload=1000)) as client:
                for size in (1001, ENVELOPE + 2000):
                    files = {"file": ("big.jsonl", b"x" * size)}
                    told = await client.post("/files", files=files, data={"purpose": "fine-tune"})
                    assert told.status_code == 413, told.text
                    assert told.json()["error"]["code"] == "request_too_large"
                assert (await client.get("/files")).json()["data"] == []

        asyncio.run(ask())
        assert not list(workspace.home.files.iterdir())


def app_of(workspace: Workspace, limits: Limits = Limits()) -> FastAPI:  # noqa: B008 frozen
    serving = Serving(workspace, SYSTEM_CLOCK, most_open=1, journal=False)
    jobs = HomeJobs(workspace, SYSTEM_CLOCK)
    digest = sha256(KEY.encode()).digest()
    return make_app(State(serving, jobs, digest, SYSTEM_CLOCK, lambda: 7, limits))


def client_of(workspace: Workspace, limits: Limits = Limits()) -> httpx.AsyncClient:  # noqa: B008 frozen
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app_of(workspace, limits)),
        base_url="http://test/v1",
        headers={"authorization": f"Bearer {KEY}"},
    )


def test_a_large_file_is_sent_in_pieces_of_which_a_few_are_in_memory(tmp_path: Path) -> None:
    size, digest, peak, lengths = 40 * PIECE + 5, sha256(), 0, list[int]()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200
            assert (b"content-length", str(size).encode()) in message["headers"]
        else:
            digest.update(message["body"])
            lengths.append(len(message["body"]))

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    with open_workspace(tmp_path, {}) as workspace:
        file = workspace.files.add("a", "batch", Zeros(size), new_id="file-1", now=1)
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/v1/files/file-1/content",
            "query_string": b"",
            "headers": [(b"authorization", f"Bearer {KEY}".encode())],
        }
        app = app_of(workspace)
        tracemalloc.start()
        try:
            asyncio.run(app(scope, receive, send))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (sum(lengths), digest.hexdigest()) == (size, file.sha256)
    assert max(lengths) <= PIECE
    assert peak < 10 * PIECE


class Zeros(io.BytesIO):
    """So many bytes, none of which are kept."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._left = size

    def read(self, size: int | None = -1) -> bytes:
        taken = min(size or 0, self._left)
        self._left -= taken
        return bytes(taken)


def test_a_damaged_file_is_an_error_before_its_first_byte(tmp_path: Path) -> None:
    with open_workspace(tmp_path, {}) as workspace:

        async def ask() -> None:
            async with client_of(workspace) as client:
                sent = {"file": ("a.jsonl", b"x" * (2 * PIECE))}
                made = await client.post("/files", files=sent, data={"purpose": "batch"})
                place = workspace.files.path(made.json()["id"])
                whole = await client.get(f"/files/{place.name}/content")
                assert whole.content == b"x" * (2 * PIECE)
                with place.open("ab") as stream:
                    stream.write(b"x")
                changed = await client.get(f"/files/{place.name}/content")
                place.unlink()
                for told in (changed, await client.get(f"/files/{place.name}/content")):
                    assert told.status_code == 500
                    assert told.json()["error"]["code"] == "file_damaged"

        asyncio.run(ask())
