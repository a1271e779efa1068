"""From a socket to a server: bound first, so that the port is known, and ended gracefully."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from threading import Event

import uvicorn

from xiangsheng.core.errors import UsageError
from xiangsheng.server.app import make_app
from xiangsheng.server.batch_runner import BatchRunner
from xiangsheng.server.resting import rest
from xiangsheng.server.state import State
from xiangsheng.server.tending import tend

BACKLOG = 2048
BATCHES_END_S = 5.0
"""How long whoever answers batches may take to let go of one."""


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one. Raises UsageError where it cannot."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        bound = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"{host!r} is no address of this machine: {error}",
            hint="give --host 127.0.0.1, or 0.0.0.0 for all addresses",
            code="host",
        ) from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        raise UsageError(
            f"{host}:{port} cannot be listened on: {error.strerror}",
            hint="another server may be there: choose another port with --port, or --port 0 for a "
            "free one",
            code="port_taken",
        ) from error
    return bound


def url_of(bound: socket.socket) -> str:
    """Where clients find it; a server on all addresses is also on loopback."""
    host, port = bound.getsockname()[:2]
    address = ip_address(host)
    if address.is_unspecified:
        host = "127.0.0.1"
    elif address.version == 6:
        host = f"[{host}]"
    return f"http://{host}:{port}/v1"


def is_loopback(bound: socket.socket) -> bool:
    return ip_address(bound.getsockname()[0]).is_loopback


def run(
    state: State, bound: socket.socket, stopped: Callable[[], bool], ready: Callable[[], None]
) -> None:
    """Serves until `stopped`, then finishes what is in flight and returns."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    config = uvicorn.Config(
        make_app(state),
        access_log=False,
        log_config=None,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=int(state.limits.seconds) + 5,
        server_header=False,
        backlog=BACKLOG,
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        server = _Server(config, stopped, ready, state.closing)
        runner.run(_serve(server, state, bound))


async def _serve(server: "_Server", state: State, bound: socket.socket) -> None:
    working = asyncio.create_task(BatchRunner(state).run())
    others = [asyncio.create_task(task) for task in (rest(state.serving), tend(state.jobs))]
    try:
        await server.serve(sockets=[bound])
    finally:
        server.closing.set()
        await asyncio.wait([working], timeout=BATCHES_END_S)
        working.cancel()
        for other in others:
            other.cancel()


class _Server(uvicorn.Server):
    """Signals are the command line's: this one asks, ten times a second, whether to stop."""

    def __init__(
        self,
        config: uvicorn.Config,
        stopped: Callable[[], bool],
        ready: Callable[[], None],
        closing: Event,
    ) -> None:
        super().__init__(config)
        self._stopped, self._ready, self.closing = stopped, ready, closing

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        if await super().on_tick(counter) or self._stopped():
            self.closing.set()
        return self.closing.is_set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
