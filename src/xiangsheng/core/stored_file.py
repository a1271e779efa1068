"""A file that was uploaded, or that a job made."""

import re
from dataclasses import dataclass
from enum import StrEnum

LONGEST_NAME = 255


class FileStatus(StrEnum):
    """UPLOADED has not been looked into; ERROR is not what its purpose needs."""

    UPLOADED = "uploaded"
    PROCESSED = "processed"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`created_at` is in seconds since 1970; `details` says what is wrong, where something is."""

    id: str
    name: str
    purpose: str
    bytes: int
    sha256: str
    created_at: int
    status: FileStatus = FileStatus.UPLOADED
    details: str = ""


def last_part(path: str) -> str:
    """The name that a path ends with, as a file of either system; `file` where there is none.

    Clients send the path as it was typed, and a name must not lead anywhere.
    """
    parts = [part for part in re.split(r"[/\\]", path.replace("\0", "")) if part.strip(". ")]
    return parts[-1][-LONGEST_NAME:] if parts else "file"
