"""For schemathesis: most of what it draws is asked of models that are there."""

from typing import Any

import schemathesis

from served import CHAT

NAMES = {"POST /v1/completions": "ada", "POST /v1/chat/completions": CHAT}


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Every fourth body keeps the name it has, and so does one whose name is what is wrong with it."""
    name = NAMES.get(context.operation.label)
    drawn = body.get("model") if isinstance(body, dict) else None
    if name and isinstance(drawn, str) and 1 <= len(drawn) <= 256 and len(repr(body)) % 4:
        return {**body, "model": name}
    return body


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    """Whatever is sent as a file is one, so none can be of a wrong type."""
    if context.operation.label != "POST /v1/files" or not isinstance(body, dict):
        return True
    return isinstance(body.get("file", ""), str | bytes)


@schemathesis.hook
def map_path_parameters(_context: Any, path_parameters: Any) -> Any:
    if isinstance(path_parameters, dict) and len(repr(path_parameters)) % 4:
        return dict.fromkeys(path_parameters, "ada")
    return path_parameters
