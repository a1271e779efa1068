"""Files over the wire: their names, their limits, their lists."""

import asyncio
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from jobs import TURNS, rows
from served import KEY, Server, good
from xiangsheng.core.clock import SYSTEM_CLOCK
from xiangsheng.server.app import ENVELOPE, make_app
from xiangsheng.server.state import Limits, State
from xiangsheng.store.workspace import open_workspace
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
    limits = Limits(upload=1000)
    with open_workspace(tmp_path, {}) as workspace:
        serving = Serving(workspace, SYSTEM_CLOCK, most_open=1, journal=False)
        jobs = HomeJobs(workspace, SYSTEM_CLOCK)
        digest = sha256(KEY.encode()).digest()
        app = make_app(State(serving, jobs, digest, SYSTEM_CLOCK, lambda: 7, limits))

        async def ask() -> None:
            transport = httpx.ASGITransport(app)
            headers = {"authorization": f"Bearer {KEY}"}
            async with httpx.AsyncClient(
                transport=transport, base_url="http://test/v1", headers=headers
            ) as client:
                for size in (1001, ENVELOPE + 2000):
                    files = {"file": ("big.jsonl", b"x" * size)}
                    told = await client.post("/files", files=files, data={"purpose": "fine-tune"})
                    assert told.status_code == 413, told.text
                    assert told.json()["error"]["code"] == "request_too_large"
                assert (await client.get("/files")).json()["data"] == []

        asyncio.run(ask())
        assert not list(workspace.home.files.iterdir())
