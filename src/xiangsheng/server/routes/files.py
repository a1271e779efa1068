"""`/v1/files`: what jobs and batches begin with, and what they leave."""

import asyncio
from typing import Annotated, Any, BinaryIO, Literal

from fastapi import APIRouter, Form, Query, UploadFile
from fastapi.routing import APIRoute
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from xiangsheng.server.state import State
from xiangsheng.server.wire.common import DeletedReply
from xiangsheng.server.wire.files import FileReply, FilesReply
from xiangsheng.store.file_store import PIECE
from xiangsheng.verbs.job_views import file_view
from xiangsheng.verbs.stored_files import delete_file, list_files, upload_for

Limit = Annotated[int, Query(ge=1, le=10_000)]
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        "description": "The file as it was sent.",
    }
}


class _Download(StreamingResponse):
    """A file in pieces, each read when the client has taken the one before."""

    def __init__(self, content: BinaryIO, size: int) -> None:
        super().__init__(
            iter(lambda: content.read(PIECE), b""),
            headers={"content-length": str(size)},
            media_type="application/octet-stream",
        )
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._content:
            await super().__call__(scope, receive, send)


def router(state: State, upload_class: type[APIRoute]) -> APIRouter:
    routes = APIRouter(tags=["files"], route_class=upload_class)
    jobs = state.jobs
    workspace = jobs.workspace

    @routes.post("/files", response_model=FileReply)
    async def create(
        file: UploadFile, purpose: Annotated[Literal["fine-tune", "batch"], Form()]
    ) -> dict[str, Any]:
        made = await asyncio.to_thread(
            upload_for,
            file.filename or "",
            purpose,
            file.file,
            workspace,
            jobs.clock,
            limit=state.limits.upload,
        )
        return file_view(made)

    @routes.get("/files")
    async def files(purpose: str = "", after: str = "", limit: Limit = 10_000) -> FilesReply:
        found = await asyncio.to_thread(list_files, workspace, purpose, after, limit)
        data = [FileReply.model_validate(file_view(file)) for file in found.items]
        return FilesReply(
            data=data,
            has_more=found.more,
            first_id=data[0].id if data else None,
            last_id=data[-1].id if data else None,
        )

    @routes.get("/files/{file}/content", responses=_CONTENT, response_class=Response)
    async def content(file: str) -> Response:
        def opened() -> _Download:
            found = workspace.files.find(file)
            return _Download(workspace.files.opened(found), found.bytes)

        return await asyncio.to_thread(opened)

    # The client of 2022 asks for the path that was typed, before it uploads: it may have slashes.
    @routes.get("/files/{file:path}", response_model=FileReply)
    async def one(file: str) -> dict[str, Any]:
        return file_view(await asyncio.to_thread(workspace.files.find, file))

    @routes.delete("/files/{file:path}")
    async def delete(file: str) -> DeletedReply:
        gone = await asyncio.to_thread(delete_file, file, workspace, jobs.clock)
        return DeletedReply(id=gone.id, object="file")

    return routes
