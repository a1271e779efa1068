"""The home: one `.xiangsheng` folder with the database, the runs and the models."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xiangsheng.core.errors import StoreError
from xiangsheng.store.database import database_errors

NAME = ".xiangsheng"


@dataclass(frozen=True, slots=True)
class Home:
    """Paths only. `created` says that this call made the folder."""

    folder: Path
    created: bool = False

    @property
    def database(self) -> Path:
        return self.folder / "xiangsheng.db"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def models(self) -> Path:
        return self.folder / "models"


def find_home(start: Path, environment: Mapping[str, str]) -> Home:
    """XIANGSHENG_HOME, else the nearest `.xiangsheng` upwards, else a new one in `start`.

    Raises StoreError when the folder cannot be made.
    """
    if named := environment.get("XIANGSHENG_HOME"):
        return _make(Path(named).expanduser())
    for folder in (start, *start.parents):
        if (folder / NAME).is_dir():
            return Home(folder / NAME)
    return _make(start / NAME)


def _make(folder: Path) -> Home:
    created = not folder.is_dir()
    try:
        with database_errors(str(folder)):
            for part in (folder, folder / "runs", folder / "models"):
                part.mkdir(parents=True, exist_ok=True)
            ignore = folder / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"the home cannot be made: {error.strerror}",
            where=str(folder),
            hint="choose another place with XIANGSHENG_HOME",
        ) from error
    return Home(folder, created)
