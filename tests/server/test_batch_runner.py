"""Whoever answers a home's batches goes on after trouble, and lets nobody in before it is done."""

import asyncio
import io
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from random import getrandbits
from threading import Event

import pytest
from filelock import FileLock, Timeout

from puppets import Puppet, Served, said
from served import KEY, until
from xiangsheng.core.batch import Batch, BatchRequest
from xiangsheng.core.clock import SYSTEM_CLOCK
from xiangsheng.core.errors import DatabaseAwayError
from xiangsheng.server import batch_runner
from xiangsheng.server.batch_runner import NAME, BatchRunner
from xiangsheng.server.state import State
from xiangsheng.store.batch_leases import BatchClaim, BatchLeases, Turn
from xiangsheng.store.job_leases import Owner
from xiangsheng.store.workspace import Workspace, open_workspace
from xiangsheng.verbs.home_batches import HomeBatches
from xiangsheng.verbs.home_jobs import HomeJobs
from xiangsheng.verbs.owners import owner_of
from xiangsheng.verbs.stored_files import BATCH, upload

LINE = (
    b'{"custom_id": "a", "method": "POST", "url": "/v1/completions",'
    b' "body": {"model": "ngram:5", "prompt": "0:"}}\n'
)


@pytest.fixture
def workspace(
    tmp_path: Path, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workspace]:
    monkeypatch.setattr(batch_runner, "POLL_S", 0.01)
    monkeypatch.setattr(batch_runner, "TROUBLE_S", 0.01)
    with open_workspace(tmp_path, tables) as opened:
        yield opened


@pytest.fixture
def state(workspace: Workspace) -> Iterator[State]:
    serving = Served(workspace, lambda: Puppet(said))
    jobs = HomeJobs(workspace, SYSTEM_CLOCK)
    digest = sha256(KEY.encode()).digest()
    yield State(serving, jobs, digest, SYSTEM_CLOCK, lambda: getrandbits(63))
    serving.close()


def made(workspace: Workspace) -> Batch:
    file = upload("a.jsonl", BATCH, io.BytesIO(LINE), workspace, SYSTEM_CLOCK)
    request = BatchRequest(file.id, "/v1/completions")
    return HomeBatches(workspace, SYSTEM_CLOCK).create(request, most=9)


def ended(workspace: Workspace, batch: Batch) -> Batch:
    def found() -> Batch | None:
        seen = workspace.batches(SYSTEM_CLOCK).get(batch.id)
        return seen if seen.state.ended else None

    done: Batch = until(found)
    return done


async def answered(state: State, batch: Batch) -> Batch:
    """What becomes of it while a runner runs."""
    running = asyncio.create_task(BatchRunner(state).run())
    try:
        return await asyncio.to_thread(ended, state.jobs.workspace, batch)
    finally:
        state.closing.set()
        await running


@pytest.mark.parametrize("place", ["lock", "owner"])
def test_a_disk_that_is_full_when_it_begins_ends_no_runner(
    state: State,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    place: str,
) -> None:
    full = iter([True] * 3)
    acquire, owner = FileLock.acquire, owner_of

    def trouble() -> None:
        if next(full, False):
            raise OSError(28, "No space left on device")

    def acquired(lock: FileLock) -> object:
        trouble()
        return acquire(lock)

    def owned(*given: object) -> object:
        trouble()
        return owner(*given)  # type: ignore[arg-type]

    if place == "lock":
        monkeypatch.setattr(FileLock, "acquire", acquired)
    else:
        monkeypatch.setattr(batch_runner, "owner_of", owned)
    batch = made(state.jobs.workspace)
    assert asyncio.run(answered(state, batch)).completed == 1
    assert caplog.text.count("batches are not answered now") == 3


def test_a_database_that_is_away_takes_a_line_and_no_batch(
    state: State, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It may be away for an hour: a traceback every half a second helps nobody."""
    away, claim = iter([True] * 3), BatchLeases.claim

    def claimed(leases: BatchLeases, owner: Owner, turn: Turn) -> BatchClaim | None:
        if next(away, False):
            raise DatabaseAwayError("the database does not answer")
        return claim(leases, owner, turn)

    monkeypatch.setattr(BatchLeases, "claim", claimed)
    batch = made(state.jobs.workspace)
    assert asyncio.run(answered(state, batch)).completed == 1
    assert caplog.text.count("until its lease is void: the database does not answer") == 3
    assert "Traceback" not in caplog.text


def test_an_empty_id_is_drawn_again_and_then_stays(tmp_path: Path) -> None:
    (tmp_path / "batches.id").touch()
    first = owner_of(tmp_path, NAME, NAME)
    assert (tmp_path / "batches.id").read_text("ascii") in first.kind
    assert owner_of(tmp_path, NAME, NAME).kind == first.kind
    assert [place.name for place in tmp_path.iterdir()] == ["batches.id"]


def test_who_is_cancelled_while_it_settles_keeps_the_lock_until_that_is_done(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = state.jobs.workspace
    settling, over = Event(), Event()

    def slow(*_: object) -> None:
        settling.set()
        assert over.wait(20)

    monkeypatch.setattr(batch_runner, "settle", slow)
    made(workspace)
    other = FileLock(workspace.home.jobs / f"{NAME}.lock", timeout=0)

    async def cancelled() -> None:
        running = asyncio.create_task(BatchRunner(state).run())
        await asyncio.to_thread(settling.wait, 20)
        for _ in range(2):
            running.cancel()
            await asyncio.wait([running], timeout=0.1)
        with pytest.raises(Timeout):
            other.acquire()
        over.set()
        with pytest.raises(asyncio.CancelledError):
            await running
        with other:
            pass

    asyncio.run(cancelled())
