"""The queue is looked at again and again, whatever went wrong the last time."""

import asyncio
import logging
from typing import Any

import pytest

from xiangsheng.core.errors import DiskFullError
from xiangsheng.server import tending


class Jobs:
    """Trouble twice, and then none."""

    def __init__(self) -> None:
        self.looked = 0
        self.enough = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def tend_all(self) -> None:
        self.looked += 1
        if self.looked == 1:
            raise DiskFullError("the disk is full")
        if self.looked == 2:
            raise OSError(11, "Resource temporarily unavailable")
        self._loop.call_soon_threadsafe(self.enough.set)


def test_trouble_with_one_look_does_not_end_the_looking(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tending, "EVERY_S", 0.0)

    async def a_day() -> None:
        jobs: Any = Jobs()
        task = asyncio.create_task(tending.tend(jobs))
        async with asyncio.timeout(20):
            await jobs.enough.wait()
        task.cancel()

    with caplog.at_level(logging.WARNING):
        asyncio.run(a_day())
    assert [record.message for record in caplog.records] == [
        f"no worker could be started for the jobs that wait: {why}"
        for why in ("the disk is full", "[Errno 11] Resource temporarily unavailable")
    ]
