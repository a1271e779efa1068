"""A queue for a model that answers one request after another."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Event, Lock, Thread

from xiangsheng.core.generation import Chunk, Failure, Outcome, OutcomeKind, Request
from xiangsheng.core.ports import Generator, Reply


class Queued:
    """Any thread hands over; one thread answers, and lives as long as there is something to do."""

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._waiting: deque[tuple[Request, Reply, Event]] = deque()
        self._thread: Thread | None = None
        self._door = Lock()

    def submit(self, requests: Sequence[Request], reply: Reply) -> Callable[[], None]:
        """As `Desk`."""
        gone = Event()
        with self._door:
            self._waiting.extend((request, reply, gone) for request in requests)
            if self._waiting and self._thread is None:
                self._thread = Thread(target=self._run, name=f"queue {self._generator.name}")
                self._thread.start()
        return gone.set

    def _run(self) -> None:
        while True:
            with self._door:
                if not self._waiting:
                    self._thread = None
                    return
                request, reply, gone = self._waiting.popleft()
            if not gone.is_set():
                self._answer(request, reply, gone)

    def _answer(self, request: Request, reply: Reply, gone: Event) -> None:
        # As a stream, so that between two pieces it can be seen whether anybody still listens.
        live = replace(request, stream=True)
        try:
            for event in self._generator.generate([live], gone.is_set):
                if gone.is_set():
                    return
                if request.stream or not isinstance(event, Chunk):
                    reply(event)
        except Exception as error:  # noqa: BLE001 whoever waits must hear of it
            failure = Failure(OutcomeKind.ERROR, f"the model could not go on: {error}", "engine")
            reply(Outcome(request.item, self._generator.name, failure=failure))
