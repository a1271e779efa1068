"""Files, as they go out."""

from typing import Literal

from pydantic import BaseModel


class FileReply(BaseModel):
    """`status_details` says at which lines a file is not what its purpose needs."""

    object: Literal["file"]
    id: str
    purpose: str
    filename: str
    bytes: int
    created_at: int
    status: Literal["uploaded", "processed", "error", "deleted"]
    status_details: str | None


class FilesReply(BaseModel):
    object: Literal["list"] = "list"
    data: list[FileReply]
    has_more: bool
    first_id: str | None
    last_id: str | None
