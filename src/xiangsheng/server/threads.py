"""Work in threads that nobody leaves behind."""

import asyncio
from collections.abc import Callable


async def to_its_end(work: Callable[[], None]) -> None:
    """In a thread. Whoever is cancelled meanwhile is so when the thread is done: what is held for it
    must not be let go before.
    """
    doing = asyncio.get_running_loop().run_in_executor(None, work)
    cancelled: asyncio.CancelledError | None = None
    while not doing.done():
        try:
            await asyncio.wait([doing])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled:
        doing.exception()  # it was told
        raise cancelled
    doing.result()
