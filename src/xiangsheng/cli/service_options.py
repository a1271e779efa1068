"""Which service is meant instead of this home: `--base-url`, or `-b` and `-k` as in 2022.

A key is best left in the environment: on a command line everybody on the machine can read it.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from xiangsheng.cli.language import say

if TYPE_CHECKING:
    from xiangsheng.backends.hosted.service import Service

BaseUrl = Annotated[
    str,
    typer.Option(
        "--base-url",
        metavar="URL",
        help=say(
            "A service instead of this home: its address, or openai.",
            "不用本机，用一个服务：它的地址，或 openai。",
        ),
    ),
]
OldBase = Annotated[
    str,
    typer.Option(
        "--api-base",
        "--base-url",
        "-b",
        metavar="URL",
        help=say("A service instead of this home.", "不用本机，用一个服务。"),
    ),
]
OldKey = Annotated[
    str,
    typer.Option(
        "--api-key",
        "-k",
        metavar="KEY",
        help=say("Its key, better in OPENAI_API_KEY.", "它的密钥，最好放在 OPENAI_API_KEY 里。"),
    ),
]


@dataclass(frozen=True, slots=True)
class Named:
    """What was typed before a command."""

    base_url: str = ""
    key: str = field(default="", repr=False)


NOTHING = Named()
_NAMED: ContextVar[Named] = ContextVar("named", default=NOTHING)


def remember(base_url: str, key: str) -> None:
    """As it stands before all commands: what an earlier call of this process said is forgotten."""
    _NAMED.set(Named(base_url, key))


def remember_more(base_url: str, key: str) -> None:
    """As it stands behind `api`."""
    before = _NAMED.get()
    _NAMED.set(Named(base_url or before.base_url, key or before.key))


def base_url_of(given: str = "") -> str:
    """What a command was `given`, else what stands before it; empty for the home."""
    return given or _NAMED.get().base_url


def service_of(base_url: str) -> "Service":
    """The service that was named; a person is warned where the key can be read on the way."""
    import os

    from xiangsheng.backends.hosted.service import find_service

    service = find_service(base_url, _NAMED.get().key, os.environ)
    if service.bare:
        warned(
            say(
                f"the key goes to {service.name} unencrypted: everybody on the way can read it",
                f"密钥不加密地发给 {service.name}，途中谁都能看到",
            )
        )
    return service


def warned(text: str) -> None:
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.progress import note
    from xiangsheng.core.events import Note

    note(errors(), Note(text, warning=True))
