"""What goes wrong while a batch is answered: what can be asked again is, and nothing is told twice."""

import asyncio
import io
import json
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from random import getrandbits
from typing import Any

import pytest

from batches import line, lines
from puppets import Puppet, Served, said
from served import KEY
from xiangsheng.core.batch import Batch, BatchRequest, BatchState
from xiangsheng.core.clock import SYSTEM_CLOCK
from xiangsheng.core.errors import DiskFullError
from xiangsheng.core.generation import Request
from xiangsheng.core.ports import Desk, Reply
from xiangsheng.server import batch_answering
from xiangsheng.server.batch_answering import Answering
from xiangsheng.server.inside import Inside
from xiangsheng.server.inside import Reply as Sent
from xiangsheng.server.state import Limits, State
from xiangsheng.store.batch_leases import BatchClaim, BatchLeases, Turn
from xiangsheng.store.job_leases import LEASE_S, Owner
from xiangsheng.store.served import ServedTable
from xiangsheng.store.workspace import Workspace, open_workspace
from xiangsheng.verbs.batch_work import settle
from xiangsheng.verbs.home_batches import HomeBatches
from xiangsheng.verbs.home_jobs import HomeJobs
from xiangsheng.verbs.stored_files import BATCH, upload

HERE, THERE = Owner("here", "batches", "1"), Owner("there", "batches", "1")


@pytest.fixture
def workspace(
    tmp_path: Path, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    monkeypatch.setattr(batch_answering, "BEAT_S", 0.01)
    monkeypatch.setattr(batch_answering, "AGAIN_S", 0.01)
    with open_workspace(tmp_path, tables) as opened:
        yield opened


def begun(workspace: Workspace, content: str) -> BatchClaim:
    """A batch that is to be answered, by us."""
    file = upload("a.jsonl", BATCH, io.BytesIO(content.encode()), workspace, SYSTEM_CLOCK)
    HomeBatches(workspace, SYSTEM_CLOCK).create(BatchRequest(file.id, "/v1/completions"), most=9)
    leases = workspace.batch_leases(SYSTEM_CLOCK)
    looked_into = leases.claim(HERE, Turn.SETTLE)
    assert looked_into
    settle(looked_into, workspace, SYSTEM_CLOCK)
    claim = leases.claim(HERE, Turn.ANSWER)
    assert claim
    return claim


def answer(
    workspace: Workspace,
    claim: BatchClaim,
    opening: Callable[[], Desk] = lambda: Puppet(said),
    limits: Limits = Limits(),  # noqa: B008 frozen
) -> Batch:
    serving = Served(workspace, opening)
    jobs = HomeJobs(workspace, SYSTEM_CLOCK)
    digest = sha256(KEY.encode()).digest()
    state = State(serving, jobs, digest, SYSTEM_CLOCK, lambda: getrandbits(63), limits)
    try:
        asyncio.run(Answering(state, claim).run())
    finally:
        serving.close()
    return workspace.batches(SYSTEM_CLOCK).get(claim.batch.id)


def asked(content: str) -> str:
    return content.replace('"ada"', '"ngram:5"')


def test_what_could_not_be_journalled_is_asked_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, full = ServedTable.write, iter([True] * 5)

    def sometimes(table: ServedTable, rows: Sequence[object]) -> None:
        if next(full, False):
            raise DiskFullError("the disk is full")
        write(table, rows)  # type: ignore[arg-type]

    claim = begun(workspace, asked(lines(20)))
    monkeypatch.setattr(ServedTable, "write", sometimes)
    done = answer(workspace, claim)
    assert (done.state, done.completed, done.failed) == (BatchState.FINALIZING, 20, 0)


def test_a_disk_that_is_full_for_a_while_loses_no_answer(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, full = BatchLeases.keep, iter([True] * 5)

    def sometimes(leases: BatchLeases, *given: object) -> BatchState:
        if next(full, False):
            raise DiskFullError("the disk is full")
        return keep(leases, *given)  # type: ignore[arg-type]

    claim = begun(workspace, asked(lines(20)))
    monkeypatch.setattr(BatchLeases, "keep", sometimes)
    assert answer(workspace, claim).completed == 20


def test_more_samples_than_a_batch_has_room_for_are_drawn_alone(workspace: Workspace) -> None:
    content = asked(line(1) + line(2, n=20) + line(3) + line(4, n=33))
    done = answer(workspace, begun(workspace, content), limits=Limits(rows=32))
    assert (done.completed, done.failed) == (3, 1)  # more than anybody may ask for


def test_a_lease_that_is_lost_underway_ends_it_and_the_other_answers_the_rest(
    workspace: Workspace,
) -> None:
    claim = begun(workspace, asked(lines(40)))
    later = workspace.batch_leases(SYSTEM_CLOCK)
    taken = list[BatchClaim]()

    def overtaken(request: Request, reply: Reply) -> None:
        done = workspace.batches(SYSTEM_CLOCK).get(claim.batch.id).completed
        if done and not taken:
            late = BatchLeases(workspace.engine, lambda: SYSTEM_CLOCK.seconds() + LEASE_S)
            new = late.claim(THERE, Turn.ANSWER)
            assert new
            taken.append(new)
        said(request, reply)

    stopped = answer(workspace, claim, lambda: Puppet(overtaken))
    assert stopped.state is BatchState.IN_PROGRESS
    kept = later.answered(taken[0])
    assert 0 < len(kept) < 40
    asked_again = list[Request]()

    def counted(request: Request, reply: Reply) -> None:
        asked_again.append(request)
        said(request, reply)

    done = answer(workspace, taken[0], lambda: Puppet(counted))
    assert (done.state, done.completed) == (BatchState.FINALIZING, 40)
    assert len(asked_again) == 40 - len(kept)


def test_a_model_that_breaks_is_an_error_of_its_request(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_request: Request, _reply: Reply) -> None:
        raise RuntimeError("a wheel came off")

    done = answer(workspace, begun(workspace, asked(lines(2))), lambda: Puppet(breaks))
    assert (done.state, done.failed) == (BatchState.FINALIZING, 2)
    assert "a wheel came off" in caplog.text


def all_but_one(request: Request, reply: Reply) -> None:
    if not request.prompt.text.startswith("0: 第40句"):
        said(request, reply)


def test_a_file_that_is_changed_underway_fails_the_batch_and_keeps_its_answers(
    workspace: Workspace,
) -> None:
    claim = begun(workspace, asked(lines(40)))
    with workspace.files.path(claim.batch.request.input_file).open("ab") as stream:
        stream.write(b"\n")
    failed = answer(workspace, claim, lambda: Puppet(all_but_one))
    assert failed.state is BatchState.FAILED
    assert failed.faults[0].code == "file_damaged"
    assert 0 < failed.completed < 40
    found, left = (
        workspace.files.content(workspace.files.find(file)).splitlines()
        for file in (failed.output_file, failed.error_file)
    )
    assert (len(found), len(left)) == (failed.completed, 40 - failed.completed)


def nested(number: int, key: str, depth: int) -> str:
    """A request of which one key is: which Python's own writer cannot write, either."""
    return line(number, **{key: "deep"}).replace('"deep"', "[" * depth + "1" + "]" * depth)


@pytest.mark.parametrize("key", ["model", "prompt", "tempo"])
def test_a_request_nested_too_deeply_to_be_written_is_refused_alone(
    workspace: Workspace, key: str
) -> None:
    odd = nested(2, key, 300) + nested(3, key, 990) + nested(5, key, 1000)
    done = answer(workspace, begun(workspace, asked(line(1) + odd + line(4))))
    assert (done.state, done.completed, done.failed) == (BatchState.FINALIZING, 2, 3)
    assert all(told["response"]["status_code"] == 400 for told in refused(workspace, done))


def refused(workspace: Workspace, done: Batch) -> list[dict[str, Any]]:
    """The lines of its error file to be."""
    claim = BatchClaim(done, 0, 0)
    return [
        json.loads(body)
        for body in workspace.batch_leases(SYSTEM_CLOCK).answers(claim, failed=True)
    ]


@pytest.mark.parametrize("wrong", ["raises", "no JSON", "no object"])
def test_a_route_that_breaks_is_an_error_of_its_request(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    wrong: str,
) -> None:
    post = Inside.post

    async def sometimes(inside: Inside, path: str, body: bytes) -> Sent:
        if "第7句".encode() not in body:
            return await post(inside, path, body)
        if wrong == "raises":
            raise RuntimeError("a wheel came off")
        return Sent("req_odd", 200, b"{" if wrong == "no JSON" else b"[]")

    monkeypatch.setattr(Inside, "post", sometimes)
    done = answer(workspace, begun(workspace, asked(lines(20))))
    assert (done.state, done.completed, done.failed) == (BatchState.FINALIZING, 19, 1)
    (told,) = refused(workspace, done)
    assert (told["custom_id"], told["response"]["status_code"]) == ("第7个", 500)
    assert told["response"]["request_id"] in told["response"]["body"]["error"]["message"]
    assert told["response"]["request_id"] in caplog.text


def test_a_body_is_sent_as_it_stands_in_the_file(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, sent = Inside.post, list[bytes]()

    async def noted(inside: Inside, path: str, body: bytes) -> Sent:
        sent.append(body)
        return await post(inside, path, body)

    monkeypatch.setattr(Inside, "post", noted)
    body = r'{ "model":"ngram:5", "prompt": "\\", "stop" : ["\"}"], "seed":1e0,"b\u006fdy": {"a" :[]} }'
    told = (
        r'{"custom_id":"\"body\":{", "body":{"model":1},"url":"/v1/completions","method" : "POST", '
    )
    answer(workspace, begun(workspace, told + r'"b\u006fdy" : ' + body + " }\n"))
    assert sent == [body.encode()]
