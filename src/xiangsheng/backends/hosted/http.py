"""Asking a service over HTTP: again where that is safe, and never for long where it is not."""

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any
from urllib.parse import unquote

import httpx
import orjson

from xiangsheng import __version__
from xiangsheng.backends.hosted.failures import RefusedError, refusal
from xiangsheng.backends.hosted.service import Service
from xiangsheng.core.clock import SYSTEM_CLOCK, Clock
from xiangsheng.core.errors import ServiceError, UnreachableError
from xiangsheng.core.spans import duration

Json = dict[str, Any]
Content = Mapping[str, Any]

LARGEST = 256 << 20
"""Bytes of an answer that are read."""
_LINE_END = re.compile(rb"\r\n|\r|\n")
_AGAIN = {408, 409, 429}
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL)
_LONGEST_WAIT = 1e9
"""Seconds; a service may ask for what no number holds."""
_NOT_DONE = {429, 503}
"""A service that answers so has not begun."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often one request is tried, and the seconds between: the first pause, which doubles up to
    the longest; what a service may ask for instead; until a connection, and an answer, must be there.
    """

    tries: int = 5
    first: float = 0.5
    longest: float = 8.0
    asked: float = 120.0
    connecting: float = 10.0
    answering: float = 120.0

    def pause(self, attempt: int, draw: Callable[[], float]) -> float:
        """After so many tries; between half and the whole, so that not all come back at once."""
        return min(self.longest, self.first * float(2 ** (attempt - 1))) * (0.5 + draw() / 2)


@dataclass(slots=True)
class _Problem:
    """Why there is no answer. `certain` when nothing was done; `wait` is what the service asks for."""

    error: ServiceError
    again: bool
    certain: bool = False
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Http:
    """One service. What changes something is sent again only where it surely was not done, or where
    `found` could look for it and did not find it. `tell` hears why a person has to wait long.
    """

    service: Service
    client: httpx.Client
    patience: Patience = Patience()
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = random.random
    clock: Clock = SYSTEM_CLOCK
    tell: Callable[[str], None] = lambda _text: None

    def get(self, path: str, params: Content | None = None) -> Json:
        return _object(self.raw(path, params), self.service)

    def raw(self, path: str, params: Content | None = None) -> bytes:
        answer = self._answer("GET", path, None, {"params": params or {}})
        assert isinstance(answer, bytes)  # nothing else was looked for
        return answer

    def delete(self, path: str) -> Json:
        """A second try that finds nothing is for the caller to judge."""
        return _object(self._answer("DELETE", path, None, {}), self.service)

    def remove(self, path: str) -> Json:
        """As `delete`, of a path that the API surely has: what is not there once a first try went
        unanswered was deleted by that one.
        """
        try:
            return self.delete(path)
        except RefusedError as refused:
            if refused.nothing_there and refused.retried:
                return {"id": unquote(path.rpartition("/")[2]), "deleted": True}
            raise

    def post(
        self, path: str, found: Callable[[], Json | None] | None = None, **content: Any
    ) -> Json:
        """`content` is `json`, or `files` and `data`. `found` looks for what an unanswered request
        may have made.
        """
        return _object(self._answer("POST", path, found, content), self.service)

    def lines(self, path: str, body: Content) -> Iterator[str]:
        """The lines of a streamed answer, which is not asked for again once it has begun."""
        for attempt in count(1):
            try:
                with self._sent("POST", path, {"json": body}) as response:
                    if response.is_success:
                        yield from _lines(response)
                        return
                    problem = self._problem(response, _bounded(response))
            except UnreachableError as error:
                if not isinstance(error.__cause__, _NEVER_SENT):
                    raise
                problem = _Problem(error, again=True, certain=True)
            self._wait_for(problem, attempt, can_look=False)

    def _answer(
        self, method: str, path: str, found: Callable[[], Json | None] | None, content: Content
    ) -> bytes | Json:
        attempt, unsure = 1, False
        while isinstance(answer := self._once(method, path, content), _Problem):
            if isinstance(answer.error, RefusedError):
                answer.error.retried = unsure
            unsure = unsure or not answer.certain
            self._wait_for(answer, attempt, can_look=found is not None or method != "POST")
            if found and not answer.certain and (made := found()) is not None:
                return made
            attempt += 1
        return answer

    def _wait_for(self, problem: _Problem, attempt: int, *, can_look: bool) -> None:
        """Returns when it is time to ask again. Raises the problem where that is not to be done."""
        again = problem.again and (problem.certain or can_look)
        wait = problem.wait or 0.0
        if not again or attempt >= self.patience.tries or wait > self.patience.asked:
            raise problem.error
        pause = max(self.patience.pause(attempt, self.draw), wait)
        if pause > self.patience.longest:
            self.tell(f"{self.service.name} asks to wait {duration(pause)}")
        self.sleep(pause)

    def _once(self, method: str, path: str, content: Content) -> bytes | _Problem:
        try:
            with self._sent(method, path, content) as response:
                body = _bounded(response)
                if response.is_success:
                    return body
                return self._problem(response, body)
        except UnreachableError as error:
            return _Problem(error, again=True, certain=isinstance(error.__cause__, _NEVER_SENT))

    @contextmanager
    def _sent(self, method: str, path: str, content: Content) -> Iterator[httpx.Response]:
        """Raises UnreachableError where there is no answer, or only a piece of one."""
        try:
            with self.client.stream(method, self.service.url + path, **content) as response:
                yield response
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = self.service.hidden(str(error) or type(error).__name__)
            raise UnreachableError(
                f"{self.service.name} cannot be reached: {said}"
                if isinstance(error, _NEVER_SENT)
                else f"the connection to {self.service.name} was lost: {said}",
                hint=f"is {self.service.url} the right address, and is the service up?",
            ) from error

    def _problem(self, response: httpx.Response, body: bytes) -> _Problem:
        status, headers = response.status_code, response.headers
        error = refusal(status, body, self.service)
        again = status in _AGAIN or status >= 500
        if (asked := headers.get("x-should-retry")) in {"true", "false"}:
            again = asked == "true"
        if b"insufficient_quota" in body:  # waiting does not help
            again = False
        wait = self._wait(headers)
        if wait:
            error.hint = f"ask again in {duration(wait)}"
        return _Problem(error, again, status in _NOT_DONE, wait)

    def _wait(self, headers: httpx.Headers) -> float | None:
        try:
            if given := headers.get("retry-after-ms"):
                return min(max(0.0, float(given) / 1000), _LONGEST_WAIT)
            given = headers.get("retry-after", "")
            if given and not given.isascii():
                return None
            if given.replace(".", "", 1).isdigit():
                return min(float(given), _LONGEST_WAIT)
            return max(0.0, parsedate_to_datetime(given).timestamp() - self.clock.seconds())
        except (ValueError, TypeError):
            return None


@contextmanager
def connected(
    service: Service,
    patience: Patience = Patience(),
    tell: Callable[[str], None] = lambda _text: None,
) -> Iterator[Http]:
    """Proxies of the environment are used, but not to reach this machine. Redirections are not
    followed: the key is for one address.
    """
    headers = {"user-agent": f"xiangsheng/{__version__}"}
    if service.key:
        headers["authorization"] = f"Bearer {service.key}"
    timeout = httpx.Timeout(patience.answering, connect=patience.connecting)
    with httpx.Client(headers=headers, timeout=timeout, trust_env=not service.loopback) as client:
        yield Http(service, client, patience, tell=tell)


def _bounded(response: httpx.Response) -> bytes:
    return b"".join(_pieces(response))


def _lines(response: httpx.Response) -> Iterator[str]:
    """Ended by what ends them in a stream of events, and by none of the others that Unicode has."""
    begun = bytearray()
    for piece in _pieces(response):
        begun += piece
        if _LINE_END.search(piece):
            *whole, rest = _LINE_END.split(begun)
            begun = bytearray(rest)
            yield from (line.decode("utf-8", "replace") for line in whole)
    if begun:
        yield begun.decode("utf-8", "replace")


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    read = 0
    for piece in response.iter_bytes():
        read += len(piece)
        if read > LARGEST:
            raise ServiceError(f"an answer of more than {LARGEST:,} bytes", code="answer")
        yield piece


def _object(answer: bytes | Json, service: Service) -> Json:
    try:
        found = orjson.loads(answer) if isinstance(answer, bytes) else answer
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise ServiceError(
            f"{service.name} answers, but not as this API does",
            hint=f"is {service.url} the right address? It mostly ends in /v1",
            code="answer",
        )
    return found
