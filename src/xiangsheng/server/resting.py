"""A server that is asked nothing gives memory back."""

import asyncio

from xiangsheng.backends.local.allocator import give_back_freed_memory
from xiangsheng.verbs.serving import Serving

PAUSE_S = 2.0
"""Without a question for so long at least, it rests."""


async def rest(serving: Serving) -> None:
    """Goes on until it is cancelled; once for every pause between questions."""
    before = rested = 0
    while True:
        await asyncio.sleep(PAUSE_S)
        if serving.asked == before != rested:
            rested = before
            await asyncio.to_thread(give_back_freed_memory)
        before = serving.asked
