"""The key of a request: equal keys mean the same question, and nobody pays for it twice."""

from xiangsheng.core.canonical import digest
from xiangsheng.core.generation import Request


def request_key(request: Request, *, model: str, model_digest: str, replicate: int) -> str:
    """sha256 over everything that decides the answer, the item id included."""
    return digest(
        {
            "replicate": replicate,
            "item": request.item,
            "model": model,
            "model_digest": model_digest,
            "prompt": request.prompt,
            "sampling": request.sampling,
        }
    )
