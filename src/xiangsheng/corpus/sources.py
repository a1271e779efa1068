"""Where scripts lie: a file, a folder or a zip, each as named bytes held in memory."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from xiangsheng.core.errors import DataError
from xiangsheng.files import zips
from xiangsheng.files.text import read_file
from xiangsheng.files.workbook import is_workbook
from xiangsheng.files.zips import LIMIT

TEXTS = frozenset({".txt", ".cfg"})
TABLES = frozenset({".csv", ".tsv", ".xlsx", ".xlsm", ".json", ".jsonl", ".ndjson"})


@dataclass(frozen=True, slots=True)
class Source:
    """Files by name. `many`: a folder or a zip; else the file `where` and perhaps its `.cfg`.

    `passed_over` are tables that lie beside texts.
    """

    where: str
    files: Mapping[str, bytes]
    many: bool
    passed_over: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The first file's name: the file itself where there are not many."""
        return next(iter(self.files))

    def place(self, name: str) -> str:
        """How a message names one of the files."""
        return f"{self.where}/{name}" if self.many else str(Path(self.where).with_name(name))


def open_source(path: Path) -> Source:
    """The `.txt` and `.cfg` files at `path`, or its tables where there is no `.txt`; or one file
    and a `.cfg` of its name.

    A folder is read without its subfolders and without hidden files; other files in it are left
    alone. A zip is known by its first bytes. Raises DataError when nothing can be read.
    """
    if path.is_dir():
        return _folder(path)
    data = read_file(path, LIMIT)
    if data.startswith(zips.START) and not _is_table(path.name) and not is_workbook(data):
        return unzipped(data, str(path))
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
    wanted, passed_over = _chosen([file.name for file in inside if file.is_file()])
    left = LIMIT
    files = {}
    for name in wanted:
        files[name] = read_file(path / name, left)
        left -= len(files[name])
    return Source(str(path), files, many=True, passed_over=passed_over)


def unzipped(data: bytes, where: str, limit: int = LIMIT) -> Source:
    """The wanted files of a zip by their own names, nothing written anywhere.

    Raises DataError for a broken or encrypted zip, names that leave it, two files of one name,
    wanted files in more than one folder, and more than `limit` bytes inflated.
    """
    with zips.opened(data, where, "make the zip again") as archive:
        inside = list(_members(archive, where))
        wanted, passed_over = _chosen([member.name for member, _ in inside])
        files: dict[str, bytes] = {}
        folders: set[str] = set()
        for member, info in inside:
            if member.name not in wanted:
                continue
            folders.add(str(member.parent))
            if member.name in files or len(folders) > 1:
                raise zips.refused(
                    where,
                    f"{member} lies beside another folder's files, or twice",
                    "zip one folder of scripts",
                )
            files[member.name] = zips.inflated(archive, info, where, limit)
            limit -= len(files[member.name])
    return Source(where, files, many=True, passed_over=passed_over)


def _members(
    archive: zipfile.ZipFile, where: str
) -> Iterator[tuple[PurePosixPath, zipfile.ZipInfo]]:
    for info in archive.infolist():
        member = PurePosixPath(_name(info))
        if member.is_absolute() or ".." in member.parts or "\\" in str(member):
            raise zips.refused(where, f"a name that leaves the zip: {member}", "make the zip again")
        if not info.is_dir() and "__MACOSX" not in member.parts:
            yield member, info


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


def _chosen(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is read, and the tables that are not, because there is a `.txt`: what lies beside
    scripts is often a list of them, or what was made of them.
    """
    shown = [name for name in dict.fromkeys(names) if not name.startswith(".")]
    texts = tuple(name for name in shown if _suffix(name) in TEXTS)
    tables = tuple(name for name in shown if _is_table(name))
    if any(_suffix(name) == ".txt" for name in texts):
        return texts, tables
    return (*texts, *tables), ()


def _is_table(name: str) -> bool:
    return _suffix(name) in TABLES


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()
