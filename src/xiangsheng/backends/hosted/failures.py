"""What a service answers when it will not: taken apart, and in our own words."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from xiangsheng.backends.hosted.service import OPENAI_KEY, OUR_KEY, Service
from xiangsheng.core.errors import DataError, ServiceError, UnknownModelError, UsageError

LONGEST = 2_000
"""Characters of a message that are shown."""
_NO_MODEL = {"model_not_found", "invalid_base_model", "invalid_model"}
_NO_PATH = "Invalid URL"
"""How OpenAI, and `xiangsheng serve`, say that they have no such path."""
_OF_A_LINE = re.compile(r"(?P<where>[^\n:]*:\d+): (?P<said>.*)", re.DOTALL)


class RefusedError(ServiceError):
    """A 4xx: `status`, and what its `body` says of `param` and `kind`, the API's own code.

    `enveloped` tells an answer of the API from that of whatever else stands at the address;
    `retried`, that an earlier try was not answered and may have been done.
    """

    code = "refused"
    retried = False

    def __init__(self, status: int, body: bytes, service: Service) -> None:
        error = _envelope(body)
        self.status, self.body, self.enveloped = status, body, error is not None
        error = error or {}
        self.param, self.kind = str(error.get("param") or ""), str(error.get("code") or "")
        said = error.get("message") or f"it gives no reason, but the status {status}"
        self.said = service.hidden(str(said))[:LONGEST]
        super().__init__(
            f"{service.name} refuses: {self.said}", hint="change what it names, and ask again"
        )

    @property
    def nothing_there(self) -> bool:
        """Whether the API says that it does not have what was named, and not that it lacks the path."""
        return self.status == 404 and self.enveloped and not self.said.startswith(_NO_PATH)


def refusal(status: int, body: bytes, service: Service) -> ServiceError:
    """The error for a status that is none of success."""
    refused = RefusedError(status, body, service)
    if status == 401:
        what = "does not take the key" if service.key else "wants a key, and none was given"
        hint = f"put the right one in {OUR_KEY} or {OPENAI_KEY}"
        return ServiceError(f"{service.name} {what}: {refused.said}", hint=hint, code="auth")
    if status == 429:
        hint = "wait a while, and ask again"
        message = f"{service.name} has no room for this now: {refused.said}"
        return ServiceError(message, hint=hint, code="rate_limited")
    if 300 <= status < 400:
        hint = "give the address that it leads to, if you trust it: a key is sent to no other"
        return ServiceError(f"{service.url} leads elsewhere", hint=hint, code="moved")
    if status >= 500:
        hint = "it is the service's fault: ask again later"
        message = f"{service.name} failed: {refused.said}"
        return ServiceError(message, hint=hint, code="service_failed")
    return refused


def of_stream(error: object, service: Service) -> ServiceError:
    """What an answer tells in its middle."""
    said = error.get("message") if isinstance(error, dict) else error
    return ServiceError(
        f"{service.name} failed while it answered: {service.hidden(str(said))[:LONGEST]}",
        hint="ask again",
        code="service_failed",
    )


@contextmanager
def explained(service: Service, what: str = "the job API of fine-tuning") -> Iterator[None]:
    """What a service refuses, as the errors that the home raises for the same."""
    try:
        yield
    except RefusedError as refused:
        raise _ours(refused, service, what) from refused


def _ours(refused: RefusedError, service: Service, what: str) -> Exception:
    if refused.kind in _NO_MODEL or (refused.status == 404 and refused.param == "model"):
        return UnknownModelError(refused.message, hint=_MODELS.format(service.typed))
    if refused.kind == "training_file" and (found := _OF_A_LINE.fullmatch(refused.said)):
        return DataError(
            found["said"],
            where=found["where"],
            hint="look at all of it: xiangsheng prepare FILE",
            code="training_file",
        )
    if refused.nothing_there or refused.status in {400, 413, 422}:
        return UsageError(refused.message, hint=refused.hint, code=refused.kind or "refused")
    return lacking(refused, service, what) if refused.status in {404, 405, 501} else refused


def lacking(refused: RefusedError, service: Service, what: str) -> ServiceError:
    """The error for a path that a service does not have."""
    return ServiceError(
        f"{service.name} does not have {what}: {service.url} answers {refused.status}",
        hint="check the address, which mostly ends in /v1; not every service has it",
        code="no_api",
    )


_MODELS = "list those there are: xiangsheng api --base-url {} models.list"


def _envelope(body: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):  # the latter for what is nested a thousand deep
        return None
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) else None
