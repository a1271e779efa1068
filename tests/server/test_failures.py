"""What goes wrong inside is an error of the API, and what waits is kept alive."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import pytest

from puppets import Puppet, Served, said
from served import KEY
from xiangsheng.core.clock import SYSTEM_CLOCK
from xiangsheng.core.errors import BusyError, DiskFullError, MemoryShortError
from xiangsheng.core.generation import (
    Chunk,
    Failure,
    Outcome,
    OutcomeKind,
    Prompt,
    Request,
    Sampling,
)
from xiangsheng.core.ports import Desk, Reply
from xiangsheng.server import exchange
from xiangsheng.server.app import make_app
from xiangsheng.server.errors import ApiError
from xiangsheng.server.state import Limits, State
from xiangsheng.store.served import ServedTable
from xiangsheng.store.workspace import Workspace, open_workspace
from xiangsheng.verbs.home_jobs import HomeJobs
from xiangsheng.verbs.served_models import Listed
from xiangsheng.verbs.serving import Question


def fails(request: Request, reply: Reply) -> None:
    reply(Chunk(request.item, 0, "半"))
    failure = Failure(OutcomeKind.ERROR, "the model could not go on: a wheel came off", "engine")
    reply(Outcome(request.item, "ngram:5", failure=failure))


def breaks(_request: Request, _reply: Reply) -> None:
    raise RuntimeError("a bug")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(tmp_path, {}) as opened:
        yield opened


def ask(workspace: Workspace, opening: Callable[[], Desk], **body: Any) -> httpx.Response:
    """One completion of an app of its own, in this process."""
    serving = Served(workspace, opening)
    jobs = HomeJobs(workspace, SYSTEM_CLOCK)
    state = State(serving, jobs, sha256(KEY.encode()).digest(), SYSTEM_CLOCK, lambda: 7, Limits())

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(make_app(state))
        headers = {"authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://test", headers=headers
        ) as client:
            answer = await client.post("/v1/completions", json={"model": "ngram:5", **body})
        assert state.crowd.rows == 0
        return answer

    try:
        return asyncio.run(asked())
    finally:
        serving.close()
        pool = serving._pool._opened.values()
        assert all(opened.users == 0 for opened in pool)


def error(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()["error"]
    return found


def test_a_model_that_breaks_is_a_server_error(workspace: Workspace) -> None:
    told = error(ask(workspace, lambda: Puppet(fails)), 500)
    assert told["type"] == "server_error"
    assert "a wheel came off" in told["message"]


def test_a_stream_that_breaks_says_so_and_ends(workspace: Workspace) -> None:
    answer = ask(workspace, lambda: Puppet(fails), stream=True)
    assert answer.status_code == 200
    events = answer.text.split("\n\n")
    assert '"text":"半"' in events[0] or '"error"' in events[0]
    assert '"error":{"message":"the model could not go on: a wheel came off"' in events[-2]
    assert "[DONE]" not in answer.text


def test_a_bug_is_a_server_error_with_its_id_in_the_log(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = ask(workspace, lambda: Puppet(breaks))
    told = error(answer, 500)
    identity = answer.headers["x-request-id"]
    assert identity in told["message"]
    assert "a bug" not in answer.text
    assert any(identity in record.getMessage() and record.exc_info for record in caplog.records)


def test_what_cannot_be_journalled_is_not_acknowledged(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskFullError("the disk is full")

    monkeypatch.setattr(ServedTable, "write", full)
    told = error(ask(workspace, lambda: Puppet(said)), 500)
    assert told["message"] == "the answer could not be journalled: the disk is full"
    assert told["code"] == "journal"


def test_models_that_cannot_be_opened_now(workspace: Workspace) -> None:
    def busy() -> Desk:
        raise BusyError("all 1 models that may be open at once are in use", hint="ask again")

    def short() -> Desk:
        raise MemoryShortError("there is no room", hint="choose a smaller one")

    answer = ask(workspace, busy)
    assert error(answer, 429)["code"] == "rate_limit_exceeded"
    assert answer.headers["retry-after"] == "1"
    assert error(ask(workspace, short), 503)["message"] == (
        "there is no room. Choose a smaller one."
    )


def test_a_stream_that_waits_is_kept_alive_by_bare_lines(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "KEEP_ALIVE_S", 0.05)

    def slowly(request: Request, reply: Reply) -> None:
        Timer(0.4, lambda: said(request, reply)).start()

    answer = ask(workspace, lambda: Puppet(slowly), stream=True)
    lines = answer.text.split("\n")
    assert lines[:3] == ["", "", ""]
    assert [line for line in lines if line][-1] == "data: [DONE]"


def test_an_answer_that_is_lost_is_given_up_in_time(workspace: Workspace) -> None:
    serving = Served(workspace, lambda: Puppet(lambda *_: None))
    limits = Limits(seconds=0.1)
    jobs = HomeJobs(workspace, SYSTEM_CLOCK)
    state = State(serving, jobs, b"", SYSTEM_CLOCK, lambda: 7, limits)
    model = Listed("ngram:5", "", "")

    async def wait() -> None:
        one = await exchange.begin(
            state, model.name, lambda _: Question("cmpl-1", "completions", [Prompt("")], Sampling())
        )

        async def receive() -> Any:
            await asyncio.sleep(60)

        one.listen(receive)
        try:
            with pytest.raises(ApiError) as caught:
                await one.outcomes()
        finally:
            one.close()
        assert caught.value.status_code == 504

    asyncio.run(wait())
    serving.close()
