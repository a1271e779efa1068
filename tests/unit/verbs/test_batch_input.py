"""The body of a request is found in its line, whatever stands around it and within it."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.verbs.batch_input import BatchRow

TEXTS = st.text('ab"\\{}[]:, \n中body', max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=3)


@given(OBJECTS, OBJECTS, OBJECTS, st.sampled_from([None, 1]), st.booleans())
def test_the_body_is_what_is_read_of_the_line(
    before: dict[str, Any],
    body: dict[str, Any],
    after: dict[str, Any],
    indent: int | None,
    ascii_only: bool,  # noqa: FBT001 of hypothesis
) -> None:
    after.pop("body", None)
    line = json.dumps(
        {**{f"{key}1": value for key, value in before.items()}, "body": body, **after},
        indent=indent,
        ensure_ascii=ascii_only,
    )
    sent = BatchRow(1, "a", body, line.encode()).sent
    assert json.loads(sent) == body
    assert sent.decode() in line


def test_of_two_bodies_the_last_is_meant_as_where_it_is_read() -> None:
    line = b'{"body": {"a": 1}, "body": 2, "body": {"a": 3} }'
    assert BatchRow(1, "a", {"a": 3}, line).sent == b'{"a": 3}'
