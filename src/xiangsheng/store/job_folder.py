"""A job's folder: what a training needs to go on, out of reach of a worker that lost the job.

Every claim has a place of its own, named by its token. Who claims a job renames the place of the
claim before to its own: a stale worker that wakes up writes where nobody reads any more.
"""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from xiangsheng.core.errors import LeaseLostError
from xiangsheng.files.atomic import full_disk, sync_folder

_PREFIX = "claim-"


@dataclass(frozen=True, slots=True)
class JobFolder:
    folder: Path

    def take(self, token: int) -> Path:
        """The place of the claim with this token, with all that the ones before it left.

        Raises LeaseLostError where a later claim has been here.
        """
        mine = self.folder / f"{_PREFIX}{token:06d}"
        with full_disk(str(mine)):
            self.folder.mkdir(parents=True, exist_ok=True)
            places = sorted(self.folder.glob(f"{_PREFIX}??????"))
            if places and places[-1] > mine:
                raise _taken(mine)
            if places and places[-1] < mine:
                try:
                    places[-1].rename(mine)
                except FileNotFoundError as error:  # a later claim was faster
                    raise _taken(mine) from error
            for old in places[:-1]:
                shutil.rmtree(old, ignore_errors=True)
            (mine / "checkpoint").mkdir(parents=True, exist_ok=True)
            sync_folder(self.folder)
        return mine

    def leave(self, place: Path) -> None:
        """Removes what a claim left; where another has taken it over, that is nothing."""
        shutil.rmtree(place, ignore_errors=True)
        with suppress(OSError):  # it holds the other's
            self.folder.rmdir()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _taken(place: Path) -> LeaseLostError:
    return LeaseLostError("another worker has taken the job over", where=str(place))
