"""Every answer that is not a success has one shape, whatever went wrong and wherever."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import orjson
from starlette.exceptions import HTTPException
from starlette.responses import Response

from xiangsheng.core import errors

INVALID = "invalid_request_error"
TOO_MANY = 429
AWAY = errors.DatabaseAwayError.code


class ApiError(HTTPException):
    """What a client is told: `param` names the parameter that is wrong, `code` is for programs."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        kind: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message, headers=headers)
        self.message, self.param, self.code = message, param, code
        self.kind = kind or (INVALID if status < 500 else "server_error")

    @property
    def envelope(self) -> dict[str, object]:
        return {
            "error": {
                "message": self.message,
                "type": self.kind,
                "param": self.param,
                "code": self.code,
            }
        }

    @property
    def response(self) -> Response:
        body = orjson.dumps(self.envelope)
        return Response(body, self.status_code, self.headers, "application/json")


def invalid(message: str, param: str | None, code: str | None = None) -> ApiError:
    return ApiError(400, message, param=param, code=code)


def busy(message: str) -> ApiError:
    """Too much at once; clients of today ask again by themselves."""
    headers = {"retry-after": "1"}
    return ApiError(TOO_MANY, message, kind="requests", code="rate_limit_exceeded", headers=headers)


def late(seconds: float) -> ApiError:
    """Asking again would take as long, so clients are told not to."""
    return ApiError(
        504,
        f"The answer took longer than the {seconds:g} seconds that this server gives to a request. "
        "Ask for less at once.",
        code="timeout",
        headers={"x-should-retry": "false"},
    )


_MISSING = {
    "no_batch": ("batch_id", None),
    "no_file": ("id", None),
    "no_job": ("fine_tune_id", "fine_tune_not_found"),
    "no_model": ("model", "model_not_found"),
}
"""What is not there: the parameter that named it, and the code."""


def of_ours(error: errors.XiangshengError) -> ApiError:  # noqa: PLR0911 a table
    """An error of a verb in the words of the API."""
    message = f"{error.message}. {_sentence(error.hint)}" if error.hint else error.message
    match error:
        case errors.UnknownModelError():
            return ApiError(404, message, param="model", code="model_not_found")
        case errors.BusyError():
            return busy(message)
        case errors.DatabaseAwayError():  # where it is is not the client's to know
            message = "The database of this server cannot be reached now. Ask again later."
            return ApiError(503, message, code=AWAY)
        case errors.MemoryShortError():
            return ApiError(503, message, code=error.code)
        case errors.UsageError() if error.code in _MISSING:
            param, code = _MISSING[error.code]
            return ApiError(404, error.message, param=param, code=code)
        case errors.UsageError():
            return invalid(message, None, error.code)
        case errors.DataError():
            return _of_a_file(error)
    return ApiError(500, message, code=error.code)


def _of_a_file(error: errors.DataError) -> ApiError:
    if error.code == "too_large":
        return ApiError(413, f"{error}", param="file", code="request_too_large")
    return ApiError(500 if error.code == "file_damaged" else 400, f"{error}", code=error.code)


def _sentence(hint: str) -> str:
    return hint[:1].upper() + hint[1:] + "."


@contextmanager
def base_model(name: str) -> Iterator[None]:
    """A model that is not there is a wrong parameter where it is what a job begins with."""
    try:
        yield
    except errors.UnknownModelError as error:
        raise invalid(
            f"Invalid base model: {name} (model must be one of ada, babbage, curie, davinci) or a "
            "fine-tuned model of this server",
            "model",
            "invalid_base_model",
        ) from error
