"""Whatever is wrong with a body is said in the words and codes of the API."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from xiangsheng.server.validation import told
from xiangsheng.server.wire.chat import ChatBody
from xiangsheng.server.wire.completions import CompletionBody


def refused(kind: type[BaseModel], body: Any) -> tuple[str, str | None, str | None]:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(body)
    errors = [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]
    found = told(errors, body)
    assert found.status_code == 400
    return found.message, found.param, found.code


RANGES = [
    ("temperature", 3, "decimal above maximum value. Expected a value <= 2, but got 3 instead."),
    (
        "temperature",
        -0.5,
        "decimal below minimum value. Expected a value >= 0, but got -0.5 instead.",
    ),
    ("top_p", 1.5, "decimal above maximum value. Expected a value <= 1, but got 1.5 instead."),
    (
        "presence_penalty",
        -3,
        "decimal below minimum value. Expected a value >= -2, but got -3 instead.",
    ),
    ("n", 500, "integer above maximum value. Expected a value <= 128, but got 500 instead."),
    ("n", 0, "integer below minimum value. Expected a value >= 1, but got 0 instead."),
    ("best_of", 21, "integer above maximum value. Expected a value <= 20, but got 21 instead."),
    ("logprobs", 6, "integer above maximum value. Expected a value <= 5, but got 6 instead."),
    ("max_tokens", -1, "integer below minimum value. Expected a value >= 0, but got -1 instead."),
]


@pytest.mark.parametrize(("name", "value", "said"), RANGES)
def test_ranges(name: str, value: float, said: str) -> None:
    message, param, code = refused(CompletionBody, {name: value})
    assert (message, param) == (f"Invalid '{name}': {said}", name)
    end = "above_max" if "above" in said else "below_min"
    assert code == f"{said.split(maxsplit=1)[0]}_{end}_value"


OTHERS = [
    (
        {"stop": list("abcdefghi")},
        (
            "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with "
            "length 9 instead."
        ),
        "stop",
        "array_above_max_length",
    ),
    (
        {"stop": ["a", ""]},
        (
            "Invalid 'stop[1]': string too short. Expected a string with minimum length 1, but got an empty "
            "string instead."
        ),
        "stop[1]",
        "string_below_min_length",
    ),
    (
        {"prompt": []},
        (
            "Invalid 'prompt': array too short. Expected an array with minimum length 1, but got an empty "
            "array instead."
        ),
        "prompt",
        "array_below_min_length",
    ),
    (
        {"prompt": 5},
        "Invalid type for 'prompt': expected a string or an array, but got an integer instead.",
        "prompt",
        "invalid_type",
    ),
    (
        {"prompt": [1, 2, "a"]},
        "Invalid type for 'prompt[2]': expected an integer, but got a string instead.",
        "prompt[2]",
        "invalid_type",
    ),
    (
        {"prompt": [[1], ["a"]]},
        "Invalid type for 'prompt[1][0]': expected an integer, but got a string instead.",
        "prompt[1][0]",
        "invalid_type",
    ),
    (
        {"temperature": "1"},
        "Invalid type for 'temperature': expected a decimal, but got a string instead.",
        "temperature",
        "invalid_type",
    ),
    (
        {"n": 1.5},
        "Invalid type for 'n': expected an integer, but got a decimal instead.",
        "n",
        "invalid_type",
    ),
    (
        {"n": True},
        "Invalid type for 'n': expected an integer, but got a boolean instead.",
        "n",
        "invalid_type",
    ),
    (
        {"logit_bias": {"5": 1000}},
        (
            "Invalid 'logit_bias': decimal above maximum value. Expected a value <= 100, but got 1000 "
            "instead."
        ),
        "logit_bias",
        "decimal_above_max_value",
    ),
    (
        {"logit_bias": {str(token): 0.0 for token in range(1025)}},
        "Invalid 'logit_bias': object too long. Expected an object with maximum length 1024, but got an object with length 1025 instead.",
        "logit_bias",
        "object_above_max_length",
    ),
    ({"foo": 1}, "Unrecognized request argument supplied: foo", None, None),
]


@pytest.mark.parametrize(("body", "message", "param", "code"), OTHERS)
def test_other_things(body: Any, message: str, param: str | None, code: str | None) -> None:
    assert refused(CompletionBody, body) == (message, param, code)


def test_parts_of_messages_are_named() -> None:
    def said(*messages: object) -> tuple[str, str | None, str | None]:
        return refused(ChatBody, {"model": "a", "messages": list(messages)})

    good = {"role": "user", "content": "x"}
    assert said(good, {"role": "user"})[:2] == (
        "Missing required parameter: 'messages[1].content'.",
        "messages[1].content",
    )
    assert said({**good, "role": "robot"})[1:] == ("messages[0].role", "invalid_value")
    assert said({**good, "content": [{"type": "text", "text": 5}]})[1] == (
        "messages[0].content[0].text"
    )
    assert said(5)[1:] == ("messages[0]", "invalid_type")
    assert refused(ChatBody, {})[2] == "missing_required_parameter"


@pytest.mark.parametrize("body", [[], 5, "x", None, b"x"])
def test_what_is_no_object_is_no_json_of_ours(body: Any) -> None:
    message, param, code = refused(CompletionBody, body)
    assert message.startswith("We could not parse the JSON body of your request.")
    assert param is code is None


def test_large_numbers_are_shown_and_shortened() -> None:
    message, *_ = refused(CompletionBody, {"seed": 10**100})
    assert len(message) < 200
