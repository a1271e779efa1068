"""The key of the server: given, or drawn when it is first started, and kept as a digest only."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from xiangsheng.core.errors import StoreError, UsageError
from xiangsheng.store.configuration import SERVER_KEY, read_secret, write_secret

PREFIX = "sk-xs-"
"""Clients of 2022 refuse a file with a key that does not begin with `sk-`."""
SCHEME = "sha256:"


@dataclass(frozen=True, slots=True)
class ServerKey:
    """`digest` is the key's SHA-256; `shown` the key itself where it was drawn just now, else empty."""

    digest: bytes
    shown: str = ""


def server_key(given: str | None, folder: Path, draw: Callable[[], str], *, new: bool) -> ServerKey:
    """The `given` key, else the one kept in `folder`; else, or when `new`, one that is drawn.

    A drawn key has 256 random bits, so its plain digest gives nothing away.
    """
    if given is not None:
        return ServerKey(_digest(_sound(given)))
    if not new and (kept := read_secret(folder, SERVER_KEY)):
        return ServerKey(_kept(kept, folder))
    key = PREFIX + draw()
    if write_secret(folder, SERVER_KEY, SCHEME + _digest(key).hex(), replace=new):
        return ServerKey(_digest(key), key)
    # Another server was a moment faster: its key holds.
    return ServerKey(_kept(read_secret(folder, SERVER_KEY) or "", folder))


def _sound(given: str) -> str:
    """A key that a client can send: printable ASCII without spaces."""
    if not given or not all("!" <= character <= "~" for character in given):
        raise UsageError(
            "an API key is one or more printable ASCII characters, none of them a space",
            hint="give another with --api-key or XIANGSHENG_API_KEY, or none: one is drawn then",
            code="api_key",
        )
    return given


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()


def _kept(text: str, folder: Path) -> bytes:
    try:
        digest = bytes.fromhex(text.removeprefix(SCHEME))
    except ValueError:
        digest = b""
    if not text.startswith(SCHEME) or len(digest) != sha256().digest_size:
        raise StoreError(
            "the server's key is kept here, and the file is damaged",
            where=str(folder / SERVER_KEY),
            hint="make a new key: xiangsheng serve --new-key",
            code="server_key",
        )
    return digest
