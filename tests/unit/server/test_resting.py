"""Memory is given back in the pauses between questions, once in each."""

import asyncio
from queue import SimpleQueue
from typing import Any

import pytest

from xiangsheng.server import resting


class Serving:
    asked = 0


def test_it_rests_once_in_every_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    serving: Any = Serving()
    rests = SimpleQueue[int]()
    monkeypatch.setattr(resting, "PAUSE_S", 0.02)
    monkeypatch.setattr(resting, "give_back_freed_memory", lambda: rests.put(serving.asked))

    async def a_day() -> None:
        task = asyncio.create_task(resting.rest(serving))
        await asyncio.sleep(0.2)
        assert rests.empty()  # nothing was asked yet
        for asked in (3, 5):
            serving.asked = asked
            assert await asyncio.to_thread(rests.get, timeout=20) == asked
            await asyncio.sleep(0.2)  # some pauses more
            assert rests.empty()
        task.cancel()

    asyncio.run(a_day())
