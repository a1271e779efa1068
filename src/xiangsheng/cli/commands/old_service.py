"""The commands of 2022 at a service: what it answers, as it answers it."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

from xiangsheng.cli.printable import write_document
from xiangsheng.cli.service_options import base_url_of

F = TypeVar("F", bound=Callable[..., Any])


class Asked(NamedTuple):
    """What is asked of a service: GET, POST or DELETE, and the path behind its address."""

    method: str
    path: str


def at(path: str, method: str = "GET") -> Callable[..., Asked]:
    """From the `id` of a command; `{}` in the path is where it stands."""

    def asked(id: str = "") -> Asked:
        return Asked(method, path.replace("{}", quote(id, safe="")))

    return asked


def or_there(there: Callable[..., Asked]) -> Callable[[F], F]:
    """The command asks a service, where one is named, and else this home."""

    def made(here: F) -> F:
        @wraps(here)
        def command(**given: Any) -> Any:
            if base_url := base_url_of():
                return _tell(base_url, there(**given))
            return here(**given)

        return command  # type: ignore[return-value]

    return made


def _tell(base_url: str, asked: Asked) -> None:
    from xiangsheng.backends.hosted.failures import explained
    from xiangsheng.backends.hosted.http import connected
    from xiangsheng.cli.service_options import service_of

    with connected(service_of(base_url)) as http, explained(http.service, "this"):
        asks: dict[str, Callable[[str], dict[str, Any]]] = {
            "GET": http.get,
            "POST": http.post,
            "DELETE": http.remove,
        }
        show(asks[asked.method](asked.path))


def show(found: dict[str, Any]) -> None:
    write_document(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
