"""The job worker: takes jobs from the queue, one at a time, and holds each by its heartbeat."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import (
    DatabaseAwayError,
    DiskFullError,
    InterruptedRunError,
    LeaseLostError,
    StoreError,
    XiangshengError,
)
from xiangsheng.core.job import JobError, JobState
from xiangsheng.core.model import Control
from xiangsheng.store.job_leases import Claim, Leases, Owner

BEAT_S = 1.0
"""How often a lease is renewed, and the longest it takes to hear that a job was cancelled."""
MOST_TROUBLES = 10
"""In a row with the database, each after all its patience, before a worker gives up."""
POLL_S = 0.5
"""How often an idle worker looks for a job; in trouble it waits twice as long each time."""
LONGEST_S = 30.0


@dataclass(slots=True, eq=False)
class Watch:
    """One claim as its heartbeat knows it; read by the thread that does the job.

    A beat that fails, as when the disk is busy, is no loss yet: the next one may come through.
    """

    leases: Leases
    claim: Claim
    stopping: Callable[[], bool]
    state: JobState = JobState.RUNNING
    lost: bool = False
    _over: Event = field(default_factory=Event)

    def interrupted(self) -> bool:
        """Whether to save and let go: the job is somebody else's, paused, or the worker ends."""
        return self.lost or self.state is not JobState.RUNNING or self.stopping()

    def control(self) -> Control:
        return Control.CANCEL if self.interrupted() else Control.RUN

    @contextmanager
    def beating(self, every: float) -> Iterator[None]:
        thread = Thread(target=self._beat, args=(every,), name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _beat(self, every: float) -> None:
        while not self._over.wait(every):
            try:
                self.state = self.leases.renew(self.claim)
            except LeaseLostError:
                self.lost = True
                return
            except XiangshengError:
                continue


@dataclass(frozen=True, slots=True)
class Worker:
    """`do` does a claimed job: it ends it, or raises. InterruptedRunError leaves it to be gone on
    with, and so does a database that cannot be written to; any other error is the job's failure.
    `log` is told what a person may want to read.
    """

    leases: Leases
    owner: Owner
    do: Callable[[Claim, Watch], None]
    clock: Clock
    sleep: Callable[[float], None]
    log: Callable[[str], None]
    beat: float = BEAT_S

    def work(self, stopping: Callable[[], bool], idle: float) -> None:
        """Until `stopping`, or nothing was there to do for `idle` seconds."""
        busy, troubles = self.clock.monotonic(), 0
        while not stopping():
            try:
                there = self.leases.anything(self.owner.device)
                claim = self.leases.claim(self.owner) if there else None
                if claim:
                    self._one(claim, stopping)
                troubles = 0
            except StoreError as error:
                there, claim, troubles = True, None, troubles + 1
                self.log(f"{troubles}: {error}")
                if troubles == MOST_TROUBLES:
                    raise
            if there:
                busy = self.clock.monotonic()
            elif self.clock.monotonic() - busy >= idle:
                return
            if not claim:
                self.sleep(min(POLL_S * 2**troubles, LONGEST_S))

    def _one(self, claim: Claim, stopping: Callable[[], bool]) -> None:
        watch = Watch(self.leases, claim, stopping)
        name = claim.job.legacy_id
        self.log(f"{name}: begun")
        try:
            with watch.beating(self.beat):
                self._done(claim, watch)
        except LeaseLostError as error:
            self.log(f"{name}: {error}")
            with suppress(LeaseLostError):  # paused, and not another's: let the next one have it
                self.leases.release(claim)
        else:
            self.log(f"{name}: let go")

    def _done(self, claim: Claim, watch: Watch) -> None:
        try:
            self.do(claim, watch)
        except LeaseLostError:
            raise
        except InterruptedRunError:
            self.leases.release(claim)
        except StoreError as error:
            if error.code != StoreError.code and not isinstance(error, DatabaseAwayError):
                self.leases.fail(claim, _reason(error))
                return
            self.log(f"{claim.job.legacy_id}: {error}")
            self.leases.release(claim)  # no fault of the job's: it goes on from its checkpoint
        except DiskFullError as error:
            self.leases.pause(claim, f"{error}; {error.hint}")
        except XiangshengError as error:
            self.leases.fail(claim, _reason(error))
        except Exception as error:  # noqa: BLE001 a job's fault must not end the worker
            self.log(traceback.format_exc())
            said = f"{type(error).__name__}: {error}"
            self.leases.fail(claim, JobError("internal", said))


def _reason(error: XiangshengError) -> JobError:
    return JobError(error.code, f"{error}; {error.hint}" if error.hint else str(error))
