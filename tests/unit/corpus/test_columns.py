"""Columns by their names, and by what somebody says of them."""

import pytest

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.corpus.columns import FIELDS, NAMES, Columns, find_columns, is_header, parse_columns


def test_every_field_has_names_and_its_own_is_one() -> None:
    assert set(NAMES) == set(FIELDS)
    assert all(field in NAMES[field][0] for field in FIELDS)


@pytest.mark.parametrize(
    ("header", "places"),
    [
        ("speaker text", {"speaker": 0, "text": 1}),
        ("剧本 标题 角色 台词", {"script": 0, "title": 1, "speaker": 2, "text": 3}),
        ("id 说话人 内容 序号", {"script": 0, "speaker": 1, "text": 2, "order": 3}),
        ("Script-ID Label LINE", {"script": 0, "speaker": 1, "text": 2}),
        ("line text role", {"order": 0, "text": 1, "speaker": 2}),
        ("speaker role name text", {"speaker": 0, "role": 1, "name": 2, "text": 3}),
        ("name text", {"speaker": 0, "text": 1}),
    ],
)
def test_usual_names_are_understood(header: str, places: dict[str, int]) -> None:
    assert find_columns(header.split(), {}, "a:1") == Columns(places)
    assert is_header(header.split())


def test_our_own_header_is_ours_in_any_order_and_beside_others() -> None:
    assert find_columns(FIELDS, {}, "a").ours
    assert find_columns([*reversed(FIELDS), "备注"], {}, "a").ours
    assert not find_columns(FIELDS[1:], {}, "a").ours
    assert not find_columns(FIELDS, {"text": "name"}, "a").ours


def test_a_mapping_wins_and_may_leave_a_column_out() -> None:
    header = ["台词", "台词2", "谁", "剧本", "source"]
    found = find_columns(header, {"text": "台词2", "speaker": "谁", "source": ""}, "a")
    assert found.places == {"text": 1, "speaker": 2, "script": 3}
    assert found.unread == ("台词", "source")
    both = find_columns(
        ["剧本", "谁", "内容"], {"speaker": "谁", "script": "剧本", "title": "剧本"}, "a"
    )
    assert both.places["script"] == both.places["title"] == 0


@pytest.mark.parametrize(
    ("header", "mapping", "message", "typed"),
    [
        (["谁", "什么 话"], {}, "hold the speaker or the text", "speaker=谁 'text=什么 话'"),
        (["角色", "什么"], {}, "hold the text", "--columns text=什么;"),
        (["甲", "text"], {"speaker": "乙"}, "no column is called 乙", "speaker=COLUMN"),
        (["speaker", "台词", "text"], {}, "two columns could be the text: 台词 and", "text=台词"),
        (["speaker", "a", "a", "text"], {"title": "a"}, "2 columns are called a", "title=COLUMN"),
        (["您好", "您好。"], {"text": "您好"}, "hold the speaker", "speaker=您好。"),
    ],
)
def test_what_is_not_certain_is_asked(
    header: list[str], mapping: dict[str, str], message: str, typed: str
) -> None:
    with pytest.raises(DataError) as refused:
        find_columns(header, mapping, "a.csv:1")
    assert message in refused.value.message
    assert refused.value.message.endswith(f"its columns are: {', '.join(header)}")
    assert typed in refused.value.hint
    assert refused.value.where == "a.csv:1"
    assert mapping or not is_header(header)


def test_what_is_typed_is_parsed() -> None:
    assert parse_columns(["script=编号", "text=a=b", "order="]) == {
        "script": "编号",
        "text": "a=b",
        "order": "",
    }


@pytest.mark.parametrize("entry", ["text", "words=台词", "=台词", "text=b"])
def test_what_is_no_mapping_is_refused(entry: str) -> None:
    with pytest.raises(UsageError, match="--columns"):
        parse_columns(["text=a", entry])
