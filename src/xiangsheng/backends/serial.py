"""Answering requests one after another."""

from collections.abc import Callable, Iterable, Iterator

from xiangsheng.core.generation import Chunk, Outcome, Request


def one_by_one(
    requests: Iterable[Request],
    cancelled: Callable[[], bool],
    answer: Callable[[Request], Iterator[Chunk | Outcome]],
) -> Iterator[Chunk | Outcome]:
    """Takes a request only when the one before is answered, and none once `cancelled`."""
    waiting = iter(requests)
    while not cancelled():
        request = next(waiting, None)
        if request is None:
            return
        yield from answer(request)
