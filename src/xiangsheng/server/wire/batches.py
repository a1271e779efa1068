"""Batches: what is asked for, and how they go out."""

from typing import Literal

from pydantic import BaseModel

from xiangsheng.core.batch import BatchRequest, BatchState
from xiangsheng.server.wire.common import Body
from xiangsheng.server.wire.fine_tunes import FileId
from xiangsheng.server.wire.fine_tuning import Metadata


class BatchBody(Body):
    input_file_id: FileId
    endpoint: Literal["/v1/completions", "/v1/chat/completions"]
    completion_window: Literal["24h"]
    metadata: Metadata | None = None

    def request(self) -> BatchRequest:
        return BatchRequest(self.input_file_id, self.endpoint, self.metadata or {})


class BatchErrorReply(BaseModel):
    code: str
    message: str
    param: str | None
    line: int | None


class BatchErrorsReply(BaseModel):
    object: Literal["list"]
    data: list[BatchErrorReply]


class BatchCountsReply(BaseModel):
    total: int
    completed: int
    failed: int


class BatchUsageReply(BaseModel):
    input_tokens: int
    input_tokens_details: dict[str, int]
    output_tokens: int
    output_tokens_details: dict[str, int]
    total_tokens: int


class BatchReply(BaseModel):
    """`errors` say why it failed; what came of single requests is in the files."""

    id: str
    object: Literal["batch"]
    endpoint: str
    input_file_id: str
    completion_window: str
    status: BatchState
    created_at: int
    in_progress_at: int | None
    expires_at: int
    finalizing_at: int | None
    completed_at: int | None
    failed_at: int | None
    expired_at: int | None
    cancelling_at: int | None
    cancelled_at: int | None
    output_file_id: str | None
    error_file_id: str | None
    errors: BatchErrorsReply | None
    request_counts: BatchCountsReply
    usage: BatchUsageReply
    metadata: dict[str, str] | None


class BatchesReply(BaseModel):
    object: Literal["list"] = "list"
    data: list[BatchReply]
    has_more: bool
    first_id: str | None
    last_id: str | None
