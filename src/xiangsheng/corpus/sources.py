"""Where scripts lie: a file, a folder or a zip, each as named bytes held in memory."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath

from xiangsheng.core.errors import DataError
from xiangsheng.files.text import read_file

SUFFIXES = frozenset({".txt", ".cfg"})
LIMIT = 256 * 1024 * 1024
"""Bytes of all files together, inflated; the 318 real scripts hold 3 million."""
MEMBERS = 100_000

_ZIP = b"PK\x03\x04"
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


@dataclass(frozen=True, slots=True)
class Source:
    """Files by name. `many`: a folder or a zip; else the file `where` and perhaps its `.cfg`."""

    where: str
    files: Mapping[str, bytes]
    many: bool

    @property
    def name(self) -> str:
        """The first file's name: the file itself where there are not many."""
        return next(iter(self.files))

    def place(self, name: str) -> str:
        """How a message names one of the files."""
        return f"{self.where}/{name}" if self.many else str(Path(self.where).with_name(name))


def open_source(path: Path) -> Source:
    """The `.txt` and `.cfg` files at `path`, or the one file it is and a `.cfg` of its name.

    A folder is read without its subfolders and without hidden files; other files in it are left
    alone. A zip is known by its first bytes. Raises DataError when nothing can be read.
    """
    if path.is_dir():
        return _folder(path)
    data = read_file(path, LIMIT)
    if data.startswith(_ZIP):
        return Source(str(path), unzipped(data, str(path)), many=True)
    files = {path.name: data}
    cfg = path.with_suffix(".cfg")
    if path.suffix.lower() == ".txt" and cfg.is_file():
        files[cfg.name] = read_file(cfg, LIMIT)
    return Source(str(path), files, many=False)


def _folder(path: Path) -> Source:
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        raise DataError(
            f"cannot be listed: {error.strerror}",
            where=str(path),
            hint="check its permissions",
            code="unreadable",
        ) from error
    left = LIMIT
    files = {}
    for file in inside:
        if _wanted(file.name) and file.is_file():
            files[file.name] = read_file(file, left)
            left -= len(files[file.name])
    return Source(str(path), files, many=True)


def unzipped(data: bytes, where: str, limit: int = LIMIT) -> dict[str, bytes]:
    """The wanted files of a zip by their own names, nothing written anywhere.

    Raises DataError for a broken or encrypted zip, names that leave it, two files of one name,
    wanted files in more than one folder, and more than `limit` bytes inflated, which are counted
    while inflating, because the sizes a zip states may be lies.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _members(archive, where, limit)
    except _BROKEN as error:
        raise _refused(
            where, f"a zip that cannot be read: {error}", "make the zip again"
        ) from error


def _members(archive: zipfile.ZipFile, where: str, limit: int) -> dict[str, bytes]:
    infos = archive.infolist()
    if len(infos) > MEMBERS:
        raise _refused(where, f"{len(infos):,} files in a zip", f"at most {MEMBERS:,} are read")
    files: dict[str, bytes] = {}
    folders: set[str] = set()
    for info in infos:
        member = PurePosixPath(_name(info))
        if member.is_absolute() or ".." in member.parts or "\\" in str(member):
            raise _refused(where, f"a name that leaves the zip: {member}", "make the zip again")
        if info.is_dir() or "__MACOSX" in member.parts or not _wanted(member.name):
            continue
        folders.add(str(member.parent))
        if member.name in files or len(folders) > 1:
            raise _refused(
                where,
                f"{member} lies beside another folder's files, or twice",
                "zip one folder of scripts",
            )
        files[member.name] = _inflated(archive, info, where, limit)
        limit -= len(files[member.name])
    return files


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, limit: int) -> bytes:
    if info.flag_bits & 1:
        raise _refused(where, f"{info.filename} is encrypted", "make the zip without a password")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _refused(where, f"{info.filename} is packed unusually", "make an ordinary zip")
    with archive.open(info) as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise _refused(where, "inflates to too much", f"at most {LIMIT:,} bytes are read")
    return data


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name; without the UTF-8 flag it is often GB18030, never the standard's cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _wanted(name: str) -> bool:
    return not name.startswith(".") and PurePosixPath(name).suffix.lower() in SUFFIXES


def _refused(where: str, message: str, hint: str) -> DataError:
    return DataError(message, where=where, hint=hint, code="zip")
