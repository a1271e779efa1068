"""kill -9 of a server: whatever it acknowledged is there for the next one, and half of nothing is."""

import json
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event

import httpx
import pytest

from jobs import rows
from served import KEY, LONG, NEVER_ENDS, Server, good, make_home, rows_of, serving, until
from xiangsheng.store.workspace import open_workspace

LONG_ONE = {"model": "babbage", "prompt": "0:", "max_tokens": LONG - 2, "logit_bias": NEVER_ENDS}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path)


def killed(server: Server) -> None:
    server.process.kill()
    server.process.wait()


def half_sent(server: Server) -> socket.socket:
    """An upload whose client has sent a part of it, and waits."""
    url = httpx.URL(server.url)
    assert url.port
    connection = socket.create_connection((url.host, url.port))
    head = (
        f"POST /v1/files HTTP/1.1\r\nHost: {url.host}\r\nAuthorization: Bearer {KEY}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="half.jsonl"\r\n\r\n'
    )
    connection.sendall(head.encode() + b"x" * (2 << 20))
    return connection


def test_during_uploads_every_file_told_of_is_whole_and_no_other_is_listed(home: Path) -> None:
    kept, enough = dict[str, str](), Event()

    def upload(server: Server, number: int) -> None:
        while not server.process.poll():
            content = rows() * (1 + len(kept) % 50)
            try:
                kept[server.upload(content, f"{number}.jsonl")["id"]] = content
            except httpx.HTTPError:
                return
            if len(kept) > 20:
                enough.set()

    with serving(home) as server, ThreadPoolExecutor(4) as pool, half_sent(server):
        uploads = [pool.submit(upload, server, number) for number in range(4)]
        assert enough.wait(60)
        killed(server)
        for one in uploads:
            one.result(60)
    with serving(home) as server:
        listed = {file["id"]: file for file in good(server.http.get("/files"))["data"]}
        assert kept.keys() <= listed.keys()
        assert len(listed) <= len(kept) + 4  # written, and the answer did not get out
        assert "half.jsonl" not in {file["filename"] for file in listed.values()}
        for file in listed:
            content = server.http.get(f"/files/{file}/content")
            assert content.status_code == 200
            assert content.text == kept.get(file, content.text)
            assert server.upload(content.text)["status"] == "processed"


def test_during_a_stream_the_client_hears_that_it_broke_off_and_may_ask_again(home: Path) -> None:
    asked = {**LONG_ONE, "stream": True, "seed": 7}
    pieces = list[str]()

    def listen(server: Server) -> None:
        with server.http.stream("POST", "/completions", json=asked) as answer:
            for line in filter(None, answer.iter_lines()):
                event = json.loads(line.removeprefix("data: "))
                pieces.append(event["choices"][0]["text"])
                if len(pieces) == 10:
                    server.process.kill()

    with serving(home) as server, pytest.raises(httpx.HTTPError):
        listen(server)
    with serving(home) as server:
        again = server.complete(**{**asked, "stream": False, "max_tokens": 2000})
    assert again["choices"][0]["text"].startswith("".join(pieces[:100]))


def test_during_completions_what_was_told_is_journalled_and_what_was_not_is_no_answer(
    home: Path,
) -> None:
    with serving(home) as server, ThreadPoolExecutor(1) as pool:
        server.complete(model="babbage", prompt="0:")
        late = pool.submit(server.post, "/completions", **LONG_ONE)
        under_way = until(lambda: journalled(home, answered=False))
        killed(server)
        with pytest.raises(httpx.HTTPError):
            late.result(60)
    (identity,) = under_way
    with open_workspace(home, {"XIANGSHENG_HOME": str(home)}) as workspace:
        ((request, outcome),) = workspace.served.read(identity)
    assert (request.prompt.text, outcome) == ("0:", None)


def journalled(home: Path, *, answered: bool) -> list[str]:
    """Ids of the requests with, or without, an answer."""
    found = rows_of(
        home,
        "SELECT id FROM served_requests LEFT JOIN served_outcomes USING (id, place) "
        f"WHERE served_outcomes.kind IS {'NOT' if answered else ''} NULL",
    )
    return [identity for (identity,) in found]


@pytest.mark.parametrize("worker", ["its worker lives", "its worker dies"])
def test_a_job_that_was_made_is_done_once_whatever_becomes_of_its_servers(
    home: Path, worker: str
) -> None:
    with serving(home) as first, serving(home) as second:
        file = first.upload(rows())["id"]
        asked = {"training_file": file, "model": "ada", "n_epochs": 8}
        with ThreadPoolExecutor(8) as pool:
            ask = partial(make_job, **asked)
            made = list(pool.map(ask, (first, second) * 4))
        (job,) = set(made)
        until(lambda: "Completed epoch 1/8" in told(second, job))
        killed(first)
        killed(second)
        if worker == "its worker dies":
            os.kill(int((home / "jobs" / "worker-cpu.pid").read_text()), signal.SIGKILL)
    with serving(home) as third:
        done = third.ended(job)
        assert done["status"] == "succeeded"
        said = told(third, job)
        assert said.count("Fine-tune started") == said.count("Fine-tune succeeded") == 1
        assert [text for text in said if text.startswith("Completed epoch")] == [
            f"Completed epoch {epoch}/8" for epoch in range(1, 9)
        ]
        assert len(good(third.http.get("/fine-tunes"))["data"]) == 1
        models = [one["id"] for one in good(third.http.get("/models"))["data"]]
        assert models.count(done["fine_tuned_model"]) == 1


def make_job(server: Server, **asked: object) -> str:
    return str(good(server.post("/fine-tunes", **asked))["id"])


def told(server: Server, job: str) -> list[str]:
    return [event["message"] for event in good(server.http.get(f"/fine-tunes/{job}"))["events"]]
