"""Which service is meant, and with which key: from what was typed, and from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from unicodedata import normalize
from urllib.parse import SplitResult, urlsplit

from xiangsheng.core.errors import UsageError

OPENAI = "openai"
OPENAI_URL = "https://api.openai.com/v1"
URL_VARIABLES = ("OPENAI_BASE_URL", "OPENAI_API_BASE")
"""Where `openai` is, as its clients of today and of 2022 are told. They mean nothing by themselves:
with them set, `ft list` still lists the jobs of the home.
"""
OUR_KEY, OPENAI_KEY = "XIANGSHENG_API_KEY", "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class Service:
    """`url` is where the paths of the API begin; `name` is `openai`, or the host and its port.

    `typed` is how it was named, to be shown where it is to be typed again. The key is empty where
    there is none, and is shown nowhere.
    """

    name: str
    url: str
    typed: str
    key: str = field(default="", repr=False)

    @property
    def loopback(self) -> bool:
        return _loopback(urlsplit(self.url).hostname or "")

    @property
    def bare(self) -> bool:
        """Whether a key would travel for everybody to read."""
        return bool(self.key) and self.url.startswith("http://") and not self.loopback

    def name_of(self, model: str) -> str:
        """What the service calls a model: `openai:NAME` is NAME where `openai` is meant, and else
        may be a name like any other.
        """
        named, name = split_service(model)
        return name if named in {self.name, self.typed} else model

    def hidden(self, text: str) -> str:
        """`text` without the key, which a service may have repeated."""
        return text.replace(self.key, "(the key)") if self.key else text


def find_service(typed: str, key: str, environment: Mapping[str, str]) -> Service:
    """`typed` is a URL or `openai`; without a `key` that of the environment is taken.

    OpenAI itself never gets the key of `xiangsheng serve`. Raises UsageError for what is neither.
    """
    url = typed
    if typed == OPENAI:
        url = next((u for name in URL_VARIABLES if (u := environment.get(name))), OPENAI_URL)
    parts = _sound(url)
    url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"
    openai = parts.hostname == urlsplit(OPENAI_URL).hostname
    variables = (OPENAI_KEY,) if openai else (OUR_KEY, OPENAI_KEY)
    found = key or next((k for name in variables if (k := environment.get(name))), "")
    return Service(OPENAI if openai else parts.netloc, url, typed, _sendable(found.strip()))


def split_service(model: str) -> tuple[str, str]:
    """`openai:NAME` as service and name; the service is empty for any other name."""
    service, colon, rest = model.partition(":")
    return (OPENAI, rest) if colon and service == OPENAI else ("", model)


def _sound(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")  # as whoever looks the name up does
        sound = parts.port != 0
    except ValueError:
        parts, sound = urlsplit(""), False
    broken = parts.scheme not in {"http", "https"} or not parts.hostname or not sound
    # What may hold a key is not repeated. Some characters are read as an @ or a question mark.
    keyed = broken and any(mark in normalize("NFKC", url) for mark in "@?#")
    if keyed or parts.username is not None or parts.query or parts.fragment:
        raise UsageError(
            "the address of a service holds no key, no name and no question mark",
            hint=f"give the address alone, and the key in {OUR_KEY} or {OPENAI_KEY}",
            code="base_url",
        )
    if broken:
        raise UsageError(
            f"{url!r} is not the address of a service",
            hint="give a URL such as http://127.0.0.1:8000/v1, or openai",
            code="base_url",
        )
    return parts


def _sendable(key: str) -> str:
    if not all("!" <= character <= "~" for character in key):
        raise UsageError(
            "the API key holds characters that no key has",
            hint=f"look at {OUR_KEY} and {OPENAI_KEY}, or at what --api-key was given",
            code="api_key",
        )
    return key


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
