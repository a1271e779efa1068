"""Servers whose home has its tables in PostgreSQL."""

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from batches import awaited, batch_of, ended, lines
from jobs import rows
from postgres import PASSWORD, Cluster
from served import NEVER_ENDS, good, make_home, serving, until
from xiangsheng.store.workspace import open_workspace


@pytest.fixture
def address(cluster: Cluster) -> Iterator[str]:
    made = cluster.new_database()
    yield made
    cluster.drop(made)


@pytest.fixture
def home(tmp_path: Path, address: str) -> Path:
    return make_home(tmp_path, {"XIANGSHENG_DATABASE": address})


def test_two_servers_share_what_they_are_told_and_no_job_is_done_twice(home: Path) -> None:
    with serving(home) as one, serving(home) as two, ThreadPoolExecutor(8) as pool:
        both = (one, two)
        answers = pool.map(
            lambda n: both[n % 2].complete(prompt="0:", seed=n, max_tokens=9), range(16)
        )
        told = {answer["id"]: answer["choices"][0]["text"] for answer in answers}
        file = one.upload(rows())

        def create(number: int) -> dict[str, object]:
            asked = {"training_file": file["id"], "model": "ada", "n_epochs": number + 1}
            return good(both[number % 2].post("/fine-tunes", **asked))

        jobs = [str(job["id"]) for job in pool.map(create, range(4))]
        ended = [two.ended(job) for job in jobs]
    assert len(told) == 16
    assert len(set(jobs)) == 4
    for job in ended:
        said = [event["message"] for event in job["events"]]
        assert job["status"] == "succeeded", said
        assert said.count("Fine-tune started") == said.count("Fine-tune succeeded") == 1
    with open_workspace(home, {"XIANGSHENG_HOME": str(home)}) as workspace:
        for identity, text in told.items():
            ((_, outcome),) = workspace.served.read(identity)
            assert outcome
            assert outcome.completions[0].text == text


def test_a_server_bears_with_a_database_that_is_away_for_a_while(
    home: Path, address: str, cluster: Cluster
) -> None:
    with serving(home, XIANGSHENG_DATABASE=address) as server:
        before = server.complete(prompt="0:", seed=1, max_tokens=5)
        cluster.stop()
        try:
            away = server.http.get("/files")
            unwritten = server.post("/completions", model="ada", prompt="0:", max_tokens=5)
        finally:
            cluster.start()
        assert away.status_code == 503
        assert away.json()["error"]["code"] == "database_unreachable"
        assert unwritten.status_code >= 500
        assert good(server.http.get("/files"))["data"] == []
        after = server.complete(prompt="0:", seed=1, max_tokens=5)
        assert after["choices"] == before["choices"]


def test_a_batch_waits_for_a_database_that_is_away_and_none_of_its_requests_fails(
    home: Path, address: str, cluster: Cluster
) -> None:
    name = address.partition("?")[0].rpartition("/")[2]
    with serving(home) as server:
        made = batch_of(server, lines(600, max_tokens=30, logit_bias=NEVER_ENDS))
        awaited(server, made, lambda seen: seen["request_counts"]["completed"] > 0)
        server.process.send_signal(signal.SIGSTOP)  # it gets no further until the database is away
        try:
            ((answered,),) = cluster.execute("SELECT count(*) FROM batch_answers", name)
            states = cluster.execute("SELECT state FROM batches", name)
            cluster.stop()
        finally:
            server.process.send_signal(signal.SIGCONT)
        time.sleep(0.5)
        cluster.start()
        done = ended(server, made)
    assert states == [("in_progress",)]
    assert isinstance(answered, int)
    assert 0 < answered < 600
    assert done["request_counts"] == {"total": 600, "completed": 600, "failed": 0}


def command_lines(home: Path) -> list[bytes]:
    """Of the processes that were given this home; any other may end while it is looked at."""
    given, found = f"XIANGSHENG_HOME={home}\0".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if given in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes())
    return found


def working(lines: list[bytes]) -> bool:
    return any(b"ft\0work" in line for line in lines)


def test_no_password_is_said_or_kept(tmp_path: Path, address: str, cluster: Cluster) -> None:
    """Not in what the server and its worker say, not on their command lines, not in the home."""
    quoted = PASSWORD.replace("/", "%2F").replace("@", "%40").replace(":", "%3A")
    given = {"XIANGSHENG_DATABASE": cluster.by_password(address, quoted)}
    home = make_home(tmp_path, given)
    with serving(home, **given) as server:
        file = server.upload(rows())
        job = good(server.post("/fine-tunes", training_file=file["id"], model="ada", n_epochs=1))
        lines = until(lambda: seen if working(seen := command_lines(home)) else None)
        ended = server.ended(job["id"])
        cluster.stop()
        refused = server.http.get("/fine-tunes")
        cluster.start()
        _, said = server.stop()
    kept = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert ended["status"] == "succeeded"
    assert any(b"serve" in line for line in lines)
    for text in (*lines, *kept, said.encode(), refused.content, str(server.ready).encode()):
        assert quoted.encode() not in text
        assert PASSWORD.encode() not in text
