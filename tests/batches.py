"""Files of requests, and batches of them, for tests. Every line here was invented for this file."""

import json
from collections.abc import Callable
from typing import Any

from served import Server, good, until

ENDPOINT = "/v1/completions"


def line(number: int, url: str = ENDPOINT, method: str = "POST", **body: Any) -> str:
    """A request that is in order, and its answer always the same."""
    asked = {
        "model": "ada",
        "prompt": f"0: 第{number}句\n1:",
        "seed": number,
        "max_tokens": 3,
        **body,
    }
    request = {"custom_id": f"第{number}个", "method": method, "url": url, "body": asked}
    return json.dumps(request, ensure_ascii=False) + "\n"


def lines(count: int, **body: Any) -> str:
    return "".join(line(number, **body) for number in range(1, count + 1))


def batch_of(server: Server, content: str, **asked: object) -> dict[str, Any]:
    """A new batch of requests that are uploaded for it."""
    file = server.upload(content, "requests.jsonl", "batch")["id"]
    given = {"endpoint": ENDPOINT, "completion_window": "24h", **asked}
    return good(server.post("/batches", input_file_id=file, **given))


def look(server: Server, batch: dict[str, Any]) -> dict[str, Any]:
    return good(server.http.get(f"/batches/{batch['id']}"))


def awaited(
    server: Server, batch: dict[str, Any], true: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """As soon as it is so."""
    found: dict[str, Any] = until(lambda: seen if true(seen := look(server, batch)) else None)
    return found


def ended(server: Server, batch: dict[str, Any]) -> dict[str, Any]:
    open_states = {"validating", "in_progress", "finalizing", "cancelling"}
    return awaited(server, batch, lambda seen: seen["status"] not in open_states)


def file_of(server: Server, file: str | None) -> list[dict[str, Any]]:
    """Its lines; none where there is no file."""
    if file is None:
        return []
    content = server.http.get(f"/files/{file}/content").text
    return [json.loads(line) for line in content.splitlines()]
