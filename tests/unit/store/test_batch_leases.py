"""Two servers never answer one request twice, whoever sleeps for however long."""

import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import pytest
from sqlalchemy import select

from jobs import JobHome, job_home
from xiangsheng.core.batch import (
    MOVES,
    WINDOW_S,
    Batch,
    BatchAnswer,
    BatchFault,
    BatchRequest,
    BatchState,
)
from xiangsheng.core.errors import BusyError, LeaseLostError, UsageError
from xiangsheng.core.generation import Usage
from xiangsheng.store import batch_leases, schema
from xiangsheng.store.batch_leases import MOST_TRIES, BatchClaim, BatchLeases, Turn
from xiangsheng.store.database import reading
from xiangsheng.store.job_leases import LEASE_S, Owner
from xiangsheng.verbs import batch_work
from xiangsheng.verbs.batch_work import settle
from xiangsheng.verbs.home_batches import HomeBatches
from xiangsheng.verbs.stored_files import BATCH, delete_file, upload

HERE = Owner("here", "batches", "1")
SUCCESSOR = Owner("here", "batches", "2")
THERE = Owner("there", "batches", "1")
ROWS = "".join(
    f'{{"custom_id": "{n}", "method": "POST", "url": "/v1/completions", "body": {{}}}}\n'
    for n in range(3)
)


@pytest.fixture
def home(tmp_path: Path, tables: dict[str, str]) -> Iterator[JobHome]:
    with job_home(tmp_path, tables) as made:
        yield made


def test_of_many_who_ask_at_once_no_more_get_one_than_there_is_room_for(home: JobHome) -> None:
    content = io.BytesIO(ROWS.encode())
    file = upload("a.jsonl", BATCH, content, home.workspace, home.time.clock())

    def create(_: int) -> bool:
        try:
            batches(home).create(BatchRequest(file.id, "/v1/completions"), most=3)
        except BusyError:
            return False
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(create, range(12))) == 3


def batches(home: JobHome) -> HomeBatches:
    return HomeBatches(home.workspace, home.time.clock())


def leases(home: JobHome) -> BatchLeases:
    return home.workspace.batch_leases(home.time.clock())


def made(home: JobHome, content: str = ROWS) -> Batch:
    file = upload("a.jsonl", BATCH, io.BytesIO(content.encode()), home.workspace, home.time.clock())
    return batches(home).create(BatchRequest(file.id, "/v1/completions"), most=3)


def settled(home: JobHome, owner: Owner = HERE) -> Batch:
    """What becomes of the batch that is to be settled first."""
    claim = leases(home).claim(owner, Turn.SETTLE)
    assert claim
    settle(claim, home.workspace, home.time.clock())
    return batches(home).get(claim.batch.id)


def claimed(home: JobHome, owner: Owner = HERE) -> BatchClaim:
    claim = leases(home).claim(owner, Turn.ANSWER)
    assert claim
    return claim


def answer(line: int, *, failed: bool = False) -> BatchAnswer:
    return BatchAnswer(line, failed, f'{{"line":{line}}}', Usage(2, 3))


def output(home: JobHome, batch: Batch) -> Sequence[bytes]:
    """The lines of both its files."""
    files = home.workspace.files
    named = [file for file in (batch.output_file, batch.error_file) if file]
    return b"".join(files.content(files.find(file)) for file in named).splitlines()


def test_a_batch_from_its_making_to_its_end(home: JobHome) -> None:
    batch = made(home)
    assert leases(home).claim(HERE, Turn.ANSWER) is None
    begun = settled(home)
    assert (begun.state, begun.total) == (BatchState.IN_PROGRESS, 3)
    assert leases(home).claim(HERE, Turn.SETTLE) is None
    claim = claimed(home)
    leases(home).keep(claim, [answer(2), answer(3, failed=True)])
    assert leases(home).keep(claim, [answer(1)]) is BatchState.IN_PROGRESS
    leases(home).finalize(claim)
    done = settled(home)
    assert done.id == batch.id
    assert (done.state, done.completed, done.failed) == (BatchState.COMPLETED, 2, 1)
    assert done.usage == Usage(6, 9)
    assert output(home, done) == [b'{"line":1}', b'{"line":2}', b'{"line":3}']
    assert list(leases(home).answers(claim, failed=False)) == []


def test_an_answer_is_there_once(home: JobHome) -> None:
    made(home)
    settled(home)
    claim = claimed(home)
    leases(home).keep(claim, [answer(1)])
    with pytest.raises(Exception, match=r"(?i)unique"):
        leases(home).keep(claim, [answer(1), answer(2)])
    assert leases(home).answered(claim) == {1}
    assert batches(home).get(claim.batch.id).completed == 1


def test_a_server_that_slept_through_its_lease_is_refused_everything(home: JobHome) -> None:
    made(home)
    settled(home)
    stale = claimed(home)
    leases(home).keep(stale, [answer(1)])
    home.time.passed += LEASE_S - 1
    assert leases(home).claim(THERE, Turn.ANSWER) is None
    home.time.passed += 1
    new = claimed(home, THERE)
    assert leases(home).answered(new) == {1}
    for write in (
        lambda: leases(home).keep(stale, [answer(2)]),
        lambda: leases(home).keep(stale),
        lambda: leases(home).finalize(stale),
        lambda: leases(home).release(stale),
        lambda: leases(home).begin(stale, 9),
        lambda: settle(stale, home.workspace, home.time.clock()),
    ):
        with pytest.raises(LeaseLostError, match="taken over"):
            write()
    assert leases(home).answered(new) == {1}
    leases(home).keep(new, [answer(2), answer(3)])
    leases(home).finalize(new)
    assert len(output(home, settled(home, THERE))) == 3


def test_the_lease_of_a_dead_process_is_taken_over_at_once_and_ones_own_is_not(
    home: JobHome,
) -> None:
    made(home)
    settled(home)
    claimed(home)
    assert leases(home).claim(HERE, Turn.ANSWER) is None
    assert leases(home).claim(THERE, Turn.ANSWER) is None
    assert claimed(home, SUCCESSOR).token == 3


def test_what_is_cancelled_while_it_is_answered_keeps_its_answers(home: JobHome) -> None:
    batch = made(home)
    settled(home)
    claim = claimed(home)
    assert batches(home).cancel(batch.id).state is BatchState.CANCELLING
    assert batches(home).cancel(batch.id).state is BatchState.CANCELLING
    assert leases(home).claim(HERE, Turn.SETTLE) is None  # somebody still answers it
    assert leases(home).keep(claim, [answer(2)]) is BatchState.CANCELLING
    leases(home).finalize(claim)
    done = settled(home)
    assert (done.state, done.completed) == (BatchState.CANCELLED, 1)
    told = output(home, done)
    assert told[0] == b'{"line":2}'
    assert [b"batch_cancelled" in line for line in told] == [False, True, True]
    with pytest.raises(UsageError, match="cannot become cancelling"):
        batches(home).cancel(batch.id)


def test_a_batch_expires_a_day_after_it_was_made(home: JobHome) -> None:
    early = made(home)
    settled(home)
    claim = claimed(home)
    leases(home).keep(claim, [answer(1)])
    late = made(home)
    home.time.passed += WINDOW_S
    assert leases(home).claim(THERE, Turn.ANSWER) is None
    found = [settled(home, THERE), settled(home, THERE)]
    assert [one.id for one in found] == [early.id, late.id]
    assert {one.state for one in found} == {BatchState.EXPIRED}
    assert [b"batch_expired" in line for line in output(home, found[0])] == [False, True, True]
    assert output(home, found[1]) == []


def test_a_batch_over_which_servers_die_is_given_up(home: JobHome) -> None:
    batch = made(home)
    settled(home)
    claim = claimed(home)
    leases(home).keep(claim, [answer(1)])
    for _ in range(MOST_TRIES):
        home.time.passed += LEASE_S
        claim = claimed(home)
    home.time.passed += LEASE_S
    assert leases(home).claim(HERE, Turn.ANSWER) is None
    failed = settled(home)
    assert (failed.id, failed.state) == (batch.id, BatchState.FAILED)
    assert failed.faults[0].code == "server_error"
    assert len(output(home, failed)) == 3


def test_an_input_file_that_is_gone_fails_its_batch(home: JobHome) -> None:
    batch = made(home)
    with pytest.raises(UsageError, match="is needed by batch_"):
        delete_file(batch.request.input_file, home.workspace, home.time.clock())
    home.workspace.files.path(batch.request.input_file).unlink()
    failed = settled(home)
    assert failed.state is BatchState.FAILED
    assert failed.faults[0].code == "file_damaged"
    delete_file(batch.request.input_file, home.workspace, home.time.clock())


def test_no_more_than_a_few_are_open(home: JobHome) -> None:
    first = made(home, "")
    for _ in range(2):
        made(home)
    with pytest.raises(BusyError, match="3 batches have not ended"):
        made(home)
    assert settled(home).id == first.id
    made(home)


def test_pages_are_newest_first(home: JobHome) -> None:
    ids = [made(home).id for _ in range(3)][::-1]
    found, more = batches(home).list("", 2)
    assert ([one.id for one in found], more) == (ids[:2], True)
    found, more = batches(home).list(ids[1], 2)
    assert ([one.id for one in found], more) == (ids[2:], False)


def test_every_state_is_reached_and_left_as_the_api_says() -> None:
    reached = {state for targets in MOVES.values() for state in targets}
    assert reached | {BatchState.VALIDATING} == set(BatchState)
    assert {state for state in BatchState if state.ended} == {
        *(BatchState.COMPLETED, BatchState.FAILED, BatchState.EXPIRED, BatchState.CANCELLED)
    }


def test_what_fails_while_it_ends_changes_nothing(
    home: JobHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = made(home)
    settled(home)
    claim = claimed(home)
    leases(home).keep(claim, [answer(n) for n in (1, 2, 3)])
    leases(home).finalize(claim)
    with monkeypatch.context() as patch:
        patch.setattr(type(home.workspace.files), "_list", _broken)
        with pytest.raises(RuntimeError):
            settled(home)
    assert batches(home).get(batch.id).state is BatchState.FINALIZING
    home.time.passed += LEASE_S
    assert len(output(home, settled(home))) == 3
    assert len(home.workspace.files.all("batch_output")) == 1
    assert len(list(home.workspace.files.folder.iterdir())) == 2


def finalizing(home: JobHome) -> Batch:
    """A batch of which all is answered."""
    batch = made(home)
    settled(home)
    claim = claimed(home)
    leases(home).keep(claim, [answer(1), answer(2), answer(3, failed=True)])
    leases(home).finalize(claim)
    return batch


def test_who_sleeps_while_it_ends_a_batch_spoils_nothing_of_who_ended_it(
    home: JobHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = finalizing(home)
    stale = leases(home).claim(HERE, Turn.SETTLE)
    assert stale
    read, done = BatchLeases.answers, list[Batch]()

    def overtaken(theirs: BatchLeases, claim: BatchClaim, *, failed: bool) -> Iterator[str]:
        for body in read(theirs, claim, failed=failed):
            yield body
            if claim == stale and not done:
                home.time.passed += LEASE_S
                done.append(settled(home, THERE))

    monkeypatch.setattr(batch_leases, "PIECE", 1)  # the rest is gone when the stale one reads on
    monkeypatch.setattr(BatchLeases, "answers", overtaken)
    with pytest.raises(LeaseLostError):
        settle(stale, home.workspace, home.time.clock())
    assert batches(home).get(batch.id) == done[0]
    assert output(home, done[0]) == [b'{"line":1}', b'{"line":2}', b'{"line":3}']
    assert len(list(home.workspace.files.folder.iterdir())) == 3


def test_what_a_dead_claim_wrote_goes_when_the_batch_ends(
    home: JobHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    finalizing(home)
    files = home.workspace.files
    with monkeypatch.context() as patch:  # as kill -9 leaves it: drafts, and one published
        patch.setattr(type(files), "discard", lambda *_: None)
        patch.setattr(batch_leases, "delete", _broken)
        with pytest.raises(RuntimeError):
            settled(home)
    assert len(list(files.folder.iterdir())) == 3
    home.time.passed += LEASE_S
    assert len(output(home, settled(home))) == 3
    assert len(list(files.folder.iterdir())) == 3
    assert len(files.all("batch_output")) == 2


def test_the_lease_is_renewed_while_a_batch_is_settled_and_not_after(
    home: JobHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(home)

    def slow(*_: object) -> tuple[int, list[BatchFault]]:
        for _round in range(3):
            home.time.passed += LEASE_S - 1
            beaten = home.time.clock().seconds() + LEASE_S
            deadline = monotonic() + 20
            while held_until(home) < beaten and monotonic() < deadline:
                sleep(0.01)
            assert leases(home).claim(THERE, Turn.SETTLE) is None
        return 3, []

    monkeypatch.setattr(batch_work, "BEAT_S", 0.01)
    monkeypatch.setattr(batch_work, "check_rows", slow)
    assert settled(home).state is BatchState.IN_PROGRESS
    claim = claimed(home, THERE)  # at once
    assert leases(home).renew(claim)
    leases(home).release(claim)
    assert not leases(home).renew(claim)
    assert held_until(home) == 0


def held_until(home: JobHome) -> float:
    with reading(home.workspace.engine) as connection:
        return float(connection.execute(select(schema.batches.c.held_until)).scalar_one())


def _broken(*_: object) -> None:
    raise RuntimeError
