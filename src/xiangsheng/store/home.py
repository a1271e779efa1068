"""The home: one `.xiangsheng` folder with the database, the runs and the models."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from xiangsheng.core.errors import StoreError
from xiangsheng.files.atomic import full_disk

NAME = ".xiangsheng"


@dataclass(frozen=True, slots=True)
class Home:
    """Paths only. `created` says that this call made the folder.

    `address` is where the tables are when they are not in the home; it may hold a password.
    """

    folder: Path
    created: bool = False
    address: str = field(default="", repr=False)

    @property
    def database(self) -> Path:
        """The tables, where there is no `address`."""
        return self.folder / "xiangsheng.db"

    @property
    def address_file(self) -> Path:
        return self.folder / "database"

    @property
    def mark_file(self) -> Path:
        """What this home is known by in a database outside it."""
        return self.folder / "mark"

    @property
    def remembered(self) -> str:
        """The address under which the home's tables were last, without a password; or empty."""
        return _told(self.address_file)[0]

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def models(self) -> Path:
        return self.folder / "models"

    @property
    def bases(self) -> Path:
        return self.folder / "bases"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def jobs(self) -> Path:
        return self.folder / "jobs"


def find_home(start: Path, environment: Mapping[str, str], *, make: bool = True) -> Home:
    """XIANGSHENG_HOME, else the nearest `.xiangsheng` upwards, else a new one in `start`.

    Its tables are where XIANGSHENG_DATABASE says, else where they were last, else in the home.
    Raises StoreError when the folder cannot be made, when there is none and none is to be made, or
    when somebody else may have written where the tables of a home that was found are.
    """
    named = _named(environment)
    folder = named or _nearest(start) or start / NAME
    if not make and not folder.is_dir():
        raise StoreError(
            "there is no home here yet",
            where=str(folder),
            hint="start with: xiangsheng demo",
            code="no_home",
        )
    home = _whole(folder)
    address = environment.get("XIANGSHENG_DATABASE") or _obeyed(home, trusted=bool(named))
    return replace(home, address=address)


def present_home(start: Path, environment: Mapping[str, str]) -> Path | None:
    """The folder of the home that is there, of which nothing is made; None where there is none."""
    folder = _named(environment) or _nearest(start)
    return folder if folder and folder.is_dir() else None


def _obeyed(home: Home, *, trusted: bool) -> str:
    """The remembered address.

    A password may go there. So a home that was not named but come across, perhaps in a folder that
    all may write to, has it from the user or root, or not at all.
    """
    address, safe = _told(home.address_file)
    if address and not safe and not trusted:
        raise StoreError(
            "somebody else may have written where this home's tables are",
            where=str(home.address_file),
            hint="if it is right, name the home with XIANGSHENG_HOME, "
            "or make the file your own: chown, chmod go-w",
            code="address_of_others",
        )
    return address


def _told(path: Path) -> tuple[str, bool]:
    """What the file says, if it is there, and whether only the user or root can have written it."""
    try:
        with path.open(encoding="utf-8", errors="replace") as stream:
            about = os.fstat(stream.fileno())
            told = stream.read().strip()
    except FileNotFoundError:
        return "", True
    except OSError as error:
        raise StoreError(
            f"where this home's tables are cannot be read: {error.strerror}",
            where=str(path),
            hint="check its permissions, or name the database with XIANGSHENG_DATABASE",
        ) from error
    if os.name != "posix":
        return told, True
    return told, about.st_uid in {0, os.geteuid()} and not about.st_mode & 0o022


def _named(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("XIANGSHENG_HOME")
    if not named:
        return None
    try:
        return Path(named).expanduser()
    except RuntimeError as error:
        raise StoreError(
            f"the home is of a user nobody knows: {named}", hint="name it with its whole path"
        ) from error


def _nearest(start: Path) -> Path | None:
    places = (folder / NAME for folder in (start, *start.parents))
    return next((place for place in places if place.is_dir()), None)


def _whole(folder: Path) -> Home:
    """The home with all its parts: one that was being made when the power went is completed."""
    parts = (folder, *(folder / name for name in ("runs", "models", "bases", "files", "jobs")))
    ignore = folder / ".gitignore"
    created = not folder.is_dir()
    try:
        with full_disk(str(folder)):
            for part in parts:
                part.mkdir(parents=True, exist_ok=True)
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        if all(part.is_dir() for part in parts):
            return Home(folder)  # it may be read, if not written
        raise StoreError(
            f"the home cannot be made: {error.strerror}",
            where=str(folder),
            hint="choose another place with XIANGSHENG_HOME",
        ) from error
    return Home(folder, created)
