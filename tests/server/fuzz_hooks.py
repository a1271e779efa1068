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
def map_path_parameters(_context: Any, path_parameters: Any) -> Any:
    if isinstance(path_parameters, dict) and len(repr(path_parameters)) % 4:
        return dict.fromkeys(path_parameters, "ada")
    return path_parameters
