"""Zips from strangers: what opening one may raise, and inflating under a limit."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from xiangsheng.core.errors import DataError

START = b"PK\x03\x04"
LIMIT = 256 * 1024 * 1024
"""Bytes of all files together, inflated; the 318 real scripts hold 3 million."""
MEMBERS = 100_000

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    IndexError,
)


@contextmanager
def opened(data: bytes, where: str, again: str) -> Iterator[zipfile.ZipFile]:
    """The zip, every trouble with it being a DataError; `again` says how to make a sound one."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = len(archive.infolist())
            if members > MEMBERS:
                raise refused(where, f"{members:,} files in a zip", f"at most {MEMBERS:,} are read")
            yield archive
    except _BROKEN as error:
        raise refused(where, f"a zip that cannot be read: {error}", again) from error


def inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, limit: int) -> bytes:
    """A member's bytes, counted while inflating too, because the sizes a zip states may be lies."""
    if info.flag_bits & 1:
        raise refused(where, f"{info.filename} is encrypted", "make the zip without a password")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise refused(where, f"{info.filename} is packed unusually", "make an ordinary zip")
    data = b""
    if info.file_size <= limit:
        with archive.open(info) as stream:
            data = stream.read(limit + 1)
    if max(info.file_size, len(data)) > limit:
        raise refused(where, "inflates to too much", f"at most {LIMIT:,} bytes are read")
    return data


def refused(where: str, message: str, hint: str) -> DataError:
    return DataError(message, where=where, hint=hint, code="zip")
