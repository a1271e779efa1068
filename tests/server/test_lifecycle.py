"""Starting, being full, being late, and stopping: what is in flight is finished."""

import io
import json
import signal
import socket
import stat
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from jobs import rows
from served import (
    JOB_PATIENCE_S,
    KEY,
    LONG,
    NEVER_ENDS,
    PATIENCE_S,
    Server,
    events,
    make_home,
    serving,
    start,
    until,
)
from xiangsheng.core.clock import SYSTEM_CLOCK
from xiangsheng.core.job import JobRequest, JobState
from xiangsheng.store.workspace import open_workspace
from xiangsheng.verbs.home_jobs import HomeJobs
from xiangsheng.verbs.stored_files import FINE_TUNE, upload

LONG_ONE = {"model": "babbage", "prompt": "0:", "max_tokens": LONG - 2, "logit_bias": NEVER_ENDS}


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return make_home(tmp_path)


def test_a_key_is_drawn_at_the_first_start_and_shown_once(fresh: Path, tmp_path: Path) -> None:
    settings = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XIANGSHENG_API_KEY": ""}
    with serving(fresh, **settings) as server:
        key = server.ready["api_key"]
        assert key.startswith("sk-xs-")
        assert server.http.get("/models").status_code == 200
    kept = tmp_path / "config" / "xiangsheng" / "server-key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert key not in kept.read_text()
    with serving(fresh, **settings) as again:
        assert "api_key" not in again.ready
        again.http.headers["authorization"] = f"Bearer {key}"
        assert again.http.get("/models").status_code == 200
    with serving(fresh, "--new-key", **settings) as other:
        assert other.ready["api_key"] != key
        assert other.http.get("/models").status_code == 200
        old = other.http.get("/models", headers={"authorization": f"Bearer {key}"})
        assert old.status_code == 401


def test_a_person_is_told_the_key_and_the_place_on_stderr(fresh: Path, tmp_path: Path) -> None:
    process = start(fresh, XDG_CONFIG_HOME=str(tmp_path / "config"))
    assert process.stderr is not None
    said = [process.stderr.readline(), process.stderr.readline()]
    process.terminate()
    out, _ = process.communicate(timeout=PATIENCE_S)
    assert out == ""
    assert said[0].startswith("The key of this server, shown this once: sk-xs-")
    assert said[1].startswith("Serving at http://127.0.0.1:")


def test_a_port_that_is_taken_is_named(fresh: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        process = start(fresh, "--port", str(port), XIANGSHENG_API_KEY=KEY)
        out, said = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out) == (2, "")
    assert f"127.0.0.1:{port} cannot be listened on: Address already in use" in said
    assert "--port 0" in said


def streaming(server: Server, act: Callable[[], object]) -> str:
    """A long stream to its end, during which something is done."""
    body = {**LONG_ONE, "stream": True}
    with server.http.stream("POST", "/completions", json=body) as answer:
        lines = answer.iter_lines()
        first = [next(lines), next(lines)]
        act()
        found = events(iter([*first, *lines]))
    assert found[-1]["choices"][0]["finish_reason"] == "length"
    return "".join(piece["choices"][0]["text"] for piece in found)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_stop_finishes_what_is_in_flight(fresh: Path, number: int, code: int) -> None:
    with serving(fresh) as server:
        assert streaming(server, lambda: server.process.send_signal(number))
        ended, said = server.end()
        assert ended == code
        assert "finishing what is in flight" in said
        assert "Traceback" not in said
        assert "Error" not in said


def test_a_server_that_is_idle_stops_at_once(fresh: Path) -> None:
    began = time.monotonic()
    with serving(fresh) as server:
        starting = time.monotonic() - began
        server.complete(prompt="0:")  # whose connection stays open
        began = time.monotonic()
        code, said = server.stop()
        assert (code, "Traceback" in said) == (0, False)
        assert time.monotonic() - began < max(5, 2 * starting)  # it waited for nobody


def test_a_second_signal_ends_it_at_once(fresh: Path) -> None:
    with serving(fresh) as server:
        with server.http.stream(
            "POST", "/completions", json={**LONG_ONE, "stream": True}
        ) as answer:
            lines = answer.iter_lines()  # kept: its end would be the client's
            next(lines)
            server.process.send_signal(signal.SIGINT)
            until(lambda: "finishing what is in flight" in server.said())  # two at once are one
            code, _ = server.stop(signal.SIGINT)
        assert code == 130


def test_what_takes_too_long_is_given_up(fresh: Path) -> None:
    with serving(fresh, "--timeout", "3", "--queue", "1") as server:
        server.complete(model="babbage", prompt="0:")
        late = server.post("/completions", **LONG_ONE)
        assert late.status_code == 504
        assert late.headers["x-should-retry"] == "false"
        assert late.json()["error"]["code"] == "timeout"
        with server.http.stream(
            "POST", "/completions", json={**LONG_ONE, "stream": True}
        ) as answer:
            last = [line for line in answer.iter_lines() if line][-1]
        assert json.loads(last.removeprefix("data: "))["error"]["code"] == "timeout"
        assert server.complete(prompt="0:")


def test_many_clients_are_answered_together(live: Server) -> None:
    def ask(seed: int) -> str:
        reply = live.complete(prompt=f"0: {seed}", seed=seed, max_tokens=40, logit_bias=NEVER_ENDS)
        return str(reply["choices"][0]["text"])

    with ThreadPoolExecutor(32) as pool:
        together = list(pool.map(ask, range(64)))
    assert together[::9] == [ask(seed) for seed in range(0, 64, 9)]


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, tables: dict[str, str]) -> None:
    fresh, told = make_home(tmp_path, tables), list[str]()

    def ask(server: Server, seed: int) -> None:
        with suppress(httpx.HTTPError):
            while True:
                reply = server.complete(prompt=f"0: {seed}", seed=seed, max_tokens=3)
                told.append(f"{reply['id']} {reply['choices'][0]['text']}")

    with serving(fresh) as server, ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask, server, seed) for seed in range(8)]
        until(lambda: len(told) > 100)
        server.process.kill()
        for one in asking:
            one.result(PATIENCE_S)
    with open_workspace(fresh, {"XIANGSHENG_HOME": str(fresh)}) as workspace:
        for acknowledged in told:
            identity, _, text = acknowledged.partition(" ")
            ((_, outcome),) = workspace.served.read(identity)
            assert outcome is not None
            assert outcome.completions[0].text == text


def test_two_servers_may_serve_one_home(live: Server, home: Path) -> None:
    with serving(home) as other:
        asked = {"prompt": "0: 两个", "seed": 5, "max_tokens": 30}
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: (live, other)[n % 2].complete(**asked), range(16)))
    assert len({answer["choices"][0]["text"] for answer in answers}) == 1
    assert len({answer["id"] for answer in answers}) == 16


def test_a_queue_that_was_left_is_done_though_nobody_asks_after_it(fresh: Path) -> None:
    def state() -> JobState:
        with open_workspace(fresh, {}) as workspace:
            return HomeJobs(workspace, SYSTEM_CLOCK).get(job.id).state

    with open_workspace(fresh, {}) as workspace:
        file = upload("a.jsonl", FINE_TUNE, io.BytesIO(rows().encode()), workspace, SYSTEM_CLOCK)
        left = HomeJobs(workspace, SYSTEM_CLOCK, start=lambda _home: None)
        job = left.create(JobRequest(file.id, "local:ada"))
    assert state() is JobState.QUEUED
    with serving(fresh):
        until(lambda: state() is JobState.SUCCEEDED, JOB_PATIENCE_S)
